"""Changes a stack file: one process at a time, complete from the start, members by their path."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from localcloud.embedded import Project, StackFile
from localcloud.ground.files import remove_drafts
from localcloud.ground.locks import held
from orchestrator.checkout.initial_config import initial_config, stack_tags
from orchestrator.checkout.local_files import prepare_stack_file
from orchestrator.checkout.stacks import Stack
from orchestrator.checkout.workspace import Workspace
from orchestrator.errors import UsageError
from orchestrator.settings.encrypted import has_encrypted, is_encrypted
from orchestrator.settings.typed_value import stored_value


@contextlib.contextmanager
def editing(workspace: Workspace, stack: Stack) -> Iterator[StackFile]:
    """The stack file, to be changed; written at the end, unless the block raises.

    A file that does not exist yet gets the region and the default tags, too.
    """
    if stack.environment.is_local:
        prepare_stack_file(workspace, stack)
    workspace.make_home()
    with held(workspace.editing):
        remove_drafts(stack.layer.folder)
        file = StackFile.load(Project.load(stack.layer.folder), stack.name)
        for key, value in {} if file.path.exists() else initial_config(stack).items():
            file.set(key, value)
        yield file
        file.save()


def copy_settings(source: Stack, stack: Stack, file: StackFile, *, without: Iterable[str]) -> None:
    """Copy `source`'s configuration into the file of `stack` of the same layer.

    Not copied are secrets, the settings in `without`, and what says where the stack is.
    """
    prefix = f"{source.layer.name}:"
    for key, value in StackFile.load(Project.load(source.layer.folder), source.name).values.items():
        if not has_encrypted(value) and key.removeprefix(prefix) not in without:
            file.set(key, value)
    own = stack_tags(stack)
    where = {name: own[name] for name in ("Environment", "EnvironmentSuffix", "Region")}
    copied = (file.values.get("aws:defaultTags") or {}).get("tags", {})
    file.set("aws:region", stack.region)
    file.set("aws:defaultTags", {"tags": {**own, **copied, **where}})


def first_steps(stacks: Sequence[Stack]) -> str:
    """The commands that deploy the stacks of a new region or environment."""
    environment = stacks[0].environment
    if environment.is_local:
        return "Next: ./invoke deploy-all"
    each = {stack.name: stack.options for stack in stacks}
    missing = " and ".join(f"./invoke settings{options}" for options in each.values())
    secrets = " or ".join(f"--secret{options}" for options in each.values())
    return (
        f"Next: pulumi stack init {' and '.join(each)} in each layer's folder; the secrets that "
        f"{missing} shows as not set, by ./invoke config.set LAYER SECRET {secrets}; "
        f"then: ./invoke deploy-all{environment.option}"
    )


def with_member(value: Any, path: Sequence[str], new: Any) -> Any:
    """`value` with `new` at the path, whose objects are made; UsageError if it is encrypted."""
    if not path:
        return new
    if is_encrypted(value):
        raise UsageError("What holds it is encrypted as a whole: set the whole, with --secret.")
    members = _members(value)
    return {**members, path[0]: with_member(members.get(path[0]), path[1:], new)}


def without_member(value: Any, path: Sequence[str]) -> dict[str, Any]:
    """`value` without what is at the path, and without objects that are empty then; or KeyError."""
    members = _members(value)
    if path[0] not in members or is_encrypted(members):
        raise KeyError(path[0])
    left = without_member(members[path[0]], path[1:]) if path[1:] else {}
    kept = {name: member for name, member in members.items() if name != path[0]}
    return {**members, path[0]: left} if left else kept


def _members(value: Any) -> dict[str, Any]:
    found = stored_value(value)
    return found if isinstance(found, dict) else {}

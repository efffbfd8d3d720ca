"""Changes a stack file: one process at a time, complete from the start, members by their path."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from localcloud.embedded import Project, StackFile
from localcloud.ground.files import remove_drafts
from localcloud.ground.locks import held
from orchestrator.checkout.initial_config import initial_config
from orchestrator.checkout.local_files import prepare_stack_file
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.checkout.workspace import Workspace
from orchestrator.errors import UsageError
from orchestrator.settings.check import is_encrypted
from orchestrator.settings.typed_value import stored_value


@contextlib.contextmanager
def editing(workspace: Workspace, stack: Stack) -> Iterator[StackFile]:
    """The stack file, to be changed; written at the end, unless the block raises.

    A file that does not exist yet gets the region and the default tags, too.
    """
    if stack.environment is Environment.LOCAL:
        prepare_stack_file(workspace, stack)
    workspace.make_home()
    with held(workspace.editing):
        remove_drafts(stack.layer.folder)
        file = StackFile.load(Project.load(stack.layer.folder), stack.name)
        for key, value in {} if file.path.exists() else initial_config(stack).items():
            file.set(key, value)
        yield file
        file.save()


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

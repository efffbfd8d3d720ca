"""Further environments on AWS, e.g. one per branch or person: a stack file of every layer each.

An environment exists where there is a stack file for it: what Pulumi itself needs is the one
record of which there are, as with regions (docs/adr/0009).
"""

from __future__ import annotations

from pathlib import Path

from orchestrator.checkout.stacks import Environment, Stack, is_name, stack_of
from orchestrator.checkout.target import Target
from orchestrator.display.console import message
from orchestrator.errors import UsageError
from orchestrator.settings.stack_file import copy_settings, editing, first_steps
from shared.registry.layers import unique_settings


def add(root: Path, name: str, *, like: str) -> None:
    """Make the missing stack files of an environment, with the settings of the environment `like`.

    Secrets are not copied: they are encrypted for their own stack.
    """
    source, environment = Target.parse(root, env=like), _environment(name)
    if source.environment.is_local:
        raise UsageError("local is the local cloud of this machine: name another, e.g. --like dev")
    pairs = [(stack, stack_of(stack.layer, environment, stack.region)) for stack in source.stacks]
    missing = [(stack, new) for stack, new in pairs if not new.file.exists()]
    for stack, new in missing:
        _copy(source, stack, new)
    message(
        f"Environment {environment} has {len(pairs)} stack files, {len(missing)} of them new, with "
        f"the settings of {source.environment}. {first_steps([new for _, new in pairs])}"
    )


def _environment(name: str) -> Environment:
    if not is_name(name) or name.startswith(Environment.LOCAL):  # `Pulumi.local*` are local's
        raise UsageError(
            f"{name!r} is not a name for an environment on AWS: give small letters and digits, "
            "beginning with a letter and not with local, e.g. qa"
        )
    return Environment(name)


def _copy(source: Target, stack: Stack, new: Stack) -> None:
    with editing(source.workspace, new) as file:
        copy_settings(stack, new, file, without=unique_settings(stack.layer.name))

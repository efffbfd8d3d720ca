"""What the environment `local` needs on disk before its first run: a passphrase and stack files.

`Pulumi.local.yaml` is personal and git-ignored: made once per layer, with random secrets. From
then on it is the user's own: a key that is missing later is added, none is ever changed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from localcloud.embedded import Project, StackFile
from orchestrator.errors import PassphraseLost
from orchestrator.stacks import Stack
from orchestrator.workspace import Workspace, write_private
from shared.settings.layers import LOCAL, secret_keys
from shared.tags import OWNERS, default_tags

SECRET_BYTES = 24
"""Entropy of a generated secret, 192 bits."""


def passphrase(workspace: Workspace) -> str:
    """The local passphrase, made at the first call."""
    return _kept(workspace, workspace.passphrase, lambda: secrets.token_urlsafe(SECRET_BYTES))


def prepare_stack_file(workspace: Workspace, stack: Stack) -> None:
    """Make or complete `stack`'s Pulumi.local.yaml."""
    layer = stack.layer.name
    file = StackFile.load(Project.load(stack.layer.folder), stack.name)
    if file.salt and not workspace.passphrase.exists():
        raise PassphraseLost(_lost(workspace, stack))
    before = dict(file.said)
    if not file.salt:
        # One salt for all local stacks: the key behind it costs 0.25 s per salt and run.
        word = passphrase(workspace)
        file.salt = _kept(workspace, workspace.salt, lambda: file.crypter(word).salt)
    for key, value in _plain(stack).items():
        if key not in file.said:
            file.set(key, value)
    for key in secret_keys(layer) if layer in LOCAL else ():
        if f"{layer}:{key}" not in file.said:
            crypter = file.crypter(passphrase(workspace))
            file.set(f"{layer}:{key}", secrets.token_urlsafe(SECRET_BYTES), crypter)
    if file.said != before:
        file.save()


def _lost(workspace: Workspace, stack: Stack) -> str:
    passphrase_file = workspace.passphrase.relative_to(workspace.root)
    again = "the same command" if stack.at_home else f"./invoke region.add {stack.region}"
    return (
        f"{stack.file.relative_to(workspace.root)} is encrypted with {passphrase_file}, which is "
        f"gone: put that back; or remove stacks/*/{stack.file.name}, and {again} makes "
        "them anew, with new secrets."
    )


def _plain(stack: Stack) -> dict[str, Any]:
    layer = stack.layer.name
    return {
        "aws:region": stack.region,
        "aws:defaultTags": {"tags": tags_of(stack)},
        **{f"{layer}:{key}": value for key, value in LOCAL.get(layer, {}).items()},
    }


def tags_of(stack: Stack) -> dict[str, str]:
    """The default tags of a stack."""
    layer = stack.layer.name
    return default_tags(
        layer,
        environment=stack.environment.value,
        stack=stack.name,
        region=stack.region,
        owner=OWNERS.get(layer, layer),  # a layer that is new is its own owner until it has one
    )


def _kept(workspace: Workspace, file: Path, fresh: Callable[[], str]) -> str:
    """The content of a private file of the local cloud, from `fresh` at the first call."""
    if not file.exists():
        workspace.make_home()
        write_private(file, fresh())
    return file.read_text(encoding="utf-8").strip()

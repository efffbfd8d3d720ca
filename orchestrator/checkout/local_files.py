"""What the environment `local` needs on disk before its first run: a passphrase and stack files.

`Pulumi.local.yaml` is personal and git-ignored: made once per layer, with random secrets. From
then on it is the user's own: a key that is missing later is added, none is ever changed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from localcloud.embedded import Project, StackFile
from localcloud.ground.files import replace_file
from localcloud.ground.locks import held
from orchestrator.checkout.initial_config import initial_config
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.checkout.workspace import Workspace
from orchestrator.errors import PassphraseLost
from shared.registry.layers import LAYERS
from shared.settings.models import secret_keys

STACK_FILES = f"stacks/*/Pulumi.{Environment.LOCAL}*.yaml"
"""The stack files of all local stacks, as shells name them too."""
SECRET_BYTES = 24
"""Entropy of a generated secret, 192 bits."""


def passphrase(workspace: Workspace) -> str:
    """The local passphrase, made at the first call; PassphraseLost if an older one is needed."""
    if not workspace.passphrase.exists():
        _refuse_lost(workspace)
        workspace.salt.unlink(missing_ok=True)  # its proof is of the passphrase that is gone
    return _kept(workspace, workspace.passphrase, lambda: secrets.token_urlsafe(SECRET_BYTES))


def prepare_stack_file(workspace: Workspace, stack: Stack) -> None:
    """Make or complete `stack`'s Pulumi.local.yaml."""
    workspace.make_home()
    with held(workspace.editing):
        _complete(workspace, stack)


def _complete(workspace: Workspace, stack: Stack) -> None:
    layer = stack.layer.name
    word = passphrase(workspace)
    file = StackFile.load(Project.load(stack.layer.folder), stack.name)
    before = dict(file.values)
    if not file.salt:
        # One salt for all local stacks: the key behind it costs 0.25 s per salt and run.
        file.salt = _kept(workspace, workspace.salt, lambda: file.crypter(word).salt)
    for key, value in _plain(stack).items():
        if key not in file.values:
            file.set(key, value)
    for key in secret_keys(layer):
        if f"{layer}:{key}" not in file.values:
            file.set(f"{layer}:{key}", secrets.token_urlsafe(SECRET_BYTES), file.crypter(word))
    if file.values != before:
        file.save()


def _refuse_lost(workspace: Workspace) -> None:
    """Refuse to go on without the passphrase while something is encrypted with it."""
    files = sorted(workspace.root.glob(STACK_FILES))
    states = sorted(workspace.backend.glob(".pulumi/stacks/*/*.json"))
    encrypted = [file for file in files if b"encryptionsalt" in file.read_bytes()]
    if not encrypted and not states:
        return
    lost = [f"{STACK_FILES} ({len(encrypted)} stack files)"] if encrypted else []
    lost += [f"{_shown(workspace, workspace.backend)} ({len(states)} states)"] if states else []
    names = {file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files}
    again = _start_over(workspace, names | {state.stem for state in states}, bool(files))
    raise PassphraseLost(
        f"{_shown(workspace, workspace.passphrase)} is gone, and nothing else opens what was "
        f"encrypted with it: {' and '.join(lost)}. Put that file back; or start over with an "
        f"empty local AWS and new secrets: {' && '.join(again)}"
    )


def _start_over(workspace: Workspace, stacks: Iterable[str], files: bool) -> Iterator[str]:
    """The commands; without states, what the local AWS holds would be in the way of new ones."""
    yield "./invoke emulator.stop"
    yield f"rm -r {_shown(workspace, workspace.home)}{f' {STACK_FILES}' if files else ''}"
    further = f"{Environment.LOCAL}-"
    for stack in sorted(stacks):
        if stack.startswith(further):
            yield f"./invoke region.add {stack.removeprefix(further)}"
    yield "./invoke deploy-all"


def _shown(workspace: Workspace, file: Path) -> Path:
    return file.relative_to(workspace.root)


def _plain(stack: Stack) -> dict[str, Any]:
    layer = stack.layer.name
    own = LAYERS[layer].local if layer in LAYERS else {}
    return {
        **initial_config(stack),
        **{f"{layer}:{key}": value for key, value in own.items()},
    }


def _kept(workspace: Workspace, file: Path, fresh: Callable[[], str]) -> str:
    """The content of a private file of the local cloud, from `fresh` at the first call."""
    if not file.exists():
        workspace.make_home()
        replace_file(file, fresh())
    return file.read_text(encoding="utf-8").strip()

"""No stack is destroyed while another reads it, whatever the source of this checkout shows."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.checkout.stacks import Stack
from orchestrator.errors import StillRead
from orchestrator.live.model import Live, Reader
from orchestrator.preflight.refusals import elsewhere


def refuse_if_read(stacks: Sequence[Stack], live: Live) -> None:
    """Refuse to destroy what a live stack reads, and name the one that can go at once."""
    selected = {stack.label for stack in stacks}
    for stack in stacks:
        for reader in reversed(live.readers(stack)):
            if reader.stack.label not in selected:
                raise StillRead(_sentence(stack, reader, live))


def _sentence(stack: Stack, reader: Reader, live: Live) -> str:
    if reader.here is None:
        return _without_folder(stack, reader)
    if reader.here.region != stack.region:
        return _in_another_region(stack, reader.here)
    first = _top(reader.here, live)
    unseen = "" if reader.by_source else " (the source here does not show it, the live stack does)"
    return (
        f"Layer {reader.stack.project} ({reader.owner}) is deployed and reads {stack.layer.name}"
        f"{reader.fields_text}{unseen}. "
        f"Destroy first: ./invoke destroy {first.layer.name}{first.options} "
        f"(or all: ./invoke destroy-all{first.options})"
    )


def _without_folder(stack: Stack, reader: Reader) -> str:
    return (
        f"{reader.stack.label} ({reader.owner}) is deployed and reads {stack.layer.name}"
        f"{reader.fields_text}, so nothing was destroyed; no folder of this checkout makes it. "
        f"Check out what has stacks/{reader.stack.project}, there: ./invoke destroy "
        f"{reader.stack.project}{reader.stack.options}"
    )


def _in_another_region(stack: Stack, reader: Stack) -> str:
    how = elsewhere(reader)
    return (
        f"{reader.label} {how.does} in {stack.region}, {how.needs} {stack.label}. First "
        f"take {stack.region} out of {reader.layer.name}:{how.setting} "
        f"(stacks/{reader.layer.name}/{reader.file.name}), "
        f"then: ./invoke up {reader.layer.name}{reader.options}"
    )


def _top(stack: Stack, live: Live, seen: frozenset[str] = frozenset()) -> Stack:
    """What nothing live reads, of what reads `stack`; itself if it has no live reader."""
    for reader in reversed(live.readers(stack)):
        if reader.here is not None and reader.here.label not in seen:
            return _top(reader.here, live, seen | {stack.label})
    return stack

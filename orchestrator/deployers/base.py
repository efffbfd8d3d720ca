"""What every deployer does, and the one stream of events that it reports meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event as Flag
from typing import Any, Protocol

from orchestrator.checkout.stacks import Stack

QUIET_OPS = frozenset({"same", "read"})
"""Operations that leave the cloud as it is (Pulumi's names)."""

SECRET_MASK = "[secret]"
"""What stands for a secret value in every listing, as in Pulumi's."""


@dataclass(frozen=True, kw_only=True)
class StepEvent:
    """A resource's operation started, ended or failed."""

    phase: str
    """`started`, `finished` or `failed`."""
    urn: str
    type: str
    op: str
    message: str = ""
    diff: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The logical name, the last part of the URN."""
        return self.urn.rsplit("::", 1)[-1]


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """A message of the program, the provider or the deployer."""

    severity: str
    """`info`, `warning` or `error`."""
    message: str
    urn: str = ""


Event = StepEvent | Diagnostic
OnEvent = Callable[[Event], None]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an operation on a stack did."""

    changes: Mapping[str, int] = field(default_factory=dict)
    """Number of resources per operation, Pulumi's names: same, create, update, replace, delete."""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """The stack's outputs, secrets as `[secret]`."""

    @property
    def changed(self) -> int:
        """How many resources are no longer as they were."""
        return sum(count for op, count in self.changes.items() if op not in QUIET_OPS)


@dataclass(frozen=True, kw_only=True)
class StackState:
    """What is recorded of a stack, without asking the cloud."""

    resources: int
    """Resources that stand in the state, the stack itself and its providers not counted."""
    not_emulated: tuple[str, ...] = ()
    """URNs of those that the local cloud records but does not have."""
    protected: bool = False
    """Whether it holds a resource that must not be deleted (`protect`)."""
    updated: str = ""
    """When the last operation ended, RFC 3339; empty if there was none."""
    result: str = ""
    """`succeeded` or `failed`; empty if there was none."""

    @property
    def deployed(self) -> bool:
        """Whether anything stands in it."""
        return self.resources > 0


class Deployer(Protocol):
    """Operations on one stack; each raises a MicrostackError with one sentence."""

    name: str

    def preview(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        """What `up` would do, without doing it."""

    def up(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        """Make the cloud as the stack's program says."""

    def refresh(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        """Make the state as the cloud is."""

    def destroy(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        """Delete every resource of the stack; a stack that is not there is done already."""

    def outputs(self, stack: Stack) -> Mapping[str, Any]:
        """The stack's outputs, secrets as `[secret]`; empty if it is not deployed."""

    def config(self, stack: Stack) -> Mapping[str, str]:
        """The stack's configuration, secrets as `[secret]`."""

    def state(self, stack: Stack) -> StackState:
        """What is recorded of the stack."""

    def close(self) -> None:
        """Let go of what waits in the background; the deployer is not used after it."""

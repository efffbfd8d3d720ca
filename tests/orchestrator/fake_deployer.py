"""A deployer that deploys to memory: it records every call, and does what a test asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from threading import Event as Flag
from typing import Any

import pytest

from orchestrator.checkout.stacks import Stack
from orchestrator.checkout.target import Target
from orchestrator.deployers.base import OnEvent, Outcome, StackState, StepEvent
from orchestrator.deployers.cloud import Cloud, OnMessage
from orchestrator.live.deployed_stack import DeployedStack

Act = Callable[[Stack, OnEvent, Flag], None]
"""What an operation does to a stack; it fails by raising."""


def urn(stack: Stack) -> str:
    """The one resource of a stack."""
    return f"urn:pulumi:{stack.name}::{stack.layer.name}::aws:s3/bucket:Bucket::thing"


class FakeDeployer:
    """A `Deployer`. Stacks are named by label, or all stacks of a layer by its name."""

    name = "fake"

    def __init__(
        self,
        *standing: str,
        protected: Iterable[str] = (),
        outputs: Mapping[str, Mapping[str, Any]] | None = None,
        becomes: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """`outputs` are what is published now, `becomes` what `up` makes of that."""
        self.standing = {*standing}
        self.protected = {*protected}
        self.published = dict(outputs or {})
        self.becomes = dict(becomes or {})
        self.acts: dict[str, Act] = {}
        """What to do to a stack, by label or layer, before an operation on it succeeds."""
        self.without_folder: list[DeployedStack] = []
        """Stacks of projects that the checkout does not have."""
        self.calls: list[str] = []
        """`up data (dev)`, in the order in which the operations began."""
        self.closed = 0

    def preview(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        self._act("preview", stack, on_event, cancel)
        return Outcome(changes={"create": 1})

    def up(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        self._act("up", stack, on_event, cancel)
        self.standing.add(stack.label)
        if becomes := self._of(self.becomes, stack):
            self.published[stack.label] = becomes
        return Outcome(changes={"create": 1}, outputs=self.outputs(stack))

    def refresh(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        self._act("refresh", stack, on_event, cancel)
        return Outcome(changes={"update": 1})

    def destroy(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        self._act("destroy", stack, on_event, cancel)
        self.standing -= {stack.label, stack.layer.name}
        return Outcome(changes={"delete": 1})

    def outputs(self, stack: Stack) -> Mapping[str, Any]:
        return self._of(self.published, stack) or {}

    def config(self, stack: Stack) -> Mapping[str, str]:
        raise NotImplementedError

    def state(self, stack: Stack) -> StackState:
        names = {stack.label, stack.layer.name}
        return StackState(
            resources=int(bool(names & self.standing)),
            protected=bool(names & self.protected),
            not_emulated=(f"urn::aws:xray/group:Group::{stack.layer.name}",),
            updated="2026-01-02T03:04:05+00:00",
            result="succeeded",
        )

    def close(self) -> None:
        self.closed += 1

    def live(self, stacks: Iterable[Stack]) -> list[DeployedStack]:
        """What a backend would tell of the stacks, and of those without a folder."""
        here = [
            DeployedStack(
                stack.layer.name,
                stack.name,
                resources=self.state(stack).resources,
                outputs=self.outputs(stack),
            )
            for stack in stacks
        ]
        return [*here, *self.without_folder]

    def _act(self, operation: str, stack: Stack, on_event: OnEvent, cancel: Flag) -> None:
        self.calls.append(f"{operation} {stack.label}")
        for phase in ("started", "finished"):
            on_event(StepEvent(phase=phase, urn=urn(stack), type="t", op="create", diff=("acl",)))
        if act := self._of(self.acts, stack):
            act(stack, on_event, cancel)

    @staticmethod
    def _of(found: Mapping[str, Any], stack: Stack) -> Any:
        return found.get(stack.label, found.get(stack.layer.name))


class FakeClouds:
    """Stands for `open_cloud` in a module: every cloud has this deployer."""

    def __init__(self, deployer: FakeDeployer, key: str) -> None:
        self.deployer = deployer
        self.key = key
        """The administrator's access key id, which identifies a local cloud."""
        self.opened: list[tuple[Target, dict[str, bool]]] = []

    def __call__(self, target: Target, *, on_message: OnMessage, **how: bool) -> Cloud:
        on_message("opened")
        self.opened.append((target, how))
        return Cloud(self.deployer, {"AWS_ACCESS_KEY_ID": self.key})


def install(
    monkeypatch: pytest.MonkeyPatch, deployer: FakeDeployer, key: str = "AKIAFIRST0000000"
) -> FakeClouds:
    """Give all that opens a cloud this deployer."""
    clouds = FakeClouds(deployer, key)

    def deployed_stacks(_: Mapping[str, str]) -> list[DeployedStack]:
        target, _how = clouds.opened[-1]
        return deployer.live(target.everything.stacks)

    monkeypatch.setattr("orchestrator.live.model.deployed_stacks", deployed_stacks)
    for module in ("runs.session", "verbs.listings", "verbs.regions", "operations.functions"):
        monkeypatch.setattr(f"orchestrator.{module}.open_cloud", clouds)
    return clouds

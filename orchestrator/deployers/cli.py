"""The Pulumi CLI as a deployer, through `pulumi.automation`."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from threading import Event as Flag
from typing import TYPE_CHECKING, Any

from orchestrator.checkout.stacks import Stack
from orchestrator.deployers.base import SECRET_MASK, OnEvent, Outcome, StackState
from orchestrator.deployers.cli_watch import Watch, op_name
from orchestrator.errors import DeployerUnavailable

if TYPE_CHECKING:
    from pulumi import automation

INSTALL = "https://www.pulumi.com/docs/install/"


def require_cli(why: str, path: str | None = None) -> None:
    """Refuse with the way to get it when no `pulumi` is on PATH."""
    if shutil.which("pulumi", path=path) is None:
        raise DeployerUnavailable(
            f"{why}, and no `pulumi` is on PATH. Install the Pulumi CLI ({INSTALL}), "
            "then run the same command again."
        )


class PulumiCli:
    """Seam 1 over the real CLI. `environment` is added to the CLI's own environment."""

    name = "cli"

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = dict(environment or {})

    def preview(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        """`pulumi preview`."""
        with Watch(stack, on_event, cancel) as watch:
            result = self._open(stack).preview(on_event=watch.on_event, on_output=watch.on_output)
        return Outcome(changes={op_name(op): n for op, n in result.change_summary.items()})

    def up(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        """`pulumi up`."""
        with Watch(stack, on_event, cancel) as watch:
            result = self._open(stack).up(on_event=watch.on_event, on_output=watch.on_output)
        return Outcome(changes=_changes(result.summary), outputs=_masked(result.outputs))

    def refresh(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        """`pulumi refresh`."""
        with Watch(stack, on_event, cancel) as watch:
            result = self._open(stack).refresh(on_event=watch.on_event, on_output=watch.on_output)
        return Outcome(changes=_changes(result.summary))

    def destroy(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        """`pulumi destroy`; the emptied stack stays."""
        with Watch(stack, on_event, cancel) as watch:
            opened = self._find(stack)
            if opened is None:
                return Outcome()
            result = opened.destroy(on_event=watch.on_event, on_output=watch.on_output)
        return Outcome(changes=_changes(result.summary))

    def outputs(self, stack: Stack) -> Mapping[str, Any]:
        """`pulumi stack output`."""
        with Watch(stack):
            opened = self._find(stack)
            return _masked(opened.outputs()) if opened else {}

    def config(self, stack: Stack) -> Mapping[str, str]:
        """`pulumi config`."""
        with Watch(stack):
            opened = self._find(stack)
            values = opened.get_all_config() if opened else {}
        return {key: SECRET_MASK if v.secret else v.value for key, v in values.items()}

    def state(self, stack: Stack) -> StackState:
        """`pulumi stack export` and the newest line of `pulumi stack history`."""
        with Watch(stack):
            opened = self._find(stack)
            if opened is None:
                return StackState(resources=0)
            deployment = opened.export_stack().deployment or {}
            last = opened.info()
        resources = [item for item in deployment.get("resources", []) if item.get("custom")]
        return StackState(
            resources=len([r for r in resources if not r["type"].startswith("pulumi:")]),
            not_emulated=tuple(
                item["urn"] for item in resources if item.get("outputs", {}).get("notEmulated")
            ),
            protected=any(item.get("protect") for item in resources),
            updated=last.end_time.isoformat() if last and last.end_time else "",
            result=last.result if last else "",
        )

    def close(self) -> None:
        """Nothing waits: each operation is a process of its own."""

    def _find(self, stack: Stack) -> automation.Stack | None:
        from pulumi import automation

        try:
            return automation.Stack.select(stack.name, self._workspace(stack))
        except automation.StackNotFoundError:
            return None

    def _open(self, stack: Stack) -> automation.Stack:
        from pulumi import automation

        return automation.Stack.create_or_select(stack.name, self._workspace(stack))

    def _workspace(self, stack: Stack) -> automation.LocalWorkspace:
        # Importing pulumi costs 0.7 s: only a run that uses the CLI pays it.
        from pulumi import automation

        require_cli(
            f"Stack {stack.label} deploys with the Pulumi CLI", self._environment.get("PATH")
        )
        return automation.LocalWorkspace(
            work_dir=str(stack.layer.folder), env_vars=self._environment
        )


def _changes(summary: automation.UpdateSummary) -> dict[str, int]:
    return {op_name(op): count for op, count in (summary.resource_changes or {}).items()}


def _masked(outputs: Mapping[str, automation.OutputValue]) -> dict[str, Any]:
    return {key: SECRET_MASK if out.secret else out.value for key, out in outputs.items()}

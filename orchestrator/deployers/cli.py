"""The Pulumi CLI as a deployer, through `pulumi.automation`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from threading import Event as Flag
from typing import TYPE_CHECKING, Any

from orchestrator.deployers.base import (
    SECRET_MASK,
    Diagnostic,
    OnEvent,
    Outcome,
    StackState,
    StepEvent,
)
from orchestrator.errors import DeployerUnavailable, DeployFailed, Interrupted
from orchestrator.stacks import Stack

if TYPE_CHECKING:
    from pulumi import automation
    from pulumi.automation.events import EngineEvent

FOUND_ON_PATH = "from $PATH at"
"""In the CLI's warning that it uses the plugin which `./invoke env` puts there on purpose."""

CLOSING_WORDS = ("update failed", "preview failed", "destroy failed", "refresh failed")
"""What the CLI says last of a failed run; the reason stands before it."""

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
        with _Watch(stack, on_event, cancel) as watch:
            result = self._open(stack).preview(on_event=watch.on_event, on_output=watch.on_output)
        return Outcome(changes={_op(op): n for op, n in result.change_summary.items()})

    def up(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        """`pulumi up`."""
        with _Watch(stack, on_event, cancel) as watch:
            result = self._open(stack).up(on_event=watch.on_event, on_output=watch.on_output)
        return Outcome(changes=_changes(result.summary), outputs=_masked(result.outputs))

    def refresh(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        """`pulumi refresh`."""
        with _Watch(stack, on_event, cancel) as watch:
            result = self._open(stack).refresh(on_event=watch.on_event, on_output=watch.on_output)
        return Outcome(changes=_changes(result.summary))

    def destroy(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        """`pulumi destroy`; the emptied stack stays."""
        opened = self._find(stack)
        if opened is None:
            return Outcome()
        with _Watch(stack, on_event, cancel) as watch:
            result = opened.destroy(on_event=watch.on_event, on_output=watch.on_output)
        return Outcome(changes=_changes(result.summary))

    def outputs(self, stack: Stack) -> Mapping[str, Any]:
        """`pulumi stack output`."""
        opened = self._find(stack)
        return _masked(opened.outputs()) if opened else {}

    def config(self, stack: Stack) -> Mapping[str, str]:
        """`pulumi config`."""
        opened = self._find(stack)
        values = opened.get_all_config() if opened else {}
        return {key: SECRET_MASK if v.secret else v.value for key, v in values.items()}

    def state(self, stack: Stack) -> StackState:
        """`pulumi stack export` and the newest line of `pulumi stack history`."""
        opened = self._find(stack)
        if opened is None:
            return StackState(resources=0)
        deployment = opened.export_stack().deployment or {}
        resources = [item for item in deployment.get("resources", []) if item.get("custom")]
        last = opened.info()
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


class _Watch:
    """Turns the CLI's events into ours, and its failure into one sentence."""

    def __init__(self, stack: Stack, on_event: OnEvent, cancel: Flag) -> None:
        self._stack = stack
        self._tell = on_event
        self._cancel = cancel
        self._errors: list[str] = []

    def __enter__(self) -> _Watch:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        from pulumi import automation

        if isinstance(error, automation.CommandError):
            if self._cancel.is_set():
                raise Interrupted("interrupted; what was done is saved") from None
            raise DeployFailed(self._sentence(error)) from None

    def on_output(self, _text: str) -> None:
        """The CLI's own display is replaced by ours."""

    def on_event(self, event: EngineEvent) -> None:
        """Tell what the event says, if it says anything for a person."""
        for told in _translate(event):
            if isinstance(told, Diagnostic) and told.severity == "error":
                self._note(told)
            self._tell(told)

    def _note(self, told: Diagnostic) -> None:
        """Keep an error for the sentence, with the resource it is about."""
        message = told.message.strip()
        if message not in CLOSING_WORDS:
            *_, kind, name = ["", *told.urn.split("::")] if told.urn else ["", ""]
            about = "" if kind in ("", "pulumi:pulumi:Stack") else f"{kind} '{name}': "
            self._errors.append(about + message)

    def _sentence(self, error: automation.CommandError) -> str:
        from pulumi import automation

        if isinstance(error, automation.ConcurrentUpdateError):
            return (
                "another run holds the stack's lock; wait for it, or after a crash run "
                f"`pulumi cancel --stack {self._stack.name}` in {self._stack.layer.folder.name}"
            )
        if self._errors:
            return self._errors[0]  # what follows is what came of it
        lines = [line for line in str(error).splitlines() if line.strip().startswith("error:")]
        return lines[-1].strip() if lines else "the Pulumi CLI failed without a word of why"


def _translate(event: EngineEvent) -> Iterator[StepEvent | Diagnostic]:
    steps = (
        ("started", event.resource_pre_event),
        ("finished", event.res_outputs_event),
        ("failed", event.res_op_failed_event),
    )
    for phase, step in steps:
        if step:
            meta = step.metadata
            yield StepEvent(
                phase=phase,
                urn=meta.urn,
                type=meta.type,
                op=_op(meta.op),
                diff=tuple(meta.detailed_diff or ()),
            )
    told = event.diagnostic_event
    if told and not told.ephemeral and FOUND_ON_PATH not in told.message:
        severity = told.severity.partition("#")[0]  # info#err: from a program's standard error
        yield Diagnostic(severity=severity, message=told.message, urn=told.urn or "")


def _changes(summary: automation.UpdateSummary) -> dict[str, int]:
    return {_op(op): count for op, count in (summary.resource_changes or {}).items()}


def _op(op: Any) -> str:
    return str(getattr(op, "value", op))


def _masked(outputs: Mapping[str, automation.OutputValue]) -> dict[str, Any]:
    return {key: SECRET_MASK if out.secret else out.value for key, out in outputs.items()}

"""How a run ends: green, or with the error that names the next command."""

from __future__ import annotations

from orchestrator.checkout.stacks import Environment
from orchestrator.errors import DeployFailed, GateFailed, Interrupted
from orchestrator.reports.report import Report, Result


def interrupted(again: str) -> Interrupted:
    """The error of a run that Ctrl-C ended."""
    return Interrupted(f"Interrupted; what was done is saved. To go on: {again}")


def raise_unless_green(report: Report, *, again: str, stopped: str = "") -> None:
    """The run's error, if it has one; the summary has named the causes already.

    `stopped`: the one cause of them all, a local AWS that has ended.
    """
    if report.ok:
        return
    if any(stack.result is Result.INTERRUPTED for stack in report.stacks):
        raise interrupted(again)
    if report.gate and report.gate.result is Result.FAILED:
        again = f"./invoke smoke{Environment(report.environment).option}"
        raise GateFailed(
            "Smoke tests failed:\n  "
            + "\n  ".join(report.gate.failures)
            + "\nWhat pytest printed is in .microstack/smoke.log. "
            + f"{stopped or 'Mend the cause, then'}: {again}"
        )
    failed = [
        f"{stack.layer} ({stack.stack})" for stack in report.stacks if stack.result is Result.FAILED
    ]
    raise DeployFailed(
        f"Failed: {', '.join(failed)}. {stopped or 'Mend the cause above, then'}: {again}"
    )

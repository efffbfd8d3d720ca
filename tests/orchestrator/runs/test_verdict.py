from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orchestrator.errors import DeployFailed, GateFailed, Interrupted
from orchestrator.reports.report import GateReport, Report, Result, StackReport
from orchestrator.runs.verdict import raise_unless_green


def report(*results: Result, red: bool = False, environment: str = "dev") -> Report:
    gate = GateReport(result=Result.FAILED, failures=["test_health: 500", "test_users: 403"])
    return Report(
        command="deploy-all",
        environment=environment,
        deployer="embedded",
        started=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        stacks=[
            StackReport(layer=f"layer{n}", stack=environment, reason="named", result=result)
            for n, result in enumerate(results)
        ],
        gate=gate if red else None,
    )


def test_a_green_run_has_no_error() -> None:
    raise_unless_green(report(Result.SUCCEEDED, Result.SUCCEEDED), again="./invoke x")


def test_a_failed_stack_is_named_with_the_next_command() -> None:
    with pytest.raises(DeployFailed) as error:
        raise_unless_green(report(Result.SUCCEEDED, Result.FAILED, Result.HELD), again="./invoke x")
    assert str(error.value) == "Failed: layer1 (dev). Mend the cause above, then: ./invoke x"


def test_a_red_gate_names_its_failures_and_how_to_try_again() -> None:
    with pytest.raises(GateFailed) as error:
        raise_unless_green(report(Result.SUCCEEDED, red=True), again="./invoke deploy-all")
    assert str(error.value) == (
        "Smoke tests failed:\n  test_health: 500\n  test_users: 403\n"
        "What pytest printed is in .microstack/smoke.log. "
        "Mend the cause, then: ./invoke smoke --env dev"
    )


@pytest.mark.parametrize("red", [False, True])
def test_a_stopped_cloud_is_the_cause_of_all(red: bool) -> None:
    result = Result.SUCCEEDED if red else Result.FAILED
    again = "smoke" if red else "up"
    with pytest.raises(
        GateFailed if red else DeployFailed, match=rf"\. The cloud stopped: \./invoke {again}$"
    ):
        raise_unless_green(
            report(result, red=red, environment="local"),
            again="./invoke up",
            stopped="The cloud stopped",
        )


def test_an_interrupt_comes_before_what_failed_and_is_exit_code_130() -> None:
    with pytest.raises(Interrupted) as caught:
        raise_unless_green(report(Result.FAILED, Result.INTERRUPTED), again="./invoke deploy-all")
    assert caught.value.exit_code == 130
    assert str(caught.value).endswith("To go on: ./invoke deploy-all")

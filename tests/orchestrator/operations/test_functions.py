from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.deployers.cloud import emulator
from orchestrator.errors import AwsRefused, UnknownEnvironment, UpstreamMissing
from orchestrator.operations.functions import deployed_function
from tests.orchestrator.live_functions import JOB, LiveFunctions, make_checkout


def test_a_function_is_found_by_its_job(live: LiveFunctions) -> None:
    assert live.function.name.startswith(JOB)
    assert live.function.alias == "live"
    assert live.function.log_group == f"/small/{JOB}"
    assert live.function.timeout_seconds == 2
    found = live.awslambda.get_function_configuration(FunctionName=live.function.name)
    assert found["Timeout"] == 2


def test_what_aws_refuses_is_one_sentence(live: LiveFunctions) -> None:
    with (
        pytest.raises(AwsRefused, match="ResourceNotFoundException"),
        deployed_function(live.root, JOB, environment="local", deployer="auto") as function,
    ):
        function.client("logs").filter_log_events(logGroupName="/nowhere")


def test_a_function_that_is_not_deployed_names_the_command(live: LiveFunctions) -> None:
    with (
        pytest.raises(UpstreamMissing, match="items is not deployed .* ./invoke up compute"),
        deployed_function(live.root, "items", environment="local", deployer="auto"),
    ):
        pass


def test_an_unknown_environment_is_refused_before_anything_starts(tmp_path: Path) -> None:
    workspace = make_checkout(tmp_path)
    with (
        pytest.raises(UnknownEnvironment, match="local, dev"),
        deployed_function(tmp_path, JOB, environment="moon", deployer="auto"),
    ):
        pass
    assert not emulator(workspace).status().running

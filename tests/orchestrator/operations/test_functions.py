from __future__ import annotations

import pytest

from orchestrator.checkout.target import Target
from orchestrator.errors import AwsRefused, UpstreamMissing
from orchestrator.operations.functions import deployed_function
from tests.orchestrator.live_functions import JOB, LiveFunctions


def test_a_function_is_found_by_its_job(live: LiveFunctions) -> None:
    assert live.function.name.startswith(JOB)
    assert live.function.alias == "live"
    assert live.function.log_group == f"/small/{JOB}"
    assert live.function.timeout_seconds == 2


def test_what_aws_refuses_is_one_sentence(live: LiveFunctions) -> None:
    with (
        pytest.raises(AwsRefused, match="ResourceNotFoundException"),
        deployed_function(Target(root=live.root), JOB) as function,
    ):
        function.client("logs").filter_log_events(logGroupName="/nowhere")


def test_a_function_that_is_not_deployed_names_the_command(live: LiveFunctions) -> None:
    with (
        pytest.raises(UpstreamMissing, match="items is not deployed .* ./invoke up compute"),
        deployed_function(Target(root=live.root), "items"),
    ):
        pass

"""Under its own role a function can do what its policy says, and nothing else that there is."""

from __future__ import annotations

import pytest

from shared.registry.jobs import JOBS
from tests.e2e.live.attempts import attempts
from tests.e2e.live.roles import REFUSALS, Call, answers, grants, role_like
from tests.e2e.live.system import System

OWN_LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}
"""The emulator compares a log group's ARN without the `:*` that AWS wants at its end, so it refuses
these even where they are granted; test_grants.py shows that each function does write its log."""

ABSENT = {"TableName": "absent", "Key": {"id": {"S": "absent"}}}
EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


@pytest.mark.parametrize("job", JOBS)
def test_a_role_is_refused_everything_that_its_policy_does_not_grant(
    system: System, job: str
) -> None:
    granted = [grant for grant in grants(system, job) if grant.action not in OWN_LOG]
    calls = attempts(system)
    tried = list(zip(calls, answers(system, job, calls), strict=True))
    allowed = {call for call, code in tried if code not in REFUSALS}
    assert allowed == {call for call, _ in tried if any(grant.covers(call) for grant in granted)}
    assert len(allowed) < len(tried) / 10


@pytest.mark.parametrize(
    ("region", "refused"), [("us-east-1", False), ("us-west-2", False), ("eu-west-1", True)]
)
def test_no_role_calls_a_region_that_is_not_allowed(
    system: System, region: str, refused: bool
) -> None:
    call = Call("dynamodb:GetItem", "*", "get_item", ABSENT, region=region)
    with role_like(system, "retrieve", EVERYTHING) as role:
        [code] = answers(system, "retrieve", [call], role=role)
    assert code == ("AccessDeniedException" if refused else "ResourceNotFoundException")


def test_no_role_can_do_more_than_the_boundary_lets_it(system: System) -> None:
    with role_like(system, "retrieve", EVERYTHING) as role:
        calls = [call for call in attempts(system) if call.action.startswith(("iam:", "sts:"))]
        assert calls
        assert set(answers(system, "retrieve", calls, role=role)) <= REFUSALS

"""Under its own role a function can do what its policy says, and nothing else that there is."""

from __future__ import annotations

import pytest

from shared.jobs import JOBS
from tests.e2e.live.attempts import attempts
from tests.e2e.live.roles import REFUSALS, answers, grants
from tests.e2e.live.system import System

OWN_LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}
"""The emulator compares a log group's ARN without the `:*` that AWS wants at its end, so it refuses
these even where they are granted; test_grants.py shows that each function does write its log."""


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

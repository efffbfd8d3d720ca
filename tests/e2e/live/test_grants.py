"""No permission without a use: what a function cannot do without it, or what it is needed for."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import pytest

from shared.registry.jobs import JOBS
from tests.e2e.live.evidence import EVIDENCE
from tests.e2e.live.exercises import EXERCISES
from tests.e2e.live.roles import Grant, Twin, grants, twin
from tests.e2e.live.system import System


@pytest.fixture(scope="module")
def twins(system: System) -> Iterator[dict[str, Twin]]:
    """A twin of each function."""
    with contextlib.ExitStack() as stack:
        yield {job: stack.enter_context(twin(system, job)) for job in JOBS}


def place(grant: Grant) -> str:
    """The resource without account and random parts: `table/records`."""
    return re.sub(r"(-[0-9a-f]{6,7})+(?=/|$)", "", grant.resource.rpartition(":")[2])


def services(grant: Grant) -> list[str]:
    """The services that a permission is bound to; one that is empty if it is bound to none."""
    via = grant.conditions.get("StringEquals", {}).get("kms:ViaService", "")
    return [name.partition(".")[0] for name in ([via] if isinstance(via, str) else via)]


@pytest.mark.parametrize("job", JOBS)
def test_every_permission_has_a_use(system: System, job: str) -> None:
    granted = grants(system, job)
    exercised = {(job, grant.action, place(grant)) for grant in granted} & set(EXERCISES)
    assert exercised == {key for key in EXERCISES if key[0] == job}
    for grant in granted:
        if (job, grant.action, place(grant)) not in EXERCISES:
            for service in services(grant):
                assert EVIDENCE[grant.action, service](system, job, grant), (grant, service)


@pytest.mark.parametrize("key", EXERCISES, ids=" ".join)
def test_a_function_needs_what_it_is_granted(
    system: System, twins: dict[str, Twin], key: tuple[str, str, str]
) -> None:
    job, action, resource = key
    [grant] = [
        each for each in grants(system, job) if (each.action, place(each)) == (action, resource)
    ]
    # Refused first: what a function has fetched once it need not ask for again.
    with twins[job].without(grant), pytest.raises(AssertionError):
        EXERCISES[key](system, twins[job])
    EXERCISES[key](system, twins[job])

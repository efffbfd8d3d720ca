"""One deployment with everything on for all tests of this folder.

Each test goes on where the last one ended, from file to file: first the HTTP edge, then REST.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from orchestrator.reports.report import Report
from tests import everything
from tests.checkout import Checkout, fresh

QUIET = {"same", "read"}


@pytest.fixture(scope="package")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    with fresh(tmp_path_factory.mktemp("everything")) as made:
        yield made


@pytest.fixture(scope="package")
def zone(checkout: Checkout) -> str:
    """Id of the zone in which the domain lies."""
    return everything.switch_on(checkout, "http")


@pytest.fixture(scope="package")
def first(checkout: Checkout, zone: str) -> Checkout:
    """All of it made, on the HTTP edge."""
    checkout.invoke("deploy-all")
    return checkout


def last_report(checkout: Checkout) -> Report:
    """Of the last run."""
    return Report.model_validate(checkout.reports()[-1])


def gate(checkout: Checkout) -> tuple[int, int]:
    """How many smoke tests passed and were skipped in the last run, which was green."""
    report = last_report(checkout)
    assert report.ok
    assert report.gate is not None
    return report.gate.passed, report.gate.skipped


def operations(checkout: Checkout) -> set[str]:
    """What the last run did."""
    return {op for stack in last_report(checkout).stacks for op, n in stack.changes.items() if n}

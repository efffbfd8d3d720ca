"""Least privilege, tried out: code under a function's own role is refused what it does not need."""

from __future__ import annotations

from concurrent.futures import Future

from tests.smoke.probe import ALLOWED, Call

REFUSED = ("AccessDeniedException", "AccessDenied")


def test_retrieve_may_read_records_and_nothing_else(
    tried_as_retrieve: Future[list[tuple[Call, str]]],
) -> None:
    (needed, verdict), *others = tried_as_retrieve.result()
    assert verdict == ALLOWED, needed
    for (service, method, _), code in others:
        assert code in REFUSED, f"{service}:{method} gave {code}"

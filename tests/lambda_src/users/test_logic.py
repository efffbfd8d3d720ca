"""What is special about users."""

from __future__ import annotations

from users.logic import canonical


def test_only_the_domain_is_folded() -> None:
    fields = {"name": "Ada", "email": "Ada.L@Example.COM"}
    assert canonical(fields) == {"name": "Ada", "email": "Ada.L@example.com"}

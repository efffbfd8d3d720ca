from __future__ import annotations

from localcloud.engine.values.values import (
    UNKNOWN,
    OutputValue,
    Secret,
    has_secret,
    has_unknown,
    reveal,
)


def test_a_secret_is_not_shown_but_found_and_revealed() -> None:
    value = {"a": [Secret("swordfish"), OutputValue("swordfish", secret=True)]}
    assert "swordfish" not in repr(value)
    assert has_secret(value)
    assert has_secret([OutputValue(1, secret=True)])
    assert not has_secret({"a": [1, UNKNOWN, OutputValue(1)]})
    assert reveal({"a": [Secret({"b": Secret(1)})]}) == {"a": [{"b": 1}]}


def test_unknowns_are_found_at_any_depth() -> None:
    assert has_unknown({"a": [1, Secret([UNKNOWN])]})
    assert has_unknown([OutputValue(known=False)])
    assert not has_unknown({"a": [Secret("x"), OutputValue(1)]})

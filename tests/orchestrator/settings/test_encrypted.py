from __future__ import annotations

import pytest

from orchestrator.settings.encrypted import has_encrypted, is_encrypted


@pytest.mark.parametrize(
    ("value", "whole", "partly"),
    [
        ({"secure": "v1:x"}, True, True),
        ({"secure": {"rate": 1}}, False, False),
        ({"secure": "v1:x", "more": 1}, False, False),
        ({"a": {"secure": "v1:x"}}, False, True),
        ([1, {"a": [{"secure": "v1:x"}]}], False, True),
        ({"a": [1]}, False, False),
        ("secure", False, False),
        (None, False, False),
    ],
)
def test_an_encrypted_value_is_known_by_its_one_key(
    value: object, whole: bool, partly: bool
) -> None:
    assert (is_encrypted(value), has_encrypted(value)) == (whole, partly)

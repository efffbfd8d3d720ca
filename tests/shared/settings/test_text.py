from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.settings.text import Form

ZONES = TypeAdapter(Annotated[str, Form(r"^Z\d+$", "a number behind a Z")])


def test_a_text_of_the_form_is_taken_as_it_is() -> None:
    assert ZONES.validate_python("Z12") == "Z12"


@pytest.mark.parametrize("text", ["12", "Z12 ", "Z12\n", "xZ12", ""])
def test_any_other_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ZONES.validate_python(text)
    assert [error["msg"] for error in caught.value.errors()] == ["Value error, a number behind a Z"]


def test_what_is_no_text_is_refused_as_such() -> None:
    with pytest.raises(ValidationError, match="valid string"):
        ZONES.validate_python(12)


def test_machines_are_told_the_pattern_and_the_reference_the_words() -> None:
    assert ZONES.json_schema() == {
        "type": "string",
        "pattern": r"^Z\d+$",
        "wanted": "a number behind a Z",
    }

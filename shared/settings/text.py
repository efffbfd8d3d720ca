"""Texts of a form: a pattern for machines, words for whoever reads that a text has not got it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True)
class Form:
    """What a text looks like: `Annotated[str, Form(r"^Z\\d+$", "a number behind a Z")]`.

    The pattern starts with ^ and ends with $, as JSON schemas want it. A text of another form is
    refused by the words alone; the JSON schema has the pattern, and the words as `wanted`.
    """

    pattern: str
    wanted: str

    def checked(self, text: str) -> str:
        """The text itself; ValueError with the words if it has another form."""
        if not re.fullmatch(self.pattern, text):
            raise ValueError(self.wanted)
        return text

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Pydantic's check: the type's own first, then the form."""
        return core_schema.no_info_after_validator_function(self.checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The type's own JSON schema, with the pattern and the words."""
        return {**handler(schema), "pattern": self.pattern, "wanted": self.wanted}

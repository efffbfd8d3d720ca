"""What a person typed as a value: JSON where it is JSON, a text where it is not."""

from __future__ import annotations

import json
from typing import Any

from orchestrator.errors import UsageError


def typed_value(text: str) -> Any:
    """A number, true, false, null, list or object of the JSON `text`; any other text as it is.

    UsageError for a list or object that is not valid JSON, or holds a key twice.
    """
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except RecursionError:
        raise UsageError("Nothing was written: the value is nested too deeply.") from None
    except ValueError as error:
        if text.lstrip()[:1] in ("[", "{"):
            raise UsageError(_not_json(error)) from None
        return text


def stored_value(value: Any) -> Any:
    """A value of a stack file; `pulumi config set` may have stored an object as JSON text."""
    try:
        return typed_value(value) if isinstance(value, str) else value
    except UsageError:
        return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise UsageError(f"Nothing was written: the value has the key {key!r} twice.")
        found[key] = value
    return found


def _no_constant(name: str) -> None:
    """Python reads NaN and Infinity; JSON has neither."""
    raise ValueError(f"{name} is not JSON")


def _not_json(error: ValueError) -> str:
    return (
        f"Nothing was written: the value is not valid JSON ({error}). Lists and objects are given "
        """as JSON, in single quotes for the shell: '["a", "b"]' or '{"a": 1}'."""
    )

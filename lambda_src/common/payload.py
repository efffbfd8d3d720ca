"""JSON in and out, exact to the last digit: numbers are int or Decimal, never float."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from json.encoder import encode_basestring as quoted
from typing import Any, Final

from common.errors import InvalidJson

MAX_NUMBER_LENGTH: Final = 64
"""Characters of a number literal: DynamoDB keeps 38 digits, and huge literals cost time to read."""
LEAST, GREATEST = -130, 125
"""Decimal exponents that DynamoDB keeps (developer guide, "Number")."""


def loads(text: str) -> Any:
    """Read JSON as RFC 8259 has it: no NaN, no key twice, no half surrogates, bounded numbers."""
    try:
        value = json.loads(
            text,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique,
        )
        text.encode()  # a raw half surrogate cannot be stored or answered
        if "\\u" in text:  # an escaped one only shows in the values
            dumps(value).encode()
    except RecursionError:
        raise InvalidJson("The JSON is nested too deeply.") from None
    except UnicodeEncodeError:
        raise InvalidJson("The JSON holds an unpaired Unicode surrogate.") from None
    except json.JSONDecodeError as error:
        raise InvalidJson(
            f"Not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    return value


def dumps(value: Any) -> str:
    """Write JSON on one line, Decimals with all their digits and without an exponent."""
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, dict):
        members = (f"{quoted(str(key))}:{dumps(member)}" for key, member in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(dumps, value)) + "]"
    return quoted(value) if isinstance(value, str) else json.dumps(value, allow_nan=False)


def number_text(value: Decimal) -> str:
    """The shortest plain notation of a number: 1.50 and 15E-1 are both `1.5`."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise InvalidJson(
                f"The key {key[:64]!r} appears twice in one object.",
                logged="A key appears twice in one object.",
            )
        result[key] = value
    return result


def _refuse_constant(name: str) -> Any:
    raise InvalidJson(f"{name} is not a JSON number.")


def _bounded(literal: str) -> str:
    if len(literal) > MAX_NUMBER_LENGTH:
        raise InvalidJson(f"A number has more than {MAX_NUMBER_LENGTH} characters.")
    return literal


def _integer(literal: str) -> int:
    return int(_bounded(literal))


def _decimal(literal: str) -> Decimal:
    try:
        number = Decimal(_bounded(literal))
    except InvalidOperation:
        number = Decimal("Infinity")
    if number == 0:
        return Decimal(0)  # 0E+999999 would be written out in full later
    if not LEAST <= number.adjusted() <= GREATEST or not number.is_finite():
        raise InvalidJson(
            f"The number {literal} is out of range.", logged="A number is out of range."
        )
    return number

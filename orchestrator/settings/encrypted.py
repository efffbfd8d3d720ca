"""Encrypted values, as stack files hold them; without Pulumi, whose import takes half a second."""

from __future__ import annotations

from typing import Any


def is_encrypted(value: Any) -> bool:
    """Whether a value of a stack file is encrypted as a whole, `{secure: v1:…}`."""
    return (
        isinstance(value, dict) and value.keys() == {"secure"} and isinstance(value["secure"], str)
    )


def has_encrypted(value: Any) -> bool:
    """Whether a value of a stack file is encrypted, or a part of it."""
    if isinstance(value, dict):
        return is_encrypted(value) or any(map(has_encrypted, value.values()))
    return isinstance(value, list) and any(map(has_encrypted, value))

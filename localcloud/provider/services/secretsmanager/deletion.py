"""How Secrets Manager says that a secret waits for its deletion."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.errors import NotFound, code_of, message_of

# How AWS says that a secret waits for its deletion, in an error that may also mean other things.
_MARKED = ("marked for deletion", "scheduled for deletion")


def unless_marked(call: Any) -> Any:
    """Make a call; that the secret waits for its deletion is "not found"."""
    try:
        return call()
    except Exception as error:
        marked = any(part in message_of(error) for part in _MARKED)
        if code_of(error) == "InvalidRequestException" and marked:
            raise NotFound("the secret waits for its deletion") from error
        raise

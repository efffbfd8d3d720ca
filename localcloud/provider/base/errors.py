"""What can go wrong in the provider, and AWS's errors as sentences for people.

ProviderError
├── ConfigRefused      the provider's own configuration
├── NotFound           a resource that should be there is not
├── InitFailed         a resource exists, but something after that failed
├── WaitedTooLong      something did not become ready in time
└── Cancelled          the engine asked to stop
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any

from localcloud.provider.base.values import Props


class ProviderError(Exception):
    """Base of everything that this package raises on purpose; its text is shown to the user."""


class ConfigRefused(ProviderError):
    """A configuration value that this provider cannot honour."""


class NotFound(ProviderError):
    """A resource, or what it points at, does not exist."""


class InitFailed(ProviderError):
    """The resource exists, but something after that failed: it must stay on record."""

    def __init__(self, id: str, outputs: Props, cause: Exception) -> None:
        super().__init__(str(cause))
        self.id, self.outputs, self.cause = id, outputs, cause


class WaitedTooLong(ProviderError):
    """AWS accepted a change and did not finish it in time."""


class Cancelled(ProviderError):
    """The engine cancelled the operation while it waited."""


def not_implemented(what: str) -> str:
    """The sentence about something that nobody has built yet, with where to build it."""
    return (
        f"the local cloud's provider does not implement {what};"
        " how to add it: localcloud/provider/README.md"
    )


# Codes by which AWS services say "there is no such thing"; EC2's all end in ".NotFound".
NOT_FOUND = frozenset(
    {
        "404",
        "AWS.SimpleQueueService.NonExistentQueue",
        "DashboardNotFoundError",
        "NoSuchBucket",
        "NoSuchEntity",
        "NoSuchEntityException",
        "NoSuchHostedZone",
        "NoSuchKey",
        "NotFound",
        "NotFoundException",
        "ParameterNotFound",
        "QueueDoesNotExist",
        "ResourceNotFound",
        "ResourceNotFoundException",
    }
)


def code_of(error: BaseException) -> str:
    """AWS's error code, such as "AccessDeniedException"; "" when the error is not AWS's."""
    response: Any = getattr(error, "response", None)
    if not isinstance(response, dict):
        return ""
    return str(response.get("Error", {}).get("Code", ""))


def message_of(error: BaseException) -> str:
    """AWS's own sentence, or the exception's text."""
    response: Any = getattr(error, "response", None)
    if not isinstance(response, dict):
        return str(error) or type(error).__name__
    return str(response.get("Error", {}).get("Message", "")) or str(error)


def is_missing(error: BaseException, more: AbstractSet[str] = frozenset()) -> bool:
    """Whether the error says that the thing asked for does not exist."""
    if isinstance(error, NotFound):
        return True
    code = code_of(error)
    return code in NOT_FOUND or code in more or code.endswith(".NotFound")


def describe(error: BaseException) -> str:
    """One line for the user: AWS's code, its sentence and the call, or the error's own text."""
    code = code_of(error)
    if not code:
        expected = isinstance(error, ProviderError) or type(error).__module__ != "builtins"
        return message_of(error) if expected else f"{type(error).__name__}: {error}"
    call = getattr(error, "operation_name", "")
    return f"{code}: {message_of(error)}" + (f" ({call})" if call else "")

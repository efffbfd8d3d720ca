"""What a run reports to its caller while it goes on: small frozen values, free of secrets."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Op(StrEnum):
    """What a step does, by Pulumi's names (pkg/resource/deploy/step.go)."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    REPLACE = "replace"
    CREATE_REPLACEMENT = "create-replacement"
    DELETE_REPLACED = "delete-replaced"
    READ = "read"
    READ_REPLACEMENT = "read-replacement"
    REFRESH = "refresh"
    IMPORT = "import"
    IMPORT_REPLACEMENT = "import-replacement"
    DISCARD = "discard"
    DISCARD_REPLACED = "discard-replaced"


@dataclass(frozen=True, kw_only=True)
class Event:
    """Anything that a run reports."""


@dataclass(frozen=True, kw_only=True)
class StepStarted(Event):
    """A step is about to talk to its provider."""

    urn: str
    type: str
    op: Op


@dataclass(frozen=True, kw_only=True)
class StepFinished(Event):
    """A step is done and recorded; `diff` names the properties that changed."""

    urn: str
    type: str
    op: Op
    seconds: float
    diff: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StepFailed(Event):
    """A step failed; `message` is the provider's reason."""

    urn: str
    type: str
    op: Op
    message: str


@dataclass(frozen=True, kw_only=True)
class Diagnostic(Event):
    """A line from the program, a provider or the engine: debug, info, warning or error."""

    severity: str
    message: str
    urn: str = ""


@dataclass(frozen=True, kw_only=True)
class Notice(Event):
    """Something that the engine did by itself and that a person may want to know."""

    message: str


@dataclass(frozen=True, kw_only=True)
class Summary(Event):
    """The end of a run: how many resources each operation touched."""

    changes: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

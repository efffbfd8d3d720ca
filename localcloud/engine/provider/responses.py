"""What providers answer, as values: failures, differences, what was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pulumi.runtime.proto import provider_pb2

from localcloud.engine.provider.inprocess_grpc import PropertyMap
from localcloud.engine.values.values import Secret, has_secret


@dataclass(frozen=True)
class CheckFailure:
    """An input that a provider does not accept."""

    property: str
    reason: str


@dataclass
class Diff:
    """A provider's view of a change; `changed` None means that it does not know."""

    changed: bool | None
    replaces: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    detailed: dict[str, int] | None = None
    delete_before_replace: bool = False

    def needs_replacement(self) -> bool:
        """Return whether the change needs a new resource."""
        marked = any(kind & 1 for kind in (self.detailed or {}).values())
        return bool(self.changed) and (bool(self.replaces) or marked)

    def changed_properties(self) -> tuple[str, ...]:
        """Name the properties that differ."""
        names = self.detailed or self.changes or self.replaces
        return tuple(sorted(set(names)))


@dataclass
class ReadResult:
    """What a provider found; an empty id means that there is no such resource."""

    id: str
    outputs: PropertyMap
    inputs: PropertyMap | None
    init_errors: list[str] = field(default_factory=list)


def annotate_secrets(outputs: PropertyMap | None, inputs: PropertyMap | None) -> None:
    """Mark outputs secret whose equally named inputs are (annotateSecrets of the CLI)."""
    if not outputs or not inputs:
        return
    for key, given in inputs.items():
        if key not in outputs:
            continue
        got = outputs[key]
        if isinstance(got, dict) and isinstance(given, dict):
            annotate_secrets(got, given)
        elif not isinstance(got, Secret) and has_secret(given):
            outputs[key] = Secret(got)


def failures_of(response: Any) -> list[CheckFailure]:
    """Read the failures of a Check or an Invoke."""
    return [CheckFailure(failure.property, failure.reason) for failure in response.failures]


def diff_of(response: Any) -> Diff:
    """Read the answer of a Diff or a DiffConfig."""
    kinds = provider_pb2.DiffResponse
    changed = {kinds.DIFF_NONE: False, kinds.DIFF_SOME: True}.get(response.changes)
    detailed = None
    if response.hasDetailedDiff:
        detailed = {key: entry.kind for key, entry in response.detailedDiff.items()}
    return Diff(
        changed,
        list(response.replaces),
        list(response.diffs),
        detailed,
        response.deleteBeforeReplace,
    )

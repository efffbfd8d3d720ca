"""What a program used of its upstreams, as the reserved output `contract` of its stack tells it.

Stacks that were deployed before members were noted say which fields they read, and no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any, Final, Self

OUTPUT: Final = "contract"

Fields = Mapping[str, Set[str]]
"""Field → the members that were read, of one that holds values by name."""


@dataclass(frozen=True)
class Used:
    """Upstream layer → its fields that were used."""

    upstreams: Mapping[str, Fields] = field(default_factory=dict)
    regions: Mapping[str, Set[str]] = field(default_factory=dict)
    """Upstream layer → where it was read, if not just in the region of its reader."""

    @classmethod
    def of(cls, outputs: Mapping[str, Any]) -> Self:
        """From the outputs of a deployed stack; nothing if it tells nothing."""
        told = outputs.get(OUTPUT) or {}
        members = told.get("members", {})
        return cls(
            {
                layer: {name: set(members.get(layer, {}).get(name, ())) for name in fields}
                for layer, fields in told.get("reads", {}).items()
            },
            {layer: set(names) for layer, names in told.get("regions", {}).items()},
        )

    def fields(self, layer: str) -> Fields:
        """What was used of a layer."""
        return self.upstreams.get(layer, {})

    def exported(self) -> dict[str, Any]:
        """As part of the output: `reads`, `members` of those by name, and `regions` if others."""
        members = {
            layer: {name: sorted(used) for name, used in sorted(fields.items()) if used}
            for layer, fields in sorted(self.upstreams.items())
        }
        regions = {layer: sorted(names) for layer, names in sorted(self.regions.items())}
        return {
            "reads": {layer: sorted(fields) for layer, fields in sorted(self.upstreams.items())},
            "members": {layer: fields for layer, fields in members.items() if fields},
            **({"regions": regions} if regions else {}),
        }

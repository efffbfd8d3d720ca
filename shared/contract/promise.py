"""One field of a contract, as programs, checks and the orchestrator know it; without Pulumi."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What is said of a field beside its type."""

    about: str
    secret: bool = False
    """Its value must stay encrypted."""
    optional: bool = False
    """It may be left out, and reads as None then."""
    by_name: bool = False
    """It holds plain values by short name, e.g. table name by `records`."""
    members: tuple[str, ...] = ()
    """Those short names; empty: they are nobody's to know before (the clients of an API)."""

    def knows(self, member: str) -> bool:
        """Whether a member of that name is promised."""
        return not self.members or member in self.members

"""Physical names for resources that the program did not name: Pulumi's `<name>-<7 hex digits>`."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from localcloud.provider.base.values import Props

DEFAULTS = "__defaults"  # Pulumi's own key: names of inputs that Check filled in
_DIGITS = 7  # what Pulumi's AWS provider uses


@dataclass(frozen=True, kw_only=True)
class AutoName:
    """How a type's name is made up when the program gives none.

    `prefix` is the input (such as "namePrefix") that replaces the logical name, if there is one.
    The logical name is cut so that the whole is at most `max` characters.
    """

    property: str = "name"
    max: int = 64
    lower: bool = False
    prefix: str | None = "namePrefix"
    lead: str = ""  # what AWS wants in front, such as "alias/"
    suffix: str = ""  # what AWS wants at the end, such as ".fifo"

    def make(self, logical: str, inputs: Props, seed: bytes) -> str:
        """Make a new name; the same seed gives the same one."""
        asked = inputs.get(self.prefix) if self.prefix else None
        stem = str(asked) if asked else f"{self.lead}{logical}-"
        stem = stem[: self.max - _DIGITS - len(self.suffix)]
        name = f"{stem}{digits(seed, logical)}{self.suffix}"
        return name.lower() if self.lower else name


def digits(seed: bytes, salt: str, count: int = _DIGITS) -> str:
    """Hex digits that follow from the seed, or random ones when the engine sent no seed."""
    if not seed:
        return secrets.token_hex(count)[:count]
    return hashlib.sha256(seed + b"\0" + salt.encode()).hexdigest()[:count]


def fill(rule: AutoName, logical: str, news: Props, olds: Props, seed: bytes) -> None:
    """Put a name into `news` if it has none: the one it was given before, else a new one."""
    if news.get(rule.property) not in (None, ""):
        return
    kept = olds.get(rule.property) if rule.property in olds.get(DEFAULTS, ()) else None
    news[rule.property] = kept or rule.make(logical, news, seed)
    news[DEFAULTS] = [rule.property]

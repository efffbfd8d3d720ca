"""What a benchmark gives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured value against its limit; `least` makes that a lower one."""

    name: str
    value: float
    limit: float
    unit: str
    least: bool = False
    remark: str = ""
    """What the value was made of."""

    @property
    def held(self) -> bool:
        """Whether the value keeps to its limit."""
        return self.value >= self.limit if self.least else self.value < self.limit

    @property
    def measured(self) -> str:
        """The value in words."""
        digits = 2 if self.unit == "x" else 1
        return f"{self.value:.{digits}f} {self.unit}{self.remark and f' ({self.remark})'}"

    @property
    def bound(self) -> str:
        """The limit in words."""
        return f"{'≥' if self.least else '<'} {self.limit:g} {self.unit}"

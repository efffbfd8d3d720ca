"""What observability may be told: who hears of alarms, and when they ring."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from shared.settings.config import Settings
from shared.settings.text import Form

Email = Annotated[str, Form(r"^[^@\s]+@[^@\s]+$", "an address such as oncall@example.com")]


class Observability(Settings):
    """Alarms, their topic and the dashboard."""

    layer: ClassVar[str] = "observability"

    alarm_emails: tuple[Email, ...] = Field(
        default=(),
        description="Addresses that hear of every ALARM and OK; each must confirm once.",
    )
    function_errors_per_minute: int = Field(
        default=2, ge=0, description="Errors of a function within a minute before its alarm rings."
    )
    function_error_percent: float = Field(
        default=1.0,
        gt=0,
        le=100,
        description="Percent of calls that may fail before the alarm rings.",
    )
    function_duration_percent: int = Field(
        default=90,
        ge=1,
        le=100,
        description="Percent of its timeout that 99 % of a function's calls may take.",
    )
    dlq_age_seconds: int = Field(
        default=3600,
        ge=60,
        le=1209600,
        description="Seconds that a failed event may wait in a DLQ before its alarm rings.",
    )
    api_5xx_percent: float = Field(
        default=1.0, gt=0, le=100, description="Percent of requests that may fail by our fault."
    )
    api_4xx_percent: float = Field(
        default=10.0, gt=0, le=100, description="Percent of requests that may be refused."
    )
    availability_percent: float = Field(
        default=99.9,
        ge=94,
        le=99.999,
        description="Percent of requests that must not fail by our fault, over 30 days; the "
        "burn-rate alarms ring when what may fail is used up too fast. Below 94 the fast one "
        "could not: 14.4 times as much as may fail would be more than all requests.",
    )
    trace_percent: float = Field(
        default=5.0, ge=0, le=100, description="Percent of requests that X-Ray traces."
    )
    api_latency_p99_ms: int = Field(
        default=3000,
        ge=1,
        le=29000,
        description="Milliseconds within which 99 % of requests are answered.",
    )

    @model_validator(mode="after")
    def _emails_once(self) -> Self:
        """However they are written: mail to ops@… and to Ops@… ends in one box."""
        if len({address.casefold() for address in self.alarm_emails}) < len(self.alarm_emails):
            raise ValueError("each of alarm_emails once")
        return self

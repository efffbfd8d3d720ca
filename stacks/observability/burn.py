"""Burn-rate alarms: the part of requests that may fail is being used up too fast.

Two windows each, as in Google's SRE workbook, chapter 5: the long one says that it matters, the
short one that it still goes on, so that the alarm ends soon after the trouble does.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi_aws as aws
from alarms import Alarms
from metrics import of_api

from shared.account import Account
from shared.contracts import Api
from shared.settings.observability import Observability

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, kw_only=True)
class Burn:
    """How fast is too fast: `rate` 1 would use up a month's allowance in just a month."""

    name: str
    rate: float
    long: int
    short: int
    used: str
    """What of the allowance is gone when the long window is full."""


BURNS = (
    Burn(name="fast", rate=14.4, long=HOUR, short=5 * MINUTE, used="2 % within an hour"),
    Burn(name="slow", rate=6, long=6 * HOUR, short=30 * MINUTE, used="5 % within six hours"),
)


def burn_alarms(
    account: Account, *, of: Api, alarms: Alarms, settings: Observability
) -> list[aws.cloudwatch.CompositeAlarm]:
    """A fast and a slow burn of the availability objective."""
    return [_burn(burn, account, of=of, alarms=alarms, settings=settings) for burn in BURNS]


def _burn(
    burn: Burn, account: Account, *, of: Api, alarms: Alarms, settings: Observability
) -> aws.cloudwatch.CompositeAlarm:
    threshold = round(burn.rate * (100 - settings.availability_percent), 6)
    windows = [
        alarms.expression_above(
            f"burn-{burn.name}-{which}",
            "100 * failed / IF(all > 0, all, 1)",
            metrics={
                "failed": of_api(of, "server_errors"),
                "all": of_api(of, "requests"),
            },
            label="Failed requests, percent",
            threshold=threshold,
            about=f"The {which} window of the composite alarm burn-{burn.name}.",
            period=period,
            silent=True,
        )
        for which, period in (("long", burn.long), ("short", burn.short))
    ]
    return alarms.composite(
        f"burn-{burn.name}",
        alarm_name=account.name(f"burn-{burn.name}"),
        alarms=windows,
        about=f"Failures use up {burn.used} of what {settings.availability_percent} % allows.",
        when="all",
    )

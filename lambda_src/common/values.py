"""Parameters and secrets: named in the environment, read at run time, cached, refreshed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from common.aws import client
from common.errors import DependencyUnavailable
from common.telemetry import telemetry

LIFE: Final = 60.0
"""Seconds that a value is used before it is read again: a change shows within a minute."""


@dataclass(frozen=True)
class Value:
    """What a parameter or secret held when it was read."""

    text: str
    version: int = 0


class Cached:
    """A value that is read when first needed and again when it is too old.

    While its source fails, an old value is better than none.
    """

    def __init__(
        self,
        read: Callable[[], Value],
        *,
        life: float = LIFE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._life = life
        self._clock = clock
        self._value: Value | None = None
        self._read_at = 0.0

    def get(self, *, newer_than: float | None = None) -> Value:
        """Return the value, at most `newer_than` (default: the cache's life) seconds old."""
        life = self._life if newer_than is None else newer_than
        if self._value is None or self._clock() - self._read_at > life:
            self._refresh()
        if self._value is None:
            raise DependencyUnavailable("The service's configuration cannot be read just now.")
        return self._value

    def _refresh(self) -> None:
        try:
            self._value = self._read()
            self._read_at = self._clock()
        except (BotoCoreError, ClientError) as error:
            telemetry.failure("cannot read a parameter or secret", error)


def parameter(name: str) -> Value:
    """Read an SSM parameter, decrypted."""
    found = client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]
    return Value(found["Value"], int(found["Version"]))


def secret(name: str) -> Value:
    """Read the current version of a Secrets Manager secret."""
    return Value(client("secretsmanager").get_secret_value(SecretId=name)["SecretString"])

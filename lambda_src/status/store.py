"""The configuration in the SSM Parameter Store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from common.aws import setting
from common.values import Cached, Value, parameter

from status.models import AppConfig


@dataclass(frozen=True)
class SsmStore:
    """The store of the deployed function."""

    parameter: Cached

    @classmethod
    def from_environment(cls) -> Self:
        """The parameter that APP_CONFIG_PARAMETER names."""
        name = setting("APP_CONFIG_PARAMETER")
        return cls(Cached(lambda: parameter(name)))

    def app_config(self) -> AppConfig:
        """The parameter's value, read again when it is older than the cache allows."""
        value: Value = self.parameter.get()
        return AppConfig(text=value.text, version=value.version)

"""Stacks: a layer in an environment and region, and how they are named."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import yaml

from orchestrator.errors import UnknownEnvironment, UsageError
from orchestrator.layers import YAML, Layer

HOME_REGION = "us-east-1"
"""Where an environment lives whose stack file says nothing else."""


class Environment(StrEnum):
    """Where a system runs: a laptop, or one of three AWS environments."""

    LOCAL = "local"
    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"

    @classmethod
    def parse(cls, text: str) -> Environment:
        """The environment of that name, or the sentence that lists them."""
        try:
            return cls(text)
        except ValueError:
            known = ", ".join(cls)
            raise UnknownEnvironment(
                f"There is no environment {text!r}. The environments are: {known}."
            ) from None


@dataclass(frozen=True)
class Stack:
    """A layer in an environment and region, e.g. data in dev (home region)."""

    layer: Layer
    environment: Environment
    name: str

    @property
    def label(self) -> str:
        """How messages name it: `data (local)`."""
        return f"{self.layer.name} ({self.name})"

    @property
    def file(self) -> Path:
        """Its stack file, Pulumi.<stack>.yaml."""
        return self.layer.folder / f"Pulumi.{self.name}.yaml"

    @property
    def region(self) -> str:
        """Its `aws:region`, or the home region where its file says nothing."""
        if not self.file.exists():
            return HOME_REGION
        return str(_config(self.file).get("aws:region", HOME_REGION))


def stack_of(layer: Layer, environment: Environment) -> Stack:
    """The layer's stack in the home region of the environment."""
    return Stack(layer=layer, environment=environment, name=environment.value)


def _config(file: Path) -> dict[str, object]:
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), YAML) or {}
    except yaml.YAMLError as error:
        raise UsageError(f"{file.name} of layer {file.parent.name} is not YAML: {error}") from None
    config = content.get("config", {}) if isinstance(content, dict) else None
    if not isinstance(config, dict):
        raise UsageError(f"{file.name} of layer {file.parent.name} needs a map under `config:`.")
    return config

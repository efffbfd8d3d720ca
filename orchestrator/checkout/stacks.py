"""Stacks: a layer in an environment and region, and how they are named."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from orchestrator.checkout.layers import YAML, Layer
from orchestrator.errors import UnknownEnvironment, UsageError
from shared.layers import elsewhere_of
from shared.stack_name import HOME_REGION, StackName


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

    @property
    def option(self) -> str:
        """How a command names it: not at all if it is local, or ` --env dev`."""
        return "" if self is Environment.LOCAL else f" --env {self}"


@dataclass(frozen=True)
class Stack:
    """A layer in an environment and region, e.g. data in dev (home region)."""

    layer: Layer
    environment: Environment
    region: str = HOME_REGION

    @property
    def stack_name(self) -> StackName:
        """Environment and region."""
        return StackName(self.environment.value, self.region)

    @property
    def name(self) -> str:
        """`dev` in the home region, `dev-us-west-2` in a further one."""
        return str(self.stack_name)

    @property
    def at_home(self) -> bool:
        """Whether it stands in the environment's home region."""
        return self.region == HOME_REGION

    @property
    def label(self) -> str:
        """How messages name it: `data (local)`."""
        return f"{self.layer.name} ({self.name})"

    @property
    def file(self) -> Path:
        """Its stack file, Pulumi.<stack>.yaml."""
        return self.layer.folder / f"Pulumi.{self.name}.yaml"

    @property
    def options(self) -> str:
        """The options that choose it in a command: empty, or ` --env dev --region us-west-2`."""
        return self.stack_name.options

    @property
    def regions_read(self) -> frozenset[str]:
        """Other regions whose upstream stacks it reads, where its layer does such a thing."""
        elsewhere = elsewhere_of(self.layer.name)
        found = self.config_value(elsewhere.setting, []) if elsewhere else []
        return frozenset(map(str, found)) if isinstance(found, list) else frozenset()

    def config_value(self, setting: str, default: Any) -> Any:
        """A plain setting of its layer as its stack file has it, not checked."""
        value = _config(self.file).get(f"{self.layer.name}:{setting}", default)
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError:
            return value


def stack_of(layer: Layer, environment: Environment, region: str = HOME_REGION) -> Stack:
    """The layer's stack in a region of the environment; the home region if none is named."""
    return Stack(layer, environment, region)


def stacks_of(layer: Layer, environment: Environment) -> list[Stack]:
    """The layer's stacks: home, then one for each further region that has a stack file."""
    files = sorted(layer.folder.glob(f"Pulumi.{environment}-*.yaml"))
    further = [Stack(layer, environment, _region(file)) for file in files]
    return [stack_of(layer, environment), *further]


def by_region(stacks: Iterable[Stack]) -> dict[str, list[Stack]]:
    """Region → its stacks, both in the order in which they come."""
    found: dict[str, list[Stack]] = {}
    for stack in stacks:
        found.setdefault(stack.region, []).append(stack)
    return found


def _region(file: Path) -> str:
    name = file.name.removeprefix("Pulumi.").removesuffix(".yaml")
    try:
        stack = StackName.parse(name)
    except ValueError as error:
        raise UsageError(f"{file.parent.name}/{file.name} is in the way: {error}") from None
    if str(stack) != name:
        raise UsageError(
            f"{file.parent.name}/{file.name} is in the way: {stack.region} is the home region, "
            f"whose stack file is Pulumi.{stack}.yaml."
        )
    return stack.region


def _config(file: Path) -> dict[str, object]:
    """The config of a stack file; none if it makes no sense, which its deployer reports."""
    try:
        config = yaml.load(file.read_text(encoding="utf-8"), YAML)["config"]
    except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError):
        return {}
    return config if isinstance(config, dict) else {}

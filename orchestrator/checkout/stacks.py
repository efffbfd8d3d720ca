"""Stacks: a layer in an environment and region, and how they are named."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import yaml

from orchestrator.checkout.layers import YAML, Layer
from orchestrator.errors import UnknownEnvironment, UsageError
from shared.registry.layers import elsewhere_of
from shared.stack_name import ENVIRONMENT, ENVIRONMENTS, HOME_REGION, LOCAL, StackName


class Environment(str):
    """Where a system runs: a laptop, or an environment on AWS; its name."""

    LOCAL: ClassVar[Environment]
    DEV: ClassVar[Environment]
    STAGING: ClassVar[Environment]
    PROD: ClassVar[Environment]

    @classmethod
    def parse(cls, text: str, *, root: Path) -> Environment:
        """The environment of that name; UnknownEnvironment lists those of the checkout."""
        known = environments_of(root)
        if text not in known:
            add = f" To add it: ./invoke env.add {text} --like dev" if is_name(text) else ""
            raise UnknownEnvironment(
                f"There is no environment {text!r}. The environments are: {', '.join(known)}.{add}"
            )
        return cls(text)

    @property
    def is_local(self) -> bool:
        """Whether it is the local cloud of this machine."""
        return self == LOCAL

    @property
    def option(self) -> str:
        """How a command names it: not at all if it is local, or ` --env dev`."""
        return "" if self.is_local else f" --env {self}"


Environment.LOCAL, Environment.DEV, Environment.STAGING, Environment.PROD = map(
    Environment, ENVIRONMENTS
)


def is_name(text: str) -> bool:
    """Whether an environment may be named so."""
    return re.fullmatch(ENVIRONMENT, text) is not None


def environments_of(root: Path) -> list[str]:
    """The environments that every checkout has, then those that have a stack file in this one."""
    files = root.glob("stacks/*/Pulumi.*.yaml")
    names = (file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)
    found = {name.partition("-")[0] for name in names}
    return [*ENVIRONMENTS, *sorted(filter(is_name, found.difference(ENVIRONMENTS)))]


@dataclass(frozen=True)
class Stack:
    """A layer in an environment and region, e.g. data in dev (home region)."""

    layer: Layer
    environment: Environment
    region: str = HOME_REGION

    @property
    def stack_name(self) -> StackName:
        """Environment and region."""
        return StackName(str(self.environment), self.region)

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

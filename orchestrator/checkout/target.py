"""What a command is about: the layer, environment, region and deployer that were asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from orchestrator.checkout.layers import Layers, discover
from orchestrator.checkout.selection import Selection, every_layer, select
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.checkout.workspace import Workspace
from shared.stack_name import HOME_REGION


@dataclass(frozen=True, kw_only=True)
class Target:
    """What was asked for; the files of the checkout are read when they are first needed."""

    root: Path
    """The checkout."""
    environment: Environment = Environment.LOCAL
    layer: str = ""
    """Empty: all layers."""
    region: str = ""
    """Empty: all regions of the environment."""
    deployer: str = "auto"
    """`auto`, `embedded` or `cli` (orchestrator/deployers/cloud.py)."""

    @classmethod
    def parse(
        cls,
        root: Path,
        *,
        env: str = "local",
        layer: str = "",
        region: str = "",
        deployer: str = "auto",
    ) -> Target:
        """Make it of the options as they were typed. Raises UnknownEnvironment."""
        where = Environment.parse(env, root=root)
        return cls(root=root, environment=where, layer=layer, region=region, deployer=deployer)

    @property
    def workspace(self) -> Workspace:
        """The checkout's paths."""
        return Workspace(self.root)

    @cached_property
    def layers(self) -> Layers:
        """All layers of the checkout."""
        return discover(self.root)

    @cached_property
    def selection(self) -> Selection:
        """The stacks that it is about. Raises UnknownLayer, UnknownRegion."""
        return select(self.layers, self.environment, self.layer, self.region)

    @property
    def stacks(self) -> list[Stack]:
        """The same, in deployment order."""
        return self.selection.stacks

    @property
    def everything(self) -> Selection:
        """All stacks of the environment, selected or not."""
        return every_layer(self.layers, self.environment)

    def only(self, layer: str = "") -> Target:
        """One layer of it, in one region: the one that was asked for, or the home region."""
        return replace(self, layer=layer or self.layer, region=self.region or HOME_REGION)

    @property
    def stack(self) -> Stack:
        """The one stack of a layer in one region."""
        (stack,) = self.only().stacks
        return stack

    @property
    def options(self) -> str:
        """What chooses it in a command, e.g. ` --env dev --region us-west-2`, but for the layer."""
        deployer = "" if self.deployer == "auto" else f" --deployer {self.deployer}"
        region = f" --region {self.region}" if self.region else ""
        return f"{self.environment.option}{deployer}{region}"

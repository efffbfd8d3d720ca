"""Which stacks a command is about, each with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from orchestrator.checkout.layers import Layers
from orchestrator.checkout.stacks import Environment, Stack, by_region, stacks_of
from orchestrator.errors import UnknownRegion


@dataclass(frozen=True)
class SelectedStack:
    """A stack of the selection."""

    stack: Stack
    reason: str


@dataclass(frozen=True)
class Selection:
    """Stacks in deployment order: each comes after what it reads."""

    layers: Layers
    items: tuple[SelectedStack, ...]

    def __iter__(self) -> Iterator[SelectedStack]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def stacks(self) -> list[Stack]:
        """The selected stacks, in deployment order."""
        return [item.stack for item in self]

    def whole_regions(self) -> dict[str, list[Stack]]:
        """Region → its stacks, for regions where every layer is selected."""
        every = {layer.name for layer in self.layers}
        return {
            region: stacks
            for region, stacks in by_region(self.stacks).items()
            if {stack.layer.name for stack in stacks} == every
        }

    def upstream(self, stack: Stack) -> list[Stack]:
        """The selected stacks that `stack` reads."""
        regions = {stack.region} | stack.regions_read
        return [
            item.stack
            for item in self
            if item.stack.layer.name in stack.layer.reads and item.stack.region in regions
        ]

    def downstream(self, stack: Stack) -> list[Stack]:
        """The selected stacks that read `stack`."""
        return [item.stack for item in self if stack in self.upstream(item.stack)]


def select(layers: Layers, environment: Environment, layer: str, region: str) -> Selection:
    """One layer or all (empty), in one region or all (empty)."""
    if layer:
        return named_layers(layers, environment, [layer], region)
    return every_layer(layers, environment, region)


def every_layer(layers: Layers, environment: Environment, region: str = "") -> Selection:
    """All layers of the environment, in all of its regions or in one."""
    return _select(layers, environment, [layer.name for layer in layers], "every layer", region)


def named_layers(
    layers: Layers, environment: Environment, names: Sequence[str], region: str = ""
) -> Selection:
    """The layers that the user named, in all regions or in one.

    Raises UnknownLayer, UnknownRegion.
    """
    return _select(layers, environment, [layers[name].name for name in names], "named", region)


def _select(
    layers: Layers, environment: Environment, names: Iterable[str], reason: str, region: str
) -> Selection:
    wanted = set(names)
    stacks = [
        stack for layer in layers if layer.name in wanted for stack in stacks_of(layer, environment)
    ]
    selected = [stack for stack in stacks if region in ("", stack.region)]
    if not selected and region:
        raise _unknown(region, stacks)
    return Selection(layers, tuple(SelectedStack(stack, reason) for stack in selected))


def _unknown(region: str, stacks: Sequence[Stack]) -> UnknownRegion:
    known = ", ".join(dict.fromkeys(stack.region for stack in stacks))
    environment = stacks[0].environment
    return UnknownRegion(
        f"There is no stack in region {region!r}. The regions of {environment} are: {known}. "
        f"To add one: ./invoke region.add {region}{environment.option}"
    )

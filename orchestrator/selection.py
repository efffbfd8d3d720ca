"""Which stacks a command is about, each with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from orchestrator.layers import Layers
from orchestrator.stacks import Environment, Stack, stack_of


@dataclass(frozen=True)
class Chosen:
    """A stack of the selection."""

    stack: Stack
    reason: str


@dataclass(frozen=True)
class Selection:
    """Stacks in deployment order: each comes after what it reads."""

    layers: Layers
    chosen: tuple[Chosen, ...]

    def __iter__(self) -> Iterator[Chosen]:
        return iter(self.chosen)

    def __len__(self) -> int:
        return len(self.chosen)

    def upstream(self, stack: Stack) -> list[Stack]:
        """The selected stacks that `stack` reads."""
        reads = {layer.name for layer in self.layers.upstream(stack.layer.name)}
        return [item.stack for item in self if item.stack.layer.name in reads]

    def downstream(self, stack: Stack) -> list[Stack]:
        """The selected stacks that read `stack`."""
        readers = {layer.name for layer in self.layers.downstream(stack.layer.name)}
        return [item.stack for item in self if item.stack.layer.name in readers]


def every_layer(layers: Layers, environment: Environment) -> Selection:
    """All layers of the environment."""
    return _select(layers, environment, [layer.name for layer in layers], "every layer")


def named_layers(layers: Layers, environment: Environment, names: Sequence[str]) -> Selection:
    """The layers that the user named; an unknown one is an UnknownLayer."""
    return _select(layers, environment, [layers[name].name for name in names], "named")


def _select(
    layers: Layers, environment: Environment, names: Iterable[str], reason: str
) -> Selection:
    wanted = set(names)
    return Selection(
        layers,
        tuple(
            Chosen(stack_of(layer, environment), reason) for layer in layers if layer.name in wanted
        ),
    )

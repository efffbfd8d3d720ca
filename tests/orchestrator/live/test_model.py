from __future__ import annotations

import random
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from orchestrator.checkout.layers import Layer, Layers
from orchestrator.checkout.selection import Selection, every_layer
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.errors import StillRead
from orchestrator.live.deployed_stack import DeployedStack
from orchestrator.live.model import Live
from orchestrator.preflight.live_readers import refuse_if_read

NAMES = ("a", "b", "c", "d", "e")
Edges = dict[str, frozenset[str]]
"""Reader → the layers that it reads."""


def random_edges(chance: random.Random) -> Edges:
    """Reads without a circle, in an order of their own."""
    order = chance.sample(NAMES, len(NAMES))
    return {
        name: frozenset(other for other in order[:place] if chance.random() < 0.4)
        for place, name in enumerate(order)
    }


def deployed(name: str, reads: frozenset[str], stack: str = "dev") -> DeployedStack:
    contract = {"layer": name, "version": 1, "reads": {layer: [] for layer in sorted(reads)}}
    return DeployedStack(name, stack, resources=1, outputs={"contract": contract})


def world(source: Edges, live: Edges, standing: set[str]) -> tuple[Selection, Live]:
    layers = Layers([Layer(name, Path(name), source[name]) for name in NAMES])
    everything = every_layer(layers, Environment.DEV)
    stacks = [deployed(name, live[name]) for name in sorted(standing)]
    return everything, Live.of(stacks, Environment.DEV, everything)


@pytest.mark.parametrize("seed", range(200))
def test_no_live_reader_ever_loses_its_upstream(seed: int) -> None:
    chance = random.Random(seed)
    source, reads = random_edges(chance), random_edges(chance)
    standing = {name for name in NAMES if chance.random() < 0.8}
    everything, live = world(source, reads, standing)
    chosen = [stack for stack in everything.stacks if chance.random() < 0.5]
    going = {stack.layer.name for stack in chosen}
    robbed = {name for name in standing - going if reads[name] & going}
    if robbed:
        with pytest.raises(StillRead):
            refuse_if_read(chosen, live)
    before = live.goes_before(everything.stacks)
    try:
        order = list(TopologicalSorter(_names(before)).static_order())
    except CycleError as error:  # a run over it would never end
        pytest.fail(f"circle: {error.args[1]}")
    for name in standing:
        for read in reads[name]:
            assert order.index(name) < order.index(read), f"{read} went under {name}"


def _names(before: dict[str, list[Stack]]) -> dict[str, list[str]]:
    return {
        label.split()[0]: [stack.layer.name for stack in stacks] for label, stacks in before.items()
    }


def test_source_edges_count_where_nothing_live_runs_against_them() -> None:
    nothing: Edges = {name: frozenset() for name in NAMES}
    source: Edges = {**nothing, "b": frozenset("a")}
    everything, live = world(source, nothing, {"a", "b"})
    (a,) = (stack for stack in everything.stacks if stack.layer.name == "a")
    assert [stack.layer.name for stack in live.goes_before(everything.stacks)["a (dev)"]] == ["b"]
    (reader,) = live.readers(a)
    assert (reader.stack.project, reader.by_source) == ("b", True)


def test_a_read_of_another_region_is_one_of_that_region() -> None:
    layers = Layers([Layer(name, Path(name), frozenset()) for name in ("network", "data")])
    everything = every_layer(layers, Environment.DEV)
    contract = {"reads": {"network": ["key"]}, "regions": {"network": ["us-west-2"]}}
    data = DeployedStack("data", "dev", resources=1, outputs={"contract": contract})
    live = Live.of([data], Environment.DEV, everything)
    home = everything.stacks[1]
    assert home.layer.name == "network"
    assert live.readers(home) == []


def test_what_is_live_and_has_no_folder_here_is_listed() -> None:
    nothing: Edges = {name: frozenset() for name in NAMES}
    everything, _ = world(nothing, nothing, set())
    live = Live.of([deployed("old", frozenset("a"))], Environment.DEV, everything)
    assert [stack.label for stack in live.without_folder] == ["old (dev)"]

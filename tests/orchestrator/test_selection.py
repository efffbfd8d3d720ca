from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.errors import UnknownLayer
from orchestrator.layers import discover
from orchestrator.selection import Selection, every_layer, named_layers
from orchestrator.stacks import Environment


def names(selection: Selection) -> list[str]:
    return [item.stack.layer.name for item in selection]


def test_every_layer_comes_in_deployment_order_with_a_reason(checkout: Path) -> None:
    selection = every_layer(discover(checkout), Environment.LOCAL)
    assert names(selection) == ["network", "data", "compute", "api"]
    assert {item.reason for item in selection} == {"every layer"}


def test_named_layers_come_in_deployment_order_too(checkout: Path) -> None:
    selection = named_layers(discover(checkout), Environment.LOCAL, ["compute", "data"])
    assert names(selection) == ["data", "compute"]


def test_upstream_and_downstream_stay_within_the_selection(checkout: Path) -> None:
    selection = named_layers(discover(checkout), Environment.LOCAL, ["compute", "data"])
    data, compute = (item.stack for item in selection)
    assert selection.upstream(compute) == [data]
    assert selection.upstream(data) == []
    assert selection.downstream(data) == [compute]


def test_an_unknown_name_is_refused(checkout: Path) -> None:
    with pytest.raises(UnknownLayer):
        named_layers(discover(checkout), Environment.LOCAL, ["databse"])

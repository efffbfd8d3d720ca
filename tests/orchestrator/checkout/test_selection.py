from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.checkout.layers import discover
from orchestrator.checkout.selection import Selection, every_layer, named_layers, select
from orchestrator.checkout.stacks import Environment
from orchestrator.errors import UnknownLayer, UnknownRegion
from tests.orchestrator.conftest import SOURCES, write_stack_file


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


@pytest.fixture
def two_regions(checkout: Path) -> Path:
    for layer in SOURCES:
        write_stack_file(checkout, layer, "local-us-west-2")
    return checkout


def labels(selection: Selection) -> list[str]:
    return [stack.label for stack in selection.stacks]


def test_every_region_is_selected_layer_by_layer_home_first(two_regions: Path) -> None:
    selection = select(discover(two_regions), Environment.LOCAL, "", "")
    assert labels(selection)[:3] == ["network (local)", "network (local-us-west-2)", "data (local)"]
    assert len(selection) == 2 * len(SOURCES)
    assert len(select(discover(two_regions), Environment.DEV, "", "")) == len(SOURCES)


def test_one_region_may_be_selected_alone(two_regions: Path) -> None:
    layers = discover(two_regions)
    assert labels(select(layers, Environment.LOCAL, "data", "us-west-2")) == [
        "data (local-us-west-2)"
    ]
    assert labels(select(layers, Environment.LOCAL, "data", "us-east-1")) == ["data (local)"]


def test_a_region_without_stacks_is_refused_with_the_command_that_adds_it(
    two_regions: Path,
) -> None:
    with pytest.raises(UnknownRegion, match=r"local are: us-east-1, us-west-2. .*add eu-west-1$"):
        select(discover(two_regions), Environment.LOCAL, "", "eu-west-1")


def test_a_region_with_some_of_the_layers_is_not_whole(two_regions: Path) -> None:
    layers = discover(two_regions)
    whole = select(layers, Environment.LOCAL, "", "").whole_regions()
    assert [*whole] == ["us-east-1", "us-west-2"]
    assert [stack.region for stack in whole["us-west-2"]] == ["us-west-2"] * len(SOURCES)
    (two_regions / "stacks" / "api" / "Pulumi.local-us-west-2.yaml").unlink()
    assert [*select(layers, Environment.LOCAL, "", "").whole_regions()] == ["us-east-1"]


def test_layers_are_joined_within_their_region(two_regions: Path) -> None:
    selection = select(discover(two_regions), Environment.LOCAL, "", "")
    by_label = {stack.label: stack for stack in selection.stacks}
    west = selection.upstream(by_label["compute (local-us-west-2)"])
    assert [stack.label for stack in west] == [
        "network (local-us-west-2)",
        "data (local-us-west-2)",
    ]
    readers = selection.downstream(by_label["network (local-us-west-2)"])
    assert {stack.region for stack in readers} == {"us-west-2"}


def test_a_copied_table_waits_for_the_keys_of_the_other_region(two_regions: Path) -> None:
    write_stack_file(two_regions, "data", "local", "data:replica_regions: [us-west-2]")
    selection = select(discover(two_regions), Environment.LOCAL, "", "")
    by_label = {stack.label: stack for stack in selection.stacks}
    assert [stack.label for stack in selection.upstream(by_label["data (local)"])] == [
        "network (local)",
        "network (local-us-west-2)",
    ]
    readers = selection.downstream(by_label["network (local-us-west-2)"])
    assert by_label["data (local)"] in readers

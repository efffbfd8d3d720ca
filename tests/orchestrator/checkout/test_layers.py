from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestrator.checkout.layers import discover
from orchestrator.errors import LayerCycle, MicrostackError, UnknownLayer


def test_each_layer_comes_after_what_it_reads(checkout: Path) -> None:
    assert [layer.name for layer in discover(checkout)] == ["network", "data", "compute", "api"]


def test_reads_come_from_the_source_in_both_spellings(checkout: Path) -> None:
    layers = discover(checkout)
    assert layers["data"].reads == {"network"}
    assert layers["compute"].reads == {"network", "data"}


def test_a_sibling_module_of_the_program_counts(checkout: Path) -> None:
    (checkout / "stacks" / "api" / "routes.py").write_text(
        "from shared.contracts import Data\nDATA = Data.read()"
    )
    assert discover(checkout)["api"].reads == {"compute", "data"}


def test_upstream_and_downstream_are_direct(checkout: Path) -> None:
    layers = discover(checkout)
    assert [layer.name for layer in layers.upstream("api")] == ["compute"]
    assert [layer.name for layer in layers.downstream("network")] == ["data", "compute"]


def test_an_unknown_layer_lists_the_known(checkout: Path) -> None:
    with pytest.raises(UnknownLayer, match=r"'dta'.*network, data, compute, api"):
        discover(checkout)["dta"]


def test_a_circle_is_named(checkout: Path) -> None:
    (checkout / "stacks" / "network" / "loop.py").write_text("contracts.Api.read()")
    with pytest.raises(LayerCycle, match="network"):
        discover(checkout)


def test_a_program_that_does_not_parse_is_named_with_its_line(checkout: Path) -> None:
    (checkout / "stacks" / "data" / "__main__.py").write_text("x = 1\ny = (")
    with pytest.raises(MicrostackError, match=r"data/__main__.py, line 2"):
        discover(checkout)


def test_a_layer_that_is_read_and_not_there_is_named(checkout: Path) -> None:
    shutil.rmtree(checkout / "stacks" / "network")
    with pytest.raises(MicrostackError, match=r"^Layer compute reads network, .*stacks/network"):
        discover(checkout)


@pytest.mark.parametrize("content", ["", "runtime: python\n", "name: other\n"])
def test_a_project_is_named_as_its_folder(checkout: Path, content: str) -> None:
    (checkout / "stacks" / "data" / "Pulumi.yaml").write_text(content)
    with pytest.raises(MicrostackError, match=r"data/Pulumi.yaml must say `name: data`"):
        discover(checkout)


def test_the_line_of_what_is_not_yaml_is_named(checkout: Path) -> None:
    (checkout / "stacks" / "data" / "Pulumi.yaml").write_text("name: data\nruntime: [\n")
    with pytest.raises(MicrostackError, match=r"data/Pulumi.yaml is not YAML: .*\(line 3\)"):
        discover(checkout)

"""The house rules that can be counted."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from invoke import Collection, Task
from invoke.loader import FilesystemLoader

from orchestrator.checkout.layers import Layer, discover
from shared.registry.jobs import JOBS

ROOT = Path(__file__).resolve().parent.parent
STACKS = ROOT / "stacks"
LAYERS = list(discover(ROOT))
BUILT_WITH = {"pulumi", "pulumi_aws", "pydantic", "shared"}
"""What a stack program may import, besides the standard library and its own siblings."""

LONGEST = 300
"""Lines; at 200 a module is looked at again."""

every_layer = pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)


def imports(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@every_layer
def test_a_stack_program_imports_shared_and_its_siblings_only(layer: Layer) -> None:
    siblings = {path.stem for path in layer.folder.glob("*.py")}
    allowed = BUILT_WITH | siblings | set(sys.stdlib_module_names)
    for source in layer.folder.glob("*.py"):
        assert set(imports(source)) <= allowed, source


@pytest.mark.parametrize("room", ["installer", "launcher", "localcloud", "orchestrator", "shared"])
def test_nobody_imports_a_function(room: str) -> None:
    for source in (ROOT / room).rglob("*.py"):
        assert not set(imports(source)) & set(JOBS), source


@every_layer
def test_a_stack_program_is_one_screen_without_functions(layer: Layer) -> None:
    source = (layer.folder / "__main__.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert ast.get_docstring(tree)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert len(source.splitlines()) <= 100


@every_layer
def test_a_layer_has_what_its_owner_needs(layer: Layer) -> None:
    for name in ("README.md", "Pulumi.dev.yaml", "Pulumi.staging.yaml", "Pulumi.prod.yaml"):
        assert (layer.folder / name).is_file()
    assert layer.description


def test_a_layer_comes_after_those_that_it_reads() -> None:
    names = [layer.name for layer in LAYERS]
    assert names[0] == "network-security"
    for layer in LAYERS:
        assert layer.reads <= set(names[: names.index(layer.name)])


def test_the_table_of_the_readme_says_what_the_programs_read() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for layer in LAYERS:
        row = next(line for line in readme.splitlines() if line.startswith(f"| {layer.name} |"))
        reads = {word.strip() for word in row.split("|")[3].split(",")} - {"–"}
        assert reads == layer.reads, row


def _tasks(collection: Collection) -> Iterator[tuple[str, Task[Any]]]:
    yield from collection.tasks.items()
    for child in collection.collections.values():
        yield from _tasks(child)


def test_every_task_and_every_argument_has_help() -> None:
    module, _ = FilesystemLoader(start=str(ROOT)).load("tasks")
    for name, task in _tasks(module.namespace):
        assert task.__doc__, name
        for argument in task.get_arguments():
            assert argument.help, f"{name}: {argument.name}"


def test_no_module_is_too_long_to_read_at_once() -> None:
    folders = (
        "installer",
        "lambda_src",
        "launcher",
        "localcloud",
        "orchestrator",
        "shared",
        "stacks",
    )
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines())
        for folder in folders
        for file in (ROOT / folder).rglob("*.py")
    }
    assert len(lengths) > 300
    assert {file: n for file, n in lengths.items() if n > LONGEST} == {}

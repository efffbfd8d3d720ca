"""The layers of the checkout and what they read of each other, taken from their source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

from orchestrator.errors import LayerCycle, MicrostackError, UnknownLayer

YAML: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's safe loader, ten times faster, where PyYAML was built with it."""


@dataclass(frozen=True)
class Layer:
    """One Pulumi project under stacks/, owned by one team."""

    name: str
    folder: Path
    reads: frozenset[str]
    """Names of the layers whose contract its source reads."""
    description: str = ""


class Layers:
    """All layers of a checkout, in an order in which each comes after what it reads."""

    def __init__(self, layers: list[Layer]) -> None:
        self._by_name = {layer.name: layer for layer in layers}
        _refuse_unknown_reads(layers)
        sorter = TopologicalSorter({layer.name: layer.reads for layer in layers})
        try:
            self._order = list(_waves(sorter))
        except CycleError as error:
            circle = " → ".join(error.args[1])
            raise LayerCycle(
                f"Layers read each other in a circle: {circle}. Remove one read()."
            ) from None

    def __iter__(self) -> Iterator[Layer]:
        return (self._by_name[name] for name in self._order)

    def __getitem__(self, name: str) -> Layer:
        if name not in self._by_name:
            known = ", ".join(layer.name for layer in self)
            raise UnknownLayer(f"There is no layer {name!r}. The layers are: {known}.")
        return self._by_name[name]

    def upstream(self, name: str) -> list[Layer]:
        """The layers that `name` reads, itself not included, in deployment order."""
        return [layer for layer in self if layer.name in self[name].reads]

    def downstream(self, name: str) -> list[Layer]:
        """The layers that read `name`, in deployment order."""
        return [layer for layer in self if name in layer.reads]


def _refuse_unknown_reads(layers: list[Layer]) -> None:
    known = {layer.name for layer in layers}
    for layer in layers:
        for name in sorted(layer.reads - known):
            raise MicrostackError(
                f"Layer {layer.name} reads {name}, and no folder under stacks/ holds a layer of "
                f"that name: bring stacks/{name}/Pulumi.yaml back, or remove the read()."
            )


def _waves(sorter: TopologicalSorter[str]) -> Iterator[str]:
    """The order of the sorter, made repeatable: by name among those that may come next."""
    sorter.prepare()
    while sorter.is_active():
        wave = sorted(sorter.get_ready())
        yield from wave
        sorter.done(*wave)


def discover(root: Path) -> Layers:
    """Read every project under `root`/stacks; a file that cannot be read is named."""
    contracts = contract_layers(root / "shared" / "contracts.py")
    folders = sorted(path.parent for path in (root / "stacks").glob("*/Pulumi.yaml"))
    return Layers([_layer(folder, contracts) for folder in folders])


def contract_layers(source: Path) -> dict[str, str]:
    """Contract class name → layer name, from the `layer: ClassVar[str] = "…"` of each class."""
    return {
        node.name: str(statement.value.value)
        for node in ast.walk(_parse(source))
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and statement.target.id == "layer"
        and isinstance(statement.value, ast.Constant)
    }


def _layer(folder: Path, contracts: dict[str, str]) -> Layer:
    project = _project(folder / "Pulumi.yaml")
    reads = {
        contracts[name]
        for source in sorted(folder.glob("*.py"))
        for name in _reads(_parse(source))
        if name in contracts
    }
    return Layer(
        name=project["name"],
        folder=folder,
        reads=frozenset(reads),
        description=project.get("description", ""),
    )


def _project(file: Path) -> dict[str, str]:
    try:
        project = yaml.load(file.read_text(encoding="utf-8"), YAML)
    except yaml.YAMLError as error:
        raise MicrostackError(
            f"{file.parent.name}/{file.name} is not YAML: {_where(error)}. "
            "Mend it, then run the same command again."
        ) from None
    folder = file.parent.name
    if not isinstance(project, dict) or project.get("name") != folder:
        raise MicrostackError(f"{folder}/{file.name} must say `name: {folder}`, as its folder.")
    return project


def _where(error: yaml.YAMLError) -> str:
    """Its reason and place in one line; what is printed of YAML errors takes six."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return str(error).splitlines()[0]
    return f"{error.problem} (line {error.problem_mark.line + 1})"


def _reads(tree: ast.AST) -> Iterator[str]:
    """Names X of every call `X.read(…)` or `contracts.X.read(…)`."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "read"
        ):
            owner = node.func.value
            if isinstance(owner, ast.Name):
                yield owner.id
            elif isinstance(owner, ast.Attribute):
                yield owner.attr


def _parse(source: Path) -> ast.AST:
    try:
        return ast.parse(source.read_text(encoding="utf-8"), filename=str(source))
    except SyntaxError as error:
        raise MicrostackError(
            f"{source.parent.name}/{source.name}, line {error.lineno}: {error.msg}. "
            "Mend it, then run the same command again."
        ) from None

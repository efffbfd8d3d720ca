"""The verbs that only show: outputs, status, exports; each for a person or as JSON."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestrator import layers
from orchestrator.cloud import emulator, local_exports, open_cloud
from orchestrator.errors import UpstreamMissing
from orchestrator.stacks import Environment, Stack, stack_of
from orchestrator.workspace import Workspace


def outputs(
    root: Path, layer: str, *, environment: str, deployer: str, as_json: bool = False
) -> None:
    """What one layer or all promise; secrets masked."""
    where = Environment.parse(environment)
    known = layers.discover(root)
    stacks = [stack_of(item, where) for item in ([known[layer]] if layer else known)]
    with open_cloud(Workspace(root), where, deployer, stacks, say=_say, start=False) as cloud:
        found = {stack.layer.name: dict(cloud.deployer.outputs(stack)) for stack in stacks}
    if layer and not found[layer]:
        raise UpstreamMissing(f"{stacks[0].label} is not deployed. Run: ./invoke up {layer}")
    if as_json:
        print(json.dumps(found[layer] if layer else found, indent=2))
    else:
        _print_outputs(found)


def status(root: Path, *, environment: str, deployer: str, as_json: bool = False) -> None:
    """Every layer: what it reads, whether it is deployed, when, and what is not emulated."""
    where = Environment.parse(environment)
    known = list(layers.discover(root))
    stacks = [stack_of(layer, where) for layer in known]
    with open_cloud(Workspace(root), where, deployer, stacks, say=_say, start=False) as cloud:
        rows = [_status_row(stack, cloud.deployer.state(stack)) for stack in stacks]
    if as_json:
        print(json.dumps({"environment": where.value, "stacks": rows}, indent=2))
        return
    _print_status(where, rows)


def exports(root: Path) -> None:
    """Shell exports of the local cloud, for `eval`."""
    from orchestrator.local_files import prepare_stack_file

    workspace = Workspace(root)
    for layer in layers.discover(root):
        prepare_stack_file(workspace, stack_of(layer, Environment.LOCAL))
    for name, value in local_exports(workspace, say=_say).items():
        print(f"export {name}={shlex.quote(value)}")


def emulator_status(root: Path, *, as_json: bool = False) -> None:
    """Whether the local AWS runs, where, and what it uses."""
    found = emulator(Workspace(root)).status()
    facts = {
        "running": found.running,
        "url": found.url,
        "pid": found.pid,
        "uptime_seconds": found.uptime,
        "memory_bytes": found.memory,
        "function_workers": found.workers,
        "log": str(found.log),
    }
    if as_json:
        print(json.dumps(facts, indent=2))
    else:
        for name, value in facts.items():
            print(f"{name}: {value}")


def _say(text: str) -> None:
    Console(stderr=True).print(text, highlight=False)


def _print_outputs(found: Mapping[str, Mapping[str, Any]]) -> None:
    console = Console()
    for layer, values in found.items():
        table = Table(title=layer, title_justify="left", show_header=False, box=None)
        for name, value in values.items():
            text = value if isinstance(value, str) else json.dumps(value)
            table.add_row(f"  {name}", text)
        console.print(table if values else f"{layer}: not deployed", highlight=False)


def _status_row(stack: Stack, state: Any) -> dict[str, Any]:
    return {
        "layer": stack.layer.name,
        "stack": stack.name,
        "reads": sorted(stack.layer.reads),
        "resources": state.resources,
        "deployed": state.deployed,
        "updated": state.updated,
        "result": state.result,
        "not_emulated": list(state.not_emulated),
    }


def _print_status(environment: Environment, rows: list[dict[str, Any]]) -> None:
    table = Table(title=f"layers in {environment}")
    for heading in ("layer", "reads", "resources", "last operation", "not emulated"):
        table.add_column(heading)
    for row in rows:
        table.add_row(
            row["layer"],
            ", ".join(row["reads"]) or "·",
            str(row["resources"]) if row["deployed"] else "not deployed",
            f"{row['updated'][:19]} {row['result']}".strip() or "·",
            ", ".join(urn.rsplit("::", 1)[-1] for urn in row["not_emulated"]) or "·",
        )
    Console().print(table)

"""`outputs` and `status`, which only show; each for a person or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orchestrator.checkout.stacks import Stack, by_region
from orchestrator.checkout.target import Target
from orchestrator.deployers.cloud import Cloud, open_cloud
from orchestrator.display.console import message
from orchestrator.errors import UpstreamMissing
from orchestrator.live.model import Live, read_live


def outputs(target: Target, *, as_json: bool = False) -> None:
    """What one layer or all promise, in one region or in each; secrets masked."""
    layer, stacks = target.layer, target.stacks
    with open_cloud(target, on_message=message, start=False) as cloud:
        found = {stack: dict(cloud.deployer.outputs(stack)) for stack in stacks}
        deployed = {stack for stack in stacks if _is_deployed(cloud, stack, found[stack])}
    if layer and (first := stacks[0]) not in deployed:
        raise UpstreamMissing(
            f"{first.label} is not deployed. Run: ./invoke up {layer}{first.options}"
        )
    if as_json:
        print(json.dumps(_by_layer(found) if not layer else _of_one(found), indent=2))
    else:
        _print_outputs(
            {_heading(each): found[each] if each in deployed else None for each in stacks}
        )


def status(target: Target, *, as_json: bool = False) -> None:
    """Every layer: what it reads, whether it is deployed, when, and what is not emulated."""
    stacks = target.stacks
    with open_cloud(target, on_message=message, start=False) as cloud:
        live = read_live(cloud, target)
        rows = {stack: _status_row(stack, cloud.deployer.state(stack), live) for stack in stacks}
    if as_json:
        _print_status_json(target, list(rows.values()), live)
        return
    for there in by_region(stacks).values():
        _print_status(there[0].name, [rows[stack] for stack in there])
    _print_without_folder(live)


def _print_status_json(target: Target, rows: list[dict[str, Any]], live: Live) -> None:
    found = {
        "environment": target.environment,
        "stacks": rows,
        "without_folder": [
            {"layer": each.project, "stack": each.stack, "resources": each.resources}
            for each in live.without_folder
        ],
    }
    print(json.dumps(found, indent=2))


def _print_without_folder(live: Live) -> None:
    """What lives here though this checkout does not make it."""
    console = Console(emoji=False)
    for each in live.without_folder:
        console.print(
            f"{each.label} is deployed ({each.resources} AWS resources), and no folder of this "
            f"checkout makes it. Check out what has stacks/{each.project}; to remove it, there: "
            f"./invoke destroy {each.project}{each.options}",
            highlight=False,
            soft_wrap=True,
        )


def _by_layer(found: Mapping[Stack, Any]) -> dict[str, Any]:
    return {**first_region(found), **further_regions(found)}


def _of_one(found: Mapping[Stack, Any]) -> dict[str, Any]:
    """One layer's outputs in the first region, and beside them `regions`, if any."""
    (first, *others) = found.items()
    regions = {stack.region: outputs for stack, outputs in others}
    return {**first[1], **({"regions": regions} if regions else {})}


def further_regions(found: Mapping[Stack, Any]) -> dict[str, Any]:
    """For JSON, beside what the first region has: `regions`, by region and layer, if any."""
    _, *others = by_region(found).items()
    regions = {region: {each.layer.name: found[each] for each in at} for region, at in others}
    return {"regions": regions} if regions else {}


def first_region(found: Mapping[Stack, Any]) -> dict[str, Any]:
    """For JSON: what the first region has, by layer."""
    stacks = next(iter(by_region(found).values()))
    return {stack.layer.name: found[stack] for stack in stacks}


def _is_deployed(cloud: Cloud, stack: Stack, outputs: Mapping[str, Any]) -> bool:
    """What has outputs is; a layer without any may be, too."""
    return bool(outputs) or cloud.deployer.state(stack).deployed


def _print_outputs(found: Mapping[str, Mapping[str, Any] | None]) -> None:
    """One line per value, never cut: an ARN or URL is there to be copied. None: not deployed."""
    console = Console(emoji=False)
    for layer, values in found.items():
        if not values:
            console.print(f"{layer}: {'not deployed' if values is None else 'no outputs'}")
            continue
        console.print(f"[italic]{layer}[/]")
        for name, text in _lines(values):
            console.print(f"  [bold]{name}[/] = {escape(text)}", highlight=False, soft_wrap=True)


def _lines(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each value by its name; those of a map by `name.key`."""
    for name, value in values.items():
        if isinstance(value, Mapping) and name != "contract":
            yield from _lines({f"{name}.{key}": inner for key, inner in value.items()})
        else:
            yield name, value if isinstance(value, str) else json.dumps(value)


def _status_row(stack: Stack, state: Any, live: Live) -> dict[str, Any]:
    return {
        "layer": stack.layer.name,
        "stack": stack.name,
        "reads": sorted(stack.layer.reads),
        "hidden_reads": live.hidden_reads(stack),
        "resources": state.resources,
        "deployed": state.deployed,
        "updated": state.updated,
        "result": state.result,
        "not_emulated": list(state.not_emulated),
    }


def _heading(stack: Stack) -> str:
    return stack.layer.name if stack.at_home else stack.label


def _print_status(name: str, rows: Iterable[dict[str, Any]]) -> None:
    """Without edges, so that it fits into 80 columns; `name` is that of the stacks."""
    table = Table(title=f"layers in {name}", show_edge=False, pad_edge=False)
    for heading in ("layer", "AWS resources", "last operation (UTC)", "reads"):
        table.add_column(heading, no_wrap=heading != "reads")
    for row in rows:
        table.add_row(
            row["layer"],
            str(row["resources"]) if row["deployed"] else "not deployed",
            f"{row['updated'][:16].replace('T', ' ')} {row['result']}".strip() or "·",
            ", ".join(row["reads"]) or "·",
        )
    console = Console(emoji=False)
    console.print(table)
    for row in rows:
        if row["not_emulated"]:
            names = ", ".join(_type_and_name(urn) for urn in sorted(row["not_emulated"]))
            console.print(f"not emulated in {row['layer']}: {names}", highlight=False)
        if row["hidden_reads"]:
            names = ", ".join(row["hidden_reads"])
            console.print(
                f"{row['layer']} is deployed from other source, which reads {names}",
                highlight=False,
                soft_wrap=True,
            )


def _type_and_name(urn: str) -> str:
    """`Group requests` of `urn:…::aws:xray/group:Group::requests`."""
    *_, kind, name = urn.split("::")
    return f"{kind.rsplit(':', 1)[-1]} {name}"

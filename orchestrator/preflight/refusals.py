"""What is refused before anything is done: regions, missing upstreams, live readers, lost subnets.

Each refusal looks at files and states only, so a command that is refused has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from orchestrator.checkout.selection import Selection, every_layer
from orchestrator.checkout.stacks import Stack, by_region
from orchestrator.deployers.base import Deployer
from orchestrator.errors import (
    RegionRefused,
    StillInside,
    StillRead,
    UnknownRegion,
    UpstreamMissing,
)
from shared import commands
from shared.stack_name import ALLOWED_REGIONS


def refuse_regions(selection: Selection) -> None:
    """Refuse what the program of one stack would refuse when others have begun already."""
    for stack in selection.stacks:
        for region in (stack.region, *sorted(stack.key_regions)):
            refuse_region(region, [stack])
        everything = every_layer(selection.layers, stack.environment).stacks
        for region in sorted(stack.key_regions - set(by_region(everything))):
            raise UnknownRegion(
                f"{stack.label} keeps copies in {region}, and no layer has a stack there. "
                f"Run first: ./invoke region.add {region}{stack.environment.option}"
            )


def refuse_region(region: str, stacks: Iterable[Stack]) -> None:
    """Refuse a region that not every stack file allows, and name all that do not."""
    lists = {stack: stack.config_value("allowed_regions", ALLOWED_REGIONS) for stack in stacks}
    # One that is no list is refused by its program, which says why.
    refusing = {
        stack: allowed
        for stack, allowed in lists.items()
        if isinstance(allowed, list | tuple) and region not in allowed
    }
    if refusing:
        settings = ", ".join(
            f"{stack.layer.name}:allowed_regions ({', '.join(map(str, allowed))})"
            for stack, allowed in refusing.items()
        )
        environment = next(iter(refusing)).environment
        raise RegionRefused(
            f"Region {region} is not one of {settings}, so nothing was created. "
            f"To allow it in every layer: ./invoke region.allow {region}{environment.option}"
        )


def require_upstreams(selection: Selection, deployer: Deployer) -> None:
    """Refuse what reads a layer that is not deployed, naming the command that mends it."""
    for item in selection:
        name = item.stack.layer.name
        for needed in _others(selection, Selection.upstream, item.stack):
            if not deployer.state(needed).deployed:
                raise UpstreamMissing(
                    f"Layer {name} reads {needed.layer.name}, and stack {needed.name} of "
                    f"{needed.layer.name} is not deployed. Run first: ./invoke up "
                    f"{needed.layer.name}{needed.options}"
                )


def refuse_if_read(selection: Selection, deployer: Deployer) -> None:
    """Refuse to destroy what a live stack reads, and name the one that can go at once."""
    for item in selection:
        for reader in reversed(_others(selection, Selection.downstream, item.stack)):
            if deployer.state(reader).deployed:
                raise StillRead(_still_read(item.stack, reader, _top(reader, selection, deployer)))


def refuse_if_inside(selection: Selection, deployer: Deployer, *, again: str) -> None:
    """Refuse to delete subnets while functions run in them: AWS would wait for long, and fail.

    `again` is the command to run once the functions are out.
    """
    for stack in selection.stacks:
        if why := _lost_subnets(stack, deployer):
            everything = every_layer(selection.layers, stack.environment)
            for reader in everything.downstream(stack):
                if _reads_subnets(reader, of=stack, deployer=deployer):
                    raise StillInside(_still_inside(reader, stack, why=why, again=again))


def _lost_subnets(stack: Stack, deployer: Deployer) -> str:
    """The setting by which the stack's next deployment deletes subnets; "" if it deletes none."""
    from shared.settings.network_security import NetworkSecurity  # with Pulumi; settings need it

    if stack.layer.name != NetworkSecurity.layer:
        return ""
    published = deployer.outputs(stack)
    if not published.get("subnet_ids"):
        return ""

    def configured(setting: str) -> Any:
        return stack.config_value(setting, NetworkSecurity.model_fields[setting].default)

    stays: Mapping[str, bool] = {
        "vpc_enabled": configured("vpc_enabled"),
        "vpc_cidr": configured("vpc_cidr") == published.get("vpc_cidr", configured("vpc_cidr")),
        "vpc_zones": configured("vpc_zones") >= len(published["subnet_ids"]),
    }
    lost = [setting for setting, same in stays.items() if not same]
    return f"{lost[0]} is {str(configured(lost[0])).lower()}" if lost else ""


def _reads_subnets(reader: Stack, *, of: Stack, deployer: Deployer) -> bool:
    """Whether the program of `reader` took subnets when it was last deployed."""
    contract = deployer.outputs(reader).get("contract", {})
    return "subnet_ids" in contract.get("reads", {}).get(of.layer.name, ())


def _still_inside(reader: Stack, stack: Stack, *, why: str, again: str) -> str:
    first = ""
    if reader.config_value("in_vpc", True) is not False:
        first = (
            f"{commands.set_plain(reader.layer.name, 'in_vpc', reader.stack_name, 'false')}, then: "
        )
    return (
        f"{stack.layer.name}:{why}, which deletes subnets of {stack.label}, and {reader.label} has "
        f"functions in them, so nothing was changed: AWS deletes no subnet that a function is in. "
        f"Run first: {first}./invoke up {reader.layer.name}{reader.options}, then: {again}"
    )


def _still_read(stack: Stack, reader: Stack, first: Stack) -> str:
    """What to do about a live reader; `first` is what can be destroyed at once."""
    if reader.region != stack.region:  # its copies lie in that region; nothing else joins two
        return (
            f"{reader.label} keeps copies in {stack.region}, under a key of {stack.label}. First "
            f"take {stack.region} out of {reader.layer.name}:replica_regions "
            f"(stacks/{reader.layer.name}/{reader.file.name}), "
            f"then: ./invoke up {reader.layer.name}{reader.options}"
        )
    return (
        f"Layer {reader.layer.name} is deployed and reads {stack.layer.name}. "
        f"Destroy first: ./invoke destroy {first.layer.name}{first.options} "
        f"(or all: ./invoke destroy-all{first.options})"
    )


def _top(stack: Stack, selection: Selection, deployer: Deployer) -> Stack:
    """What nothing live reads, of what reads `stack`; itself if it has no live reader."""
    for reader in reversed(_others(selection, Selection.downstream, stack)):
        if deployer.state(reader).deployed:
            return _top(reader, selection, deployer)
    return stack


def _others(
    selection: Selection, edges: Callable[[Selection, Stack], list[Stack]], stack: Stack
) -> list[Stack]:
    """The other ends of its edges in its environment, without what is selected itself."""
    selected = {item.stack.label for item in selection}
    everything = every_layer(selection.layers, stack.environment)
    return [other for other in edges(everything, stack) if other.label not in selected]

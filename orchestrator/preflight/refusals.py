"""What is refused before anything is done: regions, missing upstreams, what live readers need.

Each refusal looks at files and states only, so a command that is refused has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from orchestrator.checkout.selection import Selection, every_layer
from orchestrator.checkout.stacks import Stack, by_region
from orchestrator.deployers.base import Deployer
from orchestrator.errors import (
    RegionRefused,
    StillHeld,
    UnknownRegion,
    UpstreamMissing,
)
from shared import commands
from shared.contract.used import Used
from shared.registry.layers import Elsewhere, elsewhere_of
from shared.stack_name import ALLOWED_REGIONS

if TYPE_CHECKING:
    from shared.settings.config import Settings
    from shared.settings.withdrawal import Withdrawal


def refuse_regions(selection: Selection) -> None:
    """Refuse what the program of one stack would refuse when others have begun already."""
    for stack in selection.stacks:
        for region in (stack.region, *sorted(stack.regions_read)):
            refuse_region(region, [stack])
        everything = every_layer(selection.layers, stack.environment).stacks
        for region in sorted(stack.regions_read - set(by_region(everything))):
            raise UnknownRegion(
                f"{stack.label} {elsewhere(stack).does} in {region}, and no layer has a stack "
                f"there. Run first: ./invoke region.add {region}{stack.environment.option}"
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


def refuse_if_held(selection: Selection, deployer: Deployer, *, again: str) -> None:
    """Refuse to take away what readers hold on to (a VPC's subnets): AWS would fail after long.

    `again` is the command to run once they have let go.
    """
    for stack in selection.stacks:
        if withdrawal := _withdrawal(stack, deployer):
            everything = every_layer(selection.layers, stack.environment)
            for reader in everything.downstream(stack):
                if withdrawal.field in Used.of(deployer.outputs(reader)).fields(stack.layer.name):
                    raise StillHeld(_still_held(reader, stack, withdrawal, again=again))


def _withdrawal(stack: Stack, deployer: Deployer) -> Withdrawal | None:
    """What the stack's next deployment takes away, as its layer declares it."""
    model = _model(stack)
    if model is None:
        return None

    def configured(setting: str) -> Any:
        return stack.config_value(setting, model.model_fields[setting].default)

    return model.withdraws(configured, lambda: deployer.outputs(stack))


def _still_held(reader: Stack, stack: Stack, withdrawal: Withdrawal, *, again: str) -> str:
    model = _model(reader)
    release = model.releases.get(withdrawal.field) if model else None
    first = ""
    if release and reader.config_value(release.setting, not release.value) is not release.value:
        value = str(release.value).lower()
        setting = commands.set_plain(reader.layer.name, release.setting, reader.stack_name, value)
        first = f"{setting}, then: "
    return (
        f"{stack.layer.name}:{withdrawal.setting}, which {withdrawal.what} of {stack.label}, and "
        f"{reader.label} {withdrawal.holds}, so nothing was changed: {withdrawal.because}. "
        f"Run first: {first}./invoke up {reader.layer.name}{reader.options}, then: {again}"
    )


def _model(stack: Stack) -> type[Settings] | None:
    from orchestrator.settings.check import model_of  # with Pulumi, which not every refusal needs

    return model_of(stack)


def elsewhere(stack: Stack) -> Elsewhere:
    """How a stack that reads another region's does so."""
    how = elsewhere_of(stack.layer.name)
    assert how is not None  # or it would read no other region
    return how


def _others(
    selection: Selection, edges: Callable[[Selection, Stack], list[Stack]], stack: Stack
) -> list[Stack]:
    """The other ends of its edges in its environment, without what is selected itself."""
    selected = {item.stack.label for item in selection}
    everything = every_layer(selection.layers, stack.environment)
    return [other for other in edges(everything, stack) if other.label not in selected]

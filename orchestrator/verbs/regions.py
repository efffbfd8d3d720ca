"""Further regions of an environment: a stack of every layer there, by a stack file each.

A stack stands where there is a file for it, `Pulumi.<environment>-<region>.yaml`: what Pulumi
itself needs is the one record of which regions there are (docs/adr/0009).
"""

from __future__ import annotations

from dataclasses import replace

from localcloud.embedded import Project, StackFile
from orchestrator.checkout.initial_config import stack_tags
from orchestrator.checkout.local_files import prepare_stack_file
from orchestrator.checkout.stacks import Environment, Stack, stack_of
from orchestrator.checkout.target import Target
from orchestrator.deployers.cloud import open_cloud
from orchestrator.display.console import message
from orchestrator.errors import StillDeployed, UsageError
from orchestrator.preflight.refusals import refuse_region
from shared.stack_name import StackName

AT_HOME_ONLY = ("replica_regions",)
"""Settings that a further region does not take over: copies are made from the home region."""


def add(target: Target, region: str) -> None:
    """Make the missing stack files of a region, with the settings of the home region."""
    where, workspace = target.environment, target.workspace
    homes = [stack_of(layer, where) for layer in target.layers]
    stacks = [_further(home, region) for home in homes]
    refuse_region(region, homes)
    for home, stack in zip(homes, stacks, strict=True):
        if where is Environment.LOCAL:
            prepare_stack_file(workspace, home)
        if not stack.file.exists():
            _copy(home, stack)
        if where is Environment.LOCAL:
            prepare_stack_file(workspace, stack)
    message(f"Environment {where} has region {region}. {_next(stacks[0])}")


def remove(target: Target, region: str) -> None:
    """Remove a region's stack files; StillDeployed if anything stands there."""
    target = replace(target, region=region)
    stacks = target.stacks
    if any(stack.at_home for stack in stacks):
        raise UsageError(f"{region} is the home region, which is not removed.")
    with open_cloud(target, on_message=message, start=False) as cloud:
        for stack in stacks:
            if cloud.deployer.state(stack).deployed:
                raise StillDeployed(
                    f"{stack.label} is deployed. Run first: ./invoke destroy-all{stack.options}"
                )
    for stack in stacks:
        stack.file.unlink()
    message(f"Environment {target.environment} has no region {region} any more.")


def _further(home: Stack, region: str) -> Stack:
    try:
        name = StackName.parse(f"{home.environment}-{region}")
    except ValueError:
        raise UsageError(f"{region!r} is no region: give one such as us-west-2.") from None
    if name == StackName.parse(home.name):
        raise UsageError(f"{region} is the home region, which every environment has.")
    return stack_of(home.layer, home.environment, region)


def _copy(home: Stack, stack: Stack) -> None:
    """Copy the home stack's settings, but for secrets and what is the region's own."""
    project = Project.load(home.layer.folder)
    file = StackFile.load(project, stack.name)
    for key, value in StackFile.load(project, home.name).values.items():
        name = key.removeprefix(f"{home.layer.name}:")
        if not (isinstance(value, dict) and "secure" in value) and name not in AT_HOME_ONLY:
            file.set(key, value)
    file.set("aws:region", stack.region)
    own = stack_tags(stack)
    local = {name: own[name] for name in ("EnvironmentSuffix", "Region")}
    kept = (file.values.get("aws:defaultTags") or {}).get("tags", {})
    file.set("aws:defaultTags", {"tags": {**own, **kept, **local}})
    file.save()


def _next(stack: Stack) -> str:
    if stack.environment is Environment.LOCAL:
        return "Next: ./invoke deploy-all"
    return (
        f"Next: pulumi stack init {stack.name} in each layer's folder; the secrets that "
        f"./invoke settings{stack.options} misses, by ./invoke config.set LAYER SECRET "
        f"--secret{stack.options}; then: ./invoke deploy-all{stack.environment.option}"
    )

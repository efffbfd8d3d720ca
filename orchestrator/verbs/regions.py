"""Further regions of an environment: a stack of every layer there, by a stack file each.

A stack stands where there is a file for it, `Pulumi.<environment>-<region>.yaml`: what Pulumi
itself needs is the one record of which regions there are (docs/adr/0009).
"""

from __future__ import annotations

import json
from dataclasses import replace

from orchestrator.checkout.local_files import prepare_stack_file
from orchestrator.checkout.stacks import Environment, Stack, stack_of
from orchestrator.checkout.target import Target
from orchestrator.checkout.workspace import Workspace
from orchestrator.deployers.cloud import open_cloud
from orchestrator.display.console import message
from orchestrator.errors import StillDeployed, UsageError
from orchestrator.preflight.refusals import refuse_region
from orchestrator.settings.stack_file import copy_settings, editing, first_steps
from shared import commands
from shared.registry.layers import elsewhere_of
from shared.stack_name import ALLOWED_REGIONS, StackName


def add(target: Target, region: str) -> None:
    """Make the missing stack files of a region, with the settings of the home region."""
    where, workspace = target.environment, target.workspace
    homes = [stack_of(layer, where) for layer in target.layers]
    stacks = [_further(home, region) for home in homes]
    refuse_region(region, homes)
    for home, stack in zip(homes, stacks, strict=True):
        if where.is_local:
            prepare_stack_file(workspace, home)
        if not stack.file.exists():
            with editing(workspace, stack) as file:
                copy_settings(home, stack, file, without=_of_the_home_region(home))
        if where.is_local:
            prepare_stack_file(workspace, stack)
    message(f"Environment {where} has region {region}. {first_steps(stacks)}")


def allow(target: Target, region: str) -> None:
    """Add a region to the allowed regions of every stack of the environment."""
    stacks = target.everything.stacks
    _stack_name(target.environment, region)
    changed = [stack for stack in stacks if _allow(target.workspace, stack, region)]
    exists = any(stack.region == region for stack in stacks)
    then = "deploy-all" if exists else f"region.add {region}"
    message(
        f"Region {region} is allowed in environment {target.environment}: "
        f"{len(changed)} of {len(stacks)} stack files were changed. "
        f"Next: ./invoke {then}{target.environment.option}"
    )


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


def _allow(workspace: Workspace, stack: Stack, region: str) -> bool:
    """Whether the stack's file had to be changed."""
    allowed = stack.config_value("allowed_regions", ALLOWED_REGIONS)
    if not isinstance(allowed, list | tuple):
        key = f"{stack.layer.name}:allowed_regions"
        again = commands.set_plain(
            stack.layer.name, "allowed_regions", stack.stack_name, json.dumps(ALLOWED_REGIONS)
        )
        raise UsageError(f"{key} of {stack.label} is not a list of regions. Set one: {again}")
    if region in allowed:
        return False
    with editing(workspace, stack) as file:
        file.set(f"{stack.layer.name}:allowed_regions", [*allowed, region])
    return True


def _stack_name(environment: Environment, region: str) -> StackName:
    try:
        return StackName.parse(f"{environment}-{region}")
    except ValueError:
        raise UsageError(f"{region!r} is not a region: give one such as us-west-2.") from None


def _further(home: Stack, region: str) -> Stack:
    if _stack_name(home.environment, region) == StackName.parse(home.name):
        raise UsageError(f"{region} is the home region, which every environment has.")
    return stack_of(home.layer, home.environment, region)


def _of_the_home_region(stack: Stack) -> set[str]:
    """Settings that a further region does not take over."""
    elsewhere = elsewhere_of(stack.layer.name)
    return {elsewhere.setting} if elsewhere else set()

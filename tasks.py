"""The tasks of `./invoke`: arguments and help, and one call into the orchestrator each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from invoke import Collection, Context, task

from installer.environment import TOOLS, InstallFailed, provide
from orchestrator.command_line.errors import reports_errors
from orchestrator.command_line.options import (
    ANY_LAYER,
    DEPLOYER,
    ENVIRONMENT,
    HELP,
    LAYER,
    ONE_REGION,
    REGION,
    TargetTask,
)
from orchestrator.errors import MicrostackError

if TYPE_CHECKING:
    from orchestrator.checkout.target import Target

ROOT = Path(__file__).resolve().parent

on_target = TargetTask(ROOT)


@on_target(ENVIRONMENT, DEPLOYER, REGION)
def deploy_all(target: Target) -> None:
    """Deploy all layers in order, run the smoke tests and show the live URLs."""
    from orchestrator.verbs import deploy

    deploy.deploy_all(target)


@on_target(ENVIRONMENT, DEPLOYER, REGION)
def destroy_all(target: Target, yes: bool = False) -> None:
    """Destroy all layers in reverse order; asks first. Repeatable after a half-destroy."""
    from orchestrator.verbs import destroy

    destroy.destroy_all(target, yes=yes)


@on_target(LAYER, ENVIRONMENT, DEPLOYER, REGION)
def up(target: Target) -> None:
    """Deploy one layer; the layers that it reads must be deployed already."""
    from orchestrator.verbs import deploy

    deploy.up(target)


@on_target(LAYER, ENVIRONMENT, DEPLOYER, REGION)
def preview(target: Target, json: bool = False) -> None:
    """Show what `up` would do to one layer, and do nothing."""
    from orchestrator.verbs import preview

    preview.preview(target, as_json=json)


@on_target(LAYER, ENVIRONMENT, DEPLOYER, REGION)
def refresh(target: Target) -> None:
    """Make one layer's state as the cloud is, so that the next `up` mends what drifted."""
    from orchestrator.verbs import refresh

    refresh.refresh(target)


@on_target(LAYER, ENVIRONMENT, DEPLOYER, REGION)
def destroy(target: Target, yes: bool = False) -> None:
    """Destroy one layer that no live layer reads; asks first."""
    from orchestrator.verbs import destroy

    destroy.destroy(target, yes=yes)


@on_target(ANY_LAYER, ENVIRONMENT, DEPLOYER, REGION)
def outputs(target: Target, json: bool = False) -> None:
    """Show what the layers promise: their outputs, secrets masked."""
    from orchestrator.verbs import listings

    listings.outputs(target, as_json=json)


@on_target(ENVIRONMENT, DEPLOYER, REGION)
def status(target: Target, json: bool = False) -> None:
    """Show every layer: what it reads, whether it is deployed, when, and what is not emulated."""
    from orchestrator.verbs import listings

    listings.status(target, as_json=json)


@on_target(ENVIRONMENT, DEPLOYER, REGION)
def smoke(target: Target) -> None:
    """Run the smoke tests against the live endpoints of a deployed environment."""
    from orchestrator.verbs import smoke

    smoke.run_smoke(target)


@on_target(
    ENVIRONMENT,
    DEPLOYER,
    ONE_REGION,
    help={
        "dry_run": "only show what lies in the queue",
        "limit": "how many messages to try; all if left out",
    },
)
def redrive(
    target: Target, function: str, dry_run: bool = False, limit: str = "", json: bool = False
) -> None:
    """Give a function again what lies in its dead-letter queue; safe to repeat."""
    from orchestrator.operations import redrive

    redrive.redrive(target, function, dry_run=dry_run, limit=limit, as_json=json)


@on_target(
    ENVIRONMENT,
    DEPLOYER,
    ONE_REGION,
    help={
        "since": "how far back to begin: 30s, 10m (default), 2h, 1d",
        "level": "only lines at least as severe: DEBUG, INFO, WARNING or ERROR",
        "correlation_id": "only the lines of this request",
        "follow": "go on with each new line until Ctrl-C (default), or end with the last so far",
        "json": "print one JSON object per line, for scripts",
    },
)
def logs(
    target: Target,
    function: str,
    since: str = "10m",
    level: str = "",
    correlation_id: str = "",
    follow: bool = True,
    json: bool = False,
) -> None:
    """Follow what a function logs until Ctrl-C: time, level, correlation id, message."""
    from orchestrator.operations import logs

    wanted = logs.LogFilter.of(since=since, level=level, correlation_id=correlation_id)
    logs.show(target, function, wanted, follow=follow, as_json=json)


@on_target(
    ANY_LAYER,
    ENVIRONMENT,
    REGION,
    help={"markdown": "print docs/settings.md: every setting that there is"},
)
def settings(target: Target, json: bool = False, markdown: bool = False) -> None:
    """Show the settings of each layer: value, source, what is allowed."""
    from orchestrator.verbs import settings_listing

    settings_listing.show(target, as_json=json, as_markdown=markdown)


@on_target(
    LAYER,
    ENVIRONMENT,
    ONE_REGION,
    name="set",
    help={
        "value": "what to set it to; lists and objects as JSON",
        "secret": "keep it encrypted; asks for it, or reads it from standard input",
    },
)
def set_config(target: Target, key: str, value: str | None = None, secret: bool = False) -> None:
    """Set one setting of a layer: check it and write it into its stack file."""
    from orchestrator.verbs import stack_config

    stack_config.set_value(target, key, value=value, secret=secret)


@on_target(LAYER, ENVIRONMENT, ONE_REGION, name="rm")
def remove_config(target: Target, key: str) -> None:
    """Take one setting out of a layer's stack file, so that its default holds again."""
    from orchestrator.verbs import stack_config

    stack_config.remove(target, key)


@on_target(
    ENVIRONMENT,
    help={
        "edge": "kind of the API: rest or http; as the environment has it, if left out",
        "auth": "how callers show who they are: iam, jwt or none; the same",
        "url": "where the API is, e.g. the base_url that deploy-all prints",
    },
)
def openapi(target: Target, edge: str = "", auth: str = "", url: str = "") -> None:
    """Print the OpenAPI 3.1 document of the API."""
    from orchestrator.verbs import openapi

    openapi.show(target, edge=edge, auth=auth, url=url)


@task(name="show")
@reports_errors
def show_env(_: Context) -> None:
    """Print shell exports of the local cloud: eval "$(./invoke env)", then pulumi, aws, boto3."""
    from orchestrator.verbs import emulator

    emulator.exports(ROOT)


@task(
    name="add",
    positional=["name"],
    help={
        "name": "small letters and digits, e.g. qa",
        "like": "the environment on AWS whose settings it gets, but for secrets and a domain",
    },
)
@reports_errors
def add_environment(_: Context, name: str, like: str = "dev") -> None:
    """Give every layer a stack in one more environment on AWS."""
    from orchestrator.verbs import environments

    environments.add(ROOT, name, like=like)


@on_target(ENVIRONMENT, help={"region": "e.g. us-west-2"})
def add(target: Target, region: str) -> None:
    """Give every layer a stack in one more region; deploy-all then deploys it as well."""
    from orchestrator.verbs import regions

    regions.add(target, region)


@on_target(ENVIRONMENT, help={"region": "e.g. eu-west-1"})
def allow(target: Target, region: str) -> None:
    """Add a region to allowed_regions in every stack file of the environment."""
    from orchestrator.verbs import regions

    regions.allow(target, region)


@on_target(ENVIRONMENT, DEPLOYER, help={"region": "e.g. us-west-2"})
def remove(target: Target, region: str) -> None:
    """Forget a further region whose stacks are destroyed: remove its stack files."""
    from orchestrator.verbs import regions

    regions.remove(target, region)


@task(help={"port": "port to listen on; a free one, kept from then on, if left out"})
@reports_errors
def start(_: Context, port: str = "") -> None:
    """Start the local AWS."""
    from orchestrator.verbs import emulator

    emulator.start(ROOT, port=port)


@task
@reports_errors
def stop(_: Context) -> None:
    """Stop the local AWS; what it holds is kept for the next start."""
    from orchestrator.verbs import emulator

    emulator.stop(ROOT)


@task(name="status", help={"json": HELP["json"]})
@reports_errors
def emulator_status(_: Context, json: bool = False) -> None:
    """Show whether the local AWS runs, where, and what it uses."""
    from orchestrator.verbs import emulator

    emulator.status(ROOT, as_json=json)


def _install_tools() -> None:
    """What only the next four tasks need is there from when one of them is first run."""
    try:
        provide(ROOT, TOOLS)
    except InstallFailed as failure:
        raise MicrostackError(str(failure)) from None


@task(help={"fix": "format and mend what can be mended by itself", "static": "leave the tests out"})
@reports_errors
def check(_: Context, fix: bool = False, static: bool = False) -> None:
    """Run what CI runs: format, lint, types, import rules, tests."""
    from orchestrator.verbs import quality

    _install_tools()
    quality.check(ROOT, fix=fix, static=static)


@task(
    name="test",
    help={
        "path": "a file or folder; all if left out",
        "fast": "leave out what takes minutes: the end-to-end tests and a few slow ones",
    },
)
@reports_errors
def run_tests(_: Context, path: str = "tests", fast: bool = False) -> None:
    """Run the tests; the end-to-end ones deploy for real to a local cloud of their own."""
    from orchestrator.verbs import quality

    _install_tools()
    quality.test(ROOT, path, fast=fast)


@task(help={"name": "one benchmark; all if left out"})
@reports_errors
def bench(_: Context, name: str = "") -> None:
    """Measure deployments and functions: time and memory, as docs/benchmarks.md explains."""
    from orchestrator.verbs import quality

    _install_tools()
    quality.bench(ROOT, name)


@task(
    help={
        "path": "a file or folder of code; all that docs/mutation.md names if left out",
        "sample": "how many mutants: 150 if left out, 0 for all",
        "seed": "a number that repeats a draw; by chance if left out",
        "workers": "how many are tried at once; as many as there are cores if left out",
    }
)
@reports_errors
def mutate(_: Context, path: str = "", sample: str = "", seed: str = "", workers: str = "") -> None:
    """Make small mistakes in the code, one at a time, and tell which of them no test finds."""
    from orchestrator.verbs import quality

    _install_tools()
    quality.mutate(path=path, sample=sample, seed=seed, workers=workers)


emulator = Collection("emulator", start, stop, emulator_status)
env = Collection("env", add_environment)
env.add_task(show_env, default=True)
region = Collection("region", add, allow, remove)
config = Collection("config", set_config, remove_config)
namespace = Collection(
    deploy_all,
    destroy_all,
    up,
    preview,
    refresh,
    destroy,
    outputs,
    status,
    smoke,
    redrive,
    logs,
    settings,
    openapi,
    check,
    run_tests,
    bench,
    mutate,
    config,
    env,
    region,
    emulator,
)

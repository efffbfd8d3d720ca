"""The tasks of `./invoke`: arguments and help, and one call into the orchestrator each."""

from __future__ import annotations

from pathlib import Path

from invoke import Collection, Context, task

from orchestrator.verbs.task_errors import one_sentence

ROOT = Path(__file__).resolve().parent

LAYER = "the layer's name, e.g. data"
FUNCTION = "the function's name, e.g. ingest"
JSON = "print JSON to standard output, for scripts"
YES = "do not ask first"
REGION = {"region": "only in this region, e.g. us-west-2; in all of the environment if left out"}
ONE_REGION = {"region": "a further region, e.g. us-west-2; the home region if left out"}
ENVIRONMENT = {"env": "local (default), dev, staging or prod"}
DEPLOYER = {
    **ENVIRONMENT,
    "deployer": "auto (default): the embedded engine for local, the Pulumi CLI for AWS; "
    "embedded; or cli",
}


@task(help={**DEPLOYER, **REGION})
@one_sentence
def deploy_all(_: Context, env: str = "local", deployer: str = "auto", region: str = "") -> None:
    """Deploy all layers in order, run the smoke tests and show the live URLs."""
    from orchestrator.verbs import commands

    commands.deploy_all(ROOT, environment=env, deployer=deployer, region=region)


@task(help={**DEPLOYER, **REGION, "yes": YES})
@one_sentence
def destroy_all(
    _: Context, env: str = "local", deployer: str = "auto", region: str = "", yes: bool = False
) -> None:
    """Destroy all layers in reverse order; asks first. Repeatable after a half-destroy."""
    from orchestrator.verbs import commands

    commands.destroy_all(ROOT, environment=env, deployer=deployer, region=region, yes=yes)


@task(positional=["layer"], help={"layer": LAYER, **DEPLOYER, **REGION})
@one_sentence
def up(
    _: Context, layer: str, env: str = "local", deployer: str = "auto", region: str = ""
) -> None:
    """Deploy one layer; the layers that it reads must be deployed already."""
    from orchestrator.verbs import commands

    commands.up(ROOT, layer, environment=env, deployer=deployer, region=region)


@task(positional=["layer"], help={"layer": LAYER, **DEPLOYER, **REGION, "json": JSON})
@one_sentence
def preview(
    _: Context,
    layer: str,
    env: str = "local",
    deployer: str = "auto",
    region: str = "",
    json: bool = False,
) -> None:
    """Show what `up` would do to one layer, and do nothing."""
    from orchestrator.verbs import commands

    commands.preview(ROOT, layer, environment=env, deployer=deployer, region=region, as_json=json)


@task(positional=["layer"], help={"layer": LAYER, **DEPLOYER, **REGION})
@one_sentence
def refresh(
    _: Context, layer: str, env: str = "local", deployer: str = "auto", region: str = ""
) -> None:
    """Make one layer's state as the cloud is, so that the next `up` mends what drifted."""
    from orchestrator.verbs import commands

    commands.refresh(ROOT, layer, environment=env, deployer=deployer, region=region)


@task(positional=["layer"], help={"layer": LAYER, **DEPLOYER, **REGION, "yes": YES})
@one_sentence
def destroy(
    _: Context,
    layer: str,
    env: str = "local",
    deployer: str = "auto",
    region: str = "",
    yes: bool = False,
) -> None:
    """Destroy one layer that no live layer reads; asks first."""
    from orchestrator.verbs import commands

    commands.destroy(ROOT, layer, environment=env, deployer=deployer, region=region, yes=yes)


@task(help={"layer": f"{LAYER}; all if left out", **DEPLOYER, **REGION, "json": JSON})
@one_sentence
def outputs(
    _: Context,
    layer: str = "",
    env: str = "local",
    deployer: str = "auto",
    region: str = "",
    json: bool = False,
) -> None:
    """Show what the layers promise: their outputs, secrets masked."""
    from orchestrator.verbs import listings

    listings.outputs(ROOT, layer, environment=env, deployer=deployer, region=region, as_json=json)


@task(help={**DEPLOYER, **REGION, "json": JSON})
@one_sentence
def status(
    _: Context, env: str = "local", deployer: str = "auto", region: str = "", json: bool = False
) -> None:
    """Show every layer: what it reads, whether it is deployed, when, and what is not emulated."""
    from orchestrator.verbs import listings

    listings.status(ROOT, environment=env, deployer=deployer, region=region, as_json=json)


@task(help={**DEPLOYER, **REGION})
@one_sentence
def smoke(_: Context, env: str = "local", deployer: str = "auto", region: str = "") -> None:
    """Run the smoke tests against the live endpoints of a deployed environment."""
    from orchestrator.verbs import commands

    commands.run_smoke(ROOT, environment=env, deployer=deployer, region=region)


@task(
    positional=["function"],
    help={
        "function": FUNCTION,
        **DEPLOYER,
        **ONE_REGION,
        "dry_run": "only show what lies in the queue",
        "limit": "how many messages to try; all if left out",
        "json": JSON,
    },
)
@one_sentence
def redrive(
    _: Context,
    function: str,
    env: str = "local",
    deployer: str = "auto",
    region: str = "",
    dry_run: bool = False,
    limit: str = "",
    json: bool = False,
) -> None:
    """Give a function again what lies in its dead-letter queue; safe to repeat."""
    from orchestrator.operations import redrive

    redrive.redrive(
        ROOT,
        function,
        environment=env,
        deployer=deployer,
        region=region,
        dry_run=dry_run,
        limit=limit,
        as_json=json,
    )


@task(
    positional=["function"],
    help={
        "function": FUNCTION,
        **DEPLOYER,
        **ONE_REGION,
        "since": "how far back to begin: 30s, 10m (default), 2h, 1d",
        "level": "only lines at least as severe: DEBUG, INFO, WARNING or ERROR",
        "correlation_id": "only the lines of this request",
        "follow": "go on with each new line until Ctrl-C (default), or end with the last so far",
        "json": "print one JSON object per line, for scripts",
    },
)
@one_sentence
def logs(
    _: Context,
    function: str,
    env: str = "local",
    deployer: str = "auto",
    region: str = "",
    since: str = "10m",
    level: str = "",
    correlation_id: str = "",
    follow: bool = True,
    json: bool = False,
) -> None:
    """Follow what a function logs until Ctrl-C: time, level, correlation id, message."""
    from orchestrator.operations import logs

    logs.show(
        ROOT,
        function,
        environment=env,
        deployer=deployer,
        region=region,
        since=since,
        level=level,
        correlation_id=correlation_id,
        follow=follow,
        as_json=json,
    )


@task(
    help={
        "layer": f"{LAYER}; all if left out",
        **ENVIRONMENT,
        **REGION,
        "json": JSON,
        "markdown": "print docs/settings.md: what may be told, whatever is",
    }
)
@one_sentence
def settings(
    _: Context,
    layer: str = "",
    env: str = "local",
    region: str = "",
    json: bool = False,
    markdown: bool = False,
) -> None:
    """Show what each layer is told: value, where it comes from, what is allowed."""
    from orchestrator.verbs import settings_listing

    settings_listing.show(
        ROOT, layer, environment=env, region=region, as_json=json, as_markdown=markdown
    )


KEY = "a setting, e.g. log_level, or a member of one, e.g. functions.ingest.memory_mb"


@task(
    name="set",
    positional=["layer", "key"],
    help={
        "layer": LAYER,
        "key": KEY,
        "value": "what to set it to; lists and objects as JSON",
        "secret": "keep it encrypted; asks for it, or reads it from standard input",
        **ENVIRONMENT,
        **ONE_REGION,
    },
)
@one_sentence
def set_config(
    _: Context,
    layer: str,
    key: str,
    value: str | None = None,
    secret: bool = False,
    env: str = "local",
    region: str = "",
) -> None:
    """Tell a layer something: check one setting and write it into its stack file."""
    from orchestrator.verbs import stack_config

    stack_config.set_value(
        ROOT, layer, key, environment=env, region=region, value=value, secret=secret
    )


@task(
    name="rm",
    positional=["layer", "key"],
    help={"layer": LAYER, "key": KEY, **ENVIRONMENT, **ONE_REGION},
)
@one_sentence
def remove_config(_: Context, layer: str, key: str, env: str = "local", region: str = "") -> None:
    """Take one setting out of a layer's stack file, so that its default holds again."""
    from orchestrator.verbs import stack_config

    stack_config.remove(ROOT, layer, key, environment=env, region=region)


@task(
    help={
        **ENVIRONMENT,
        "edge": "kind of the API: rest or http; as the environment is told, if left out",
        "auth": "how callers show who they are: iam, jwt or none; the same",
        "url": "where the API is, e.g. the base_url that deploy-all prints",
    }
)
@one_sentence
def openapi(_: Context, env: str = "local", edge: str = "", auth: str = "", url: str = "") -> None:
    """Print the OpenAPI 3.1 document of the API."""
    from orchestrator.verbs import openapi

    openapi.show(ROOT, environment=env, edge=edge, auth=auth, url=url)


@task
@one_sentence
def env(_: Context) -> None:
    """Print shell exports of the local cloud: eval "$(./invoke env)", then pulumi, aws, boto3."""
    from orchestrator.verbs import listings

    listings.exports(ROOT)


@task(positional=["region"], help={"region": "e.g. us-west-2", **ENVIRONMENT})
@one_sentence
def add(_: Context, region: str, env: str = "local") -> None:
    """Give every layer a stack in one more region; deploy-all then deploys it as well."""
    from orchestrator.verbs import regions

    regions.add(ROOT, region, environment=env)


@task(positional=["region"], help={"region": "e.g. us-west-2", **DEPLOYER})
@one_sentence
def remove(_: Context, region: str, env: str = "local", deployer: str = "auto") -> None:
    """Forget a further region whose stacks are destroyed: remove its stack files."""
    from orchestrator.verbs import regions

    regions.remove(ROOT, region, environment=env, deployer=deployer)


@task(help={"port": "port to listen on; a free one, kept from then on, if left out"})
@one_sentence
def start(_: Context, port: str = "") -> None:
    """Start the local AWS."""
    from orchestrator.verbs import commands

    commands.emulator_start(ROOT, port=port)


@task
@one_sentence
def stop(_: Context) -> None:
    """Stop the local AWS; what it holds is kept for the next start."""
    from orchestrator.verbs import commands

    commands.emulator_stop(ROOT)


@task(name="status", help={"json": JSON})
@one_sentence
def emulator_status(_: Context, json: bool = False) -> None:
    """Show whether the local AWS runs, where, and what it uses."""
    from orchestrator.verbs import listings

    listings.emulator_status(ROOT, as_json=json)


@task(help={"fix": "format and mend what can be mended by itself", "static": "leave the tests out"})
@one_sentence
def check(_: Context, fix: bool = False, static: bool = False) -> None:
    """Run what CI runs: format, lint, types, import rules, tests."""
    from orchestrator.verbs import quality

    quality.check(ROOT, fix=fix, static=static)


@task(name="test", help={"path": "a file or folder; all if left out"})
@one_sentence
def run_tests(_: Context, path: str = "tests") -> None:
    """Run the tests; the end-to-end ones deploy for real to a local cloud of their own."""
    from orchestrator.verbs import quality

    quality.test(ROOT, path)


@task(help={"name": "one benchmark; all if left out"})
@one_sentence
def bench(_: Context, name: str = "") -> None:
    """Measure deployments and functions: time and memory, as docs/benchmarks.md explains."""
    from orchestrator.verbs import quality

    quality.bench(ROOT, name)


emulator = Collection("emulator", start, stop, emulator_status)
region = Collection("region", add, remove)
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
    env,
    check,
    run_tests,
    bench,
    config,
    region,
    emulator,
)

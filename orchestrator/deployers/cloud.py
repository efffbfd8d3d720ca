"""Opens what an environment needs: the local cloud or AWS, and the deployer over it."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.checkout.target import Target
from orchestrator.checkout.workspace import Workspace
from orchestrator.deployers.base import Deployer
from orchestrator.deployers.cli import PulumiCli, require_cli
from orchestrator.errors import DeployerUnavailable, UsageError

if TYPE_CHECKING:
    from localcloud.api import Emulator

CHOICES = ("auto", "embedded", "cli")
ORGANIZATION = "organization"
"""The one organization that Pulumi's file backend has."""

OnMessage = Callable[[str], None]


@dataclass(frozen=True)
class Cloud:
    """An environment that commands can work on."""

    deployer: Deployer
    process_environment: dict[str, str]
    """Of everything that talks to it: smoke tests, plugins, the CLI."""

    def __enter__(self) -> Cloud:
        return self

    def __exit__(self, *_: object) -> None:
        self.deployer.close()


def choose(environment: Environment, choice: str) -> str:
    """`embedded` or `cli`, or the reason why not."""
    if choice not in CHOICES:
        raise UsageError(
            f"There is no deployer {choice!r}. The deployers are: {', '.join(CHOICES)}."
        )
    local = environment.is_local
    if choice == "embedded" and not local:
        raise DeployerUnavailable(
            f"The embedded engine serves the environment local and nothing else; {environment} "
            "deploys with the Pulumi CLI: leave --deployer out."
        )
    chosen = "embedded" if local and choice != "cli" else "cli"
    if chosen == "cli":
        wish = "" if choice == "auto" else f" with --deployer {choice}"
        require_cli(f"Environment {environment}{wish} needs the Pulumi CLI")
    return chosen


def open_cloud(
    target: Target, *, on_message: OnMessage, start: bool = True, runs: bool = False
) -> Cloud:
    """Make the target's environment ready for its stacks.

    `start` says whether the emulator must run, `runs` whether programs will: those load meanwhile.
    """
    deployer = choose(target.environment, target.deployer)
    workspace, stacks = target.workspace, target.stacks
    if not target.environment.is_local:
        _refuse_a_local_shell(target.environment)
        return Cloud(PulumiCli(), dict(os.environ))
    process = {
        **_without_aws(os.environ),
        **local_exports(workspace, on_message=on_message, start=start),
    }
    if deployer == "cli":
        _prepare(workspace, stacks)
        for name in os.environ.keys() - process.keys():  # the CLI inherits what is not overridden
            del os.environ[name]
        return Cloud(PulumiCli(process), process)
    return Cloud(_embedded(workspace, process, stacks, runs=runs), process)


def _embedded(
    workspace: Workspace,
    process_environment: dict[str, str],
    stacks: Sequence[Stack],
    *,
    runs: bool,
) -> Deployer:
    """The embedded engine. Loading it takes a moment, in which programs load theirs."""
    from localcloud.api import derive_key_ahead, programs

    with contextlib.ExitStack() as undo:
        starter = programs(process_environment)
        undo.callback(starter.close)
        if runs:
            starter.warm(*(str(stack.layer.folder) for stack in stacks))
        if workspace.passphrase.exists() and workspace.salt.exists():
            derive_key_ahead(
                workspace.passphrase.read_text().strip(), workspace.salt.read_text().strip()
            )
        from orchestrator.deployers.embedded import EmbeddedEngine

        _prepare(workspace, stacks)
        deployer = EmbeddedEngine(workspace, process_environment, starter)
        undo.pop_all()
    return deployer


def _prepare(workspace: Workspace, stacks: Sequence[Stack]) -> None:
    from orchestrator.checkout.local_files import passphrase, prepare_stack_file

    passphrase(workspace)
    for stack in stacks:
        prepare_stack_file(workspace, stack)


def _refuse_a_local_shell(environment: Environment) -> None:
    """After `eval "$(./invoke env)"` the Pulumi CLI would look for AWS on this laptop."""
    if os.environ.get("MICROSTACK_EMULATED"):
        raise UsageError(
            f"This shell is turned to the local cloud (./invoke env), and {environment} lives on "
            "AWS. Run the same command in a new shell."
        )


def emulator(workspace: Workspace) -> Emulator:
    """The checkout's own local AWS, running or not."""
    from localcloud.api import Emulator

    return Emulator(workspace.make_home() / workspace.emulator.name)


def local_exports(
    workspace: Workspace, *, on_message: OnMessage, start: bool = True
) -> dict[str, str]:
    """What turns a shell, the Pulumi CLI and boto3 to the local cloud.

    Without `start` a stopped emulator stays so: what was deployed stands in files.
    """
    cloud = emulator(workspace)
    running = cloud.status().running
    if start and not running:
        on_message("Starting the local AWS …")
        endpoint = cloud.start()
        on_message(f"Local AWS started at {endpoint.url}")
    workspace.backend.mkdir(mode=0o700, exist_ok=True)
    return {
        **(cloud.environment() if start or running else {}),
        "PULUMI_BACKEND_URL": workspace.backend.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(workspace.passphrase),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PATH": _with_plugin(workspace),
    }


def _with_plugin(workspace: Workspace) -> str:
    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    plugin = str(workspace.plugin)
    return os.pathsep.join([plugin, *(part for part in path if part != plugin)])


def _without_aws(environment: os._Environ[str]) -> dict[str, str]:
    """No credential or profile of a real account may reach what works on the local cloud."""
    return {key: value for key, value in environment.items() if not re.match("AWS_|PULUMI_", key)}

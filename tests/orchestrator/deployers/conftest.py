"""One small layer on a local cloud of its own, and each deployer over it."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from orchestrator.checkout.stacks import Stack
from orchestrator.checkout.target import Target
from orchestrator.checkout.workspace import Workspace
from orchestrator.deployers.base import Deployer, Event, Outcome
from orchestrator.deployers.cloud import Cloud, emulator, open_cloud

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import pulumi
import pulumi_aws as aws

config = pulumi.Config()
greeting = aws.ssm.Parameter("greeting", type="String", value=config.get("word") or "hello")
token = aws.ssm.Parameter("token", type="SecureString", value=config.require_secret("token"))
pulumi.export("greeting_name", greeting.name)
pulumi.export("token", token.value)
"""
TOKEN = "a-token-that-nobody-may-read"


class Bench:
    """A stack, a deployer and what they said."""

    def __init__(self, stack: Stack, cloud: Cloud, cancel: threading.Event) -> None:
        self.stack = stack
        self.cloud = cloud
        self.deployer: Deployer = cloud.deployer
        self.cancel = cancel
        self.events: list[Event] = []
        self._clients: dict[str, Any] = {}

    def do(self, operation: Callable[..., Outcome]) -> Outcome:
        self.events.clear()
        return operation(self.stack, on_event=self.events.append, cancel=self.cancel)

    def program(self, source: str) -> None:
        (self.stack.layer.folder / "__main__.py").write_text(source)

    def client(self, service: str) -> Any:
        words = self.cloud.process_environment
        if service in self._clients:
            return self._clients[service]
        self._clients[service] = boto3.client(
            service,
            endpoint_url=words["AWS_ENDPOINT_URL"],
            region_name=words["AWS_REGION"],
            aws_access_key_id=words["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=words["AWS_SECRET_ACCESS_KEY"],
        )
        return self._clients[service]

    def close(self) -> None:
        self.deployer.close()
        for client in self._clients.values():
            client.close()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    root = tmp_path_factory.mktemp("checkout")
    folder = root / "stacks" / "small"
    folder.mkdir(parents=True)
    python = {"toolchain": "pip", "virtualenv": sys.prefix}
    project = {"name": "small", "runtime": {"name": "python", "options": python}}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    (root / "shared").mkdir()
    (root / "shared" / "contracts.py").write_text("")
    (root / "localcloud").symlink_to(ROOT / "localcloud")
    workspace = Workspace(root)
    yield workspace
    emulator(workspace).stop()


def open_bench(workspace: Workspace, choice: str) -> Bench:
    target = Target(root=workspace.root, layer="small", deployer=choice)
    bench = Bench(target.stack, open_cloud(target, on_message=print), threading.Event())
    bench.program(PROGRAM)
    return bench


def require(choice: str) -> None:
    if choice == "cli" and shutil.which("pulumi") is None:
        pytest.skip("no `pulumi` on PATH: install the Pulumi CLI to run the CLI deployer's tests")


@pytest.fixture(params=["embedded", "cli"])
def bench(request: pytest.FixtureRequest, workspace: Workspace) -> Iterator[Bench]:
    require(request.param)
    bench = open_bench(workspace, request.param)
    set_secret(bench)
    yield bench
    bench.cancel.clear()
    bench.program(PROGRAM)
    bench.do(bench.deployer.destroy)
    bench.close()


def set_secret(bench: Bench) -> None:
    """What `pulumi config set --secret token …` does."""
    from localcloud.embedded import Project, StackFile

    file = StackFile.load(Project.load(bench.stack.layer.folder), bench.stack.name)
    passphrase = (
        Path(bench.cloud.process_environment["PULUMI_CONFIG_PASSPHRASE_FILE"]).read_text().strip()
    )
    file.set("small:token", TOKEN, file.crypter(passphrase))
    file.save()

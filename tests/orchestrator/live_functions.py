"""A checkout with a small layer compute, deployed: one function behind its alias, log and queue."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from orchestrator.checkout.target import Target
from orchestrator.checkout.workspace import Workspace
from orchestrator.deployers.cloud import emulator, open_cloud
from orchestrator.operations.functions import DeployedFunction, deployed_function
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
JOB = "ingest"
HANDLER = """
import json, time

def handler(event, context):
    correlation_id = event.get("correlation_id", "none")
    print(json.dumps({"level": "INFO", "message": "called", "correlation_id": correlation_id}))
    time.sleep(event.get("seconds", 0))
    if event.get("record") == "poison":
        return {"failed": 1, "reason": {"code": "invalid_json", "message": "Not JSON."}}
    if event.get("crash"):
        print(json.dumps({"level": "ERROR", "message": "no", "correlation_id": correlation_id}))
        raise ValueError("no")
    return {"statusCode": event["status"]} if "status" in event else {"stored": 1}
"""
PROGRAM = f"""
import json
import pulumi
import pulumi_aws as aws

trust = {{"Effect": "Allow", "Action": "sts:AssumeRole",
         "Principal": {{"Service": "lambda.amazonaws.com"}}}}
queue = aws.sqs.Queue("failures")
group = aws.cloudwatch.LogGroup("log", name="/small/{JOB}")
role = aws.iam.Role(
    "role", assume_role_policy=json.dumps({{"Version": "2012-10-17", "Statement": [trust]}})
)
function = aws.lambda_.Function(
    "{JOB}",
    runtime="python3.14",
    handler="echo.handler",
    code=pulumi.AssetArchive({{"echo.py": pulumi.FileAsset("echo.txt")}}),
    role=role.arn,
    timeout=60,
    publish=True,
    logging_config={{"log_format": "JSON", "log_group": group.name}},
)
alias = aws.lambda_.Alias(
    "live", name="live", function_name=function.name, function_version=function.version
)
pulumi.export("function_names", {{"{JOB}": function.name}})
pulumi.export("alias_name", alias.name)
pulumi.export("log_group_names", {{"{JOB}": group.name}})
pulumi.export("dlq_urls", {{"{JOB}": queue.url}})
pulumi.export("timeouts", {{"{JOB}": 2}})  # shorter than it is: a redrive waits so long
"""


class LiveFunctions:
    """The deployed checkout; `root` is what commands are given."""

    def __init__(self, root: Path, function: DeployedFunction) -> None:
        self.root = root
        self.function = function
        self.sqs = function.client("sqs")
        self.awslambda = function.client("lambda")

    def command(self, *arguments: str) -> list[str]:
        """What `./invoke` ends in, for this checkout."""
        return [sys.executable, str(self.root / "launcher"), *arguments]

    def start(self, command: list[str]) -> subprocess.Popen[str]:
        """Begin a command with this project's packages."""
        return subprocess.Popen(
            command,
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def invoke(self, *arguments: str) -> tuple[int, str, str]:
        """Run a task to its end: exit code, standard output, standard error."""
        process = self.start(self.command(*arguments))
        out, error = process.communicate(timeout=PATIENCE)
        return process.returncode, out, error

    def send(self, *bodies: object) -> None:
        """Put messages into the dead-letter queue; text as it is, all else as JSON."""
        for body in bodies:
            text = body if isinstance(body, str) else json.dumps(body)
            self.sqs.send_message(QueueUrl=self.function.dlq_url, MessageBody=text)

    def empty(self) -> None:
        """Throw away what is in the queue."""
        self.sqs.purge_queue(QueueUrl=self.function.dlq_url)

    def waiting(self) -> list[Any]:
        """Bodies of what can be received now; it can be again at once."""
        found = self.sqs.receive_message(
            QueueUrl=self.function.dlq_url, MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return [message["Body"] for message in found.get("Messages", [])]

    def call(self, event: dict[str, Any]) -> None:
        """Call the function, whatever comes of it."""
        self.awslambda.invoke(
            FunctionName=self.function.name, Qualifier="live", Payload=json.dumps(event)
        )


def make_checkout(root: Path) -> Workspace:
    """A checkout with the layer and the tasks, nothing of it deployed."""
    folder = root / "stacks" / "compute"
    folder.mkdir(parents=True)
    python = {"toolchain": "pip", "virtualenv": sys.prefix}
    project = {"name": "compute", "runtime": {"name": "python", "options": python}}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    (folder / "__main__.py").write_text(PROGRAM)
    (folder / "echo.txt").write_text(HANDLER)
    (root / "shared").mkdir()
    (root / "shared" / "contracts.py").write_text("")
    (root / "localcloud").symlink_to(ROOT / "localcloud")
    shutil.copy(ROOT / "tasks.py", root)  # its folder is the checkout that it serves
    shutil.copytree(ROOT / "launcher", root / "launcher")
    return Workspace(root)


@contextmanager
def deployed(root: Path) -> Iterator[LiveFunctions]:
    """A checkout whose function lives on a local cloud of its own."""
    workspace = make_checkout(root)
    target = Target(root=root, layer="compute", deployer="embedded")
    try:
        with open_cloud(target, on_message=print) as cloud:
            cloud.deployer.up(target.stack, on_event=print, cancel=threading.Event())
        with deployed_function(target, JOB) as function:
            yield LiveFunctions(root, function)
    finally:
        emulator(workspace).stop()

"""The deployed functions, found by their jobs in the outputs of layer compute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from orchestrator.checkout.stacks import Stack
from orchestrator.checkout.target import Target
from orchestrator.deployers.cloud import open_cloud
from orchestrator.display.console import message
from orchestrator.errors import AwsRefused, UnknownFunction, UpstreamMissing
from shared.contract.base import NotPublished, plain
from shared.contracts import Compute
from shared.registry.jobs import JOBS, Job

CREDENTIALS = {
    "aws_access_key_id": "AWS_ACCESS_KEY_ID",
    "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY",
    "aws_session_token": "AWS_SESSION_TOKEN",
}
"""boto3's names → the variables that hold them; absent ones leave boto3 to its usual chain."""


@dataclass(frozen=True, kw_only=True)
class DeployedFunction:
    """A live function, its log group and its dead-letter queue."""

    job: str
    name: str
    alias: str
    log_group: str
    dlq_url: str
    timeout_seconds: int
    region: str
    options: str
    """The options that choose its stack in a command, e.g. ` --region us-west-2`."""
    process_environment: Mapping[str, str]
    """Of whatever talks to its cloud."""

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client in the function's region; `options` are botocore's Config."""
        import boto3  # 0.3 s: only what talks to AWS pays
        from botocore.config import Config

        return boto3.client(
            service,
            region_name=self.region,
            endpoint_url=self.process_environment.get("AWS_ENDPOINT_URL"),
            config=Config(**{"retries": {"mode": "standard"}, **options}),
            **{name: self.process_environment.get(key) for name, key in CREDENTIALS.items()},
        )


@contextmanager
def deployed_function(target: Target, job: str) -> Iterator[DeployedFunction]:
    """The function of a job in the target's environment and region, whose cloud is open meanwhile.

    What AWS refuses in that time is an AwsRefused.
    """
    known = _job(job)
    target = target.only(Compute.layer)
    stack = target.stack
    with open_cloud(target, on_message=message) as cloud:
        outputs = cloud.deployer.outputs(stack)
        function = _function(known, stack, outputs, cloud.process_environment)
        try:
            yield function
        except aws_errors() as error:
            raise AwsRefused(f"AWS: {error}. Run the same command again.") from None


def aws_errors() -> tuple[type[Exception], ...]:
    """What boto3 raises: named when something was raised, for importing it takes time."""
    from botocore.exceptions import BotoCoreError, ClientError

    return (BotoCoreError, ClientError)


def _function(
    job: Job, stack: Stack, outputs: Mapping[str, Any], process_environment: Mapping[str, str]
) -> DeployedFunction:
    compute = Compute.of(outputs)
    try:
        return DeployedFunction(
            job=job,
            name=plain(compute.function_names[job]),
            alias=plain(compute.alias_name),
            log_group=plain(compute.log_group_names[job]),
            dlq_url=plain(compute.dlq_urls[job]),
            timeout_seconds=int(plain(compute.timeouts[job])),
            region=stack.region,
            options=stack.options,
            process_environment=process_environment,
        )
    except NotPublished as error:
        raise UpstreamMissing(
            f"Function {job} is not deployed in {stack.label}: {error}. "
            f"Run: ./invoke up {Compute.layer}{stack.options}"
        ) from None


def _job(name: str) -> Job:
    """The job of that name, or the sentence that lists them."""
    for job in JOBS:
        if job == name:
            return job
    raise UnknownFunction(f"There is no function {name!r}. The functions are: {', '.join(JOBS)}.")

"""Code that runs under the roles of the deployed functions: probes and twins.

Their roles trust Lambda alone, so only a function can take them on.
"""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.packaging import function_archive
from tests.e2e.live.system import System

PROBE = """
import boto3
from botocore.exceptions import ClientError

clients = {}

def code_of(service, region, method, arguments):
    place = service, region
    client = clients.get(place) or clients.setdefault(place, boto3.client(*place))
    try:
        getattr(client, method)(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "allowed"

def handler(event, context):
    print("probe")
    return [code_of(**call) for call in event]
"""
REFUSALS = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"}
"""How the services spell that IAM says no."""
DENIED = "denied-by-the-test"


@dataclass(frozen=True)
class Call:
    """One call of the AWS API, and the action and resource that IAM checks for it."""

    action: str
    resource: str
    method: str
    arguments: Mapping[str, Any] = field(hash=False)
    region: str | None = None
    """Where it goes; None: where the function is."""

    @property
    def event(self) -> dict[str, Any]:
        """As the probe takes it."""
        service, _, _ = self.action.partition(":")
        return {
            "service": service,
            "region": self.region,
            "method": self.method,
            "arguments": self.arguments,
        }


@dataclass(frozen=True)
class Grant:
    """An action on a resource that a role's policy allows."""

    action: str
    resource: str
    """An ARN that may end in a wildcard."""
    conditions: Mapping[str, Mapping[str, Any]]

    def covers(self, call: Call) -> bool:
        """Whether the call is allowed, made by a function directly and not by a service for it."""
        same = self.resource in ("*", call.resource)
        within = self.resource.endswith("*") and call.resource.startswith(self.resource[:-1])
        return self.action == call.action and (same or within) and not self.conditions


def grants(system: System, job: str) -> list[Grant]:
    """Every single permission that the deployed role of a job has."""
    return [
        Grant(action, resource, statement.get("Condition", {}))
        for statement in policy(system, job)["Statement"]
        if statement["Effect"] == "Allow"
        for action in _listed(statement["Action"])
        for resource in _listed(statement["Resource"])
    ]


def policy(system: System, job: str) -> dict[str, Any]:
    """The one policy of the job's deployed role."""
    iam, role = system.client("iam"), _role_name(system, job)
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
    [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    return dict(document)


def answers(system: System, job: str, calls: Sequence[Call], *, role: str = "") -> list[str]:
    """Make the calls under the job's own role; "allowed" or an error code for each.

    `role` is the ARN of another role.
    """
    code = {"probe.py": PROBE.encode()}
    with function_like(system, job, code, handler="probe.handler", role=role) as name:
        codes: list[str] = _invoke(system, name, [call.event for call in calls])
    return codes


def fail_event(system: System, job: str, event: Mapping[str, Any]) -> None:
    """Let a function under the job's own role fail an event, for Lambda to do with what it does."""
    code = {"fails.py": b"def handler(event, context):\n    raise ValueError('no')\n"}
    client = system.client("lambda")
    with function_like(system, job, code, handler="fails.handler") as name:
        client.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
        client.invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps(event))


class Twin:
    """A function like that of a job, under a role like that of the job: to take rights away."""

    def __init__(self, system: System, name: str, role: str) -> None:
        self._system = system
        self._name = name
        self._role = role

    def invoke(self, event: object) -> Any:
        """What the function answers; AssertionError when it raises."""
        return _invoke(self._system, self._name, event)

    def call(
        self, method: str, resource: str, *, path: str = "", body: object = None, **more: Any
    ) -> int:
        """Ask as the REST edge does: `path` is the one path parameter; gives the status."""
        names = [part.strip("{}") for part in resource.split("/") if part.startswith("{")]
        event = {
            "httpMethod": method,
            "resource": resource,
            "pathParameters": {names[0]: path} if names else None,
            "queryStringParameters": more.get("query"),
            "headers": more.get("headers", {}),
            "body": None if body is None else json.dumps(body),
            "requestContext": {"requestId": uuid.uuid4().hex},
        }
        return int(self.invoke(event)["statusCode"])

    @contextmanager
    def without(self, grant: Grant) -> Iterator[None]:
        """Take one permission away for a while."""
        iam = self._system.client("iam")
        statement = {"Effect": "Deny", "Action": grant.action, "Resource": grant.resource}
        _put_policy(iam, self._role, DENIED, statement)
        try:
            yield
        finally:
            iam.delete_role_policy(RoleName=self._role, PolicyName=DENIED)


@contextmanager
def twin(system: System, job: str) -> Iterator[Twin]:
    """Deploy a twin of the job's function for a while."""
    sources = str(system.checkout.root / "lambda_src")
    files = function_archive(job, sources=sources)
    code = {file: Path(path).read_bytes() for file, path in files.items()}
    with (
        role_like(system, job, policy(system, job)) as role,
        function_like(system, job, code, handler=f"{job}.handler.handler", role=role) as function,
    ):
        yield Twin(system, function, role.rpartition("/")[2])


@contextmanager
def role_like(system: System, job: str, document: Mapping[str, Any]) -> Iterator[str]:
    """A role under the boundary of the job's, with this policy, for a while; gives its ARN."""
    iam = system.client("iam")
    original = iam.get_role(RoleName=_role_name(system, job))["Role"]
    name = f"test-{job}-{uuid.uuid4().hex[:6]}"
    role = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps(original["AssumeRolePolicyDocument"]),
        PermissionsBoundary=original["PermissionsBoundary"]["PermissionsBoundaryArn"],
    )["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(document))
    yield role["Arn"]
    for policy_name in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy_name)
    iam.delete_role(RoleName=name)


@contextmanager
def function_like(
    system: System, job: str, code: Mapping[str, bytes], *, handler: str, role: str = ""
) -> Iterator[str]:
    """A function beside the deployed one of the job, configured alike, for a while; its name.

    `role` is the ARN of another role than the job's own.
    """
    config = _config(system, job)
    client, archive = system.client("lambda"), io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        for path, data in code.items():
            content.writestr(path, data)
    name = f"test-{uuid.uuid4().hex[:8]}"
    client.create_function(
        FunctionName=name,
        Runtime=config["Runtime"],
        Architectures=config["Architectures"],
        Role=role or config["Role"],
        Handler=handler,
        Timeout=60,
        Code={"ZipFile": archive.getvalue()},
        Layers=[layer["Arn"] for layer in config["Layers"]],
        Environment=config["Environment"],
        DeadLetterConfig=config["DeadLetterConfig"],
        LoggingConfig=config["LoggingConfig"],
    )
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.1})
    yield name
    client.delete_function(FunctionName=name)


def _invoke(system: System, function: str, event: object) -> Any:
    answer = system.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    result = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, result
    return result


def _config(system: System, job: str) -> dict[str, Any]:
    found = system.client("lambda").get_function_configuration(FunctionName=system.function(job))
    return dict(found)


def _role_name(system: System, job: str) -> str:
    return str(_config(system, job)["Role"]).rpartition("/")[2]


def _put_policy(iam: Any, role: str, name: str, statement: Mapping[str, Any]) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)

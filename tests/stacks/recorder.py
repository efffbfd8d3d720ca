"""Runs a layer's real program against a monitor that records instead of deploying.

`run("data", upstream=...)` gives every resource that the program registered, with the exact
properties and options it asked for, and what the stack exports. Outputs of resources are made up
in the form AWS gives them, so that one layer's exports feed the next one's StackReference.
"""

from __future__ import annotations

import asyncio
import contextvars
import importlib
import json
import os
import runpy
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pulumi
from pulumi.runtime import mocks, settings

from shared.registry.layers import LAYERS

ROOT = Path(__file__).parents[2]
ACCOUNT = "123456789012"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
"""Pulumi's mark of special values, and the one that means a secret."""
SECRETS = {
    "db_password": "correct horse battery",
    "api_key": "k" * 24,
    "db_connection_string": "postgresql://app:pw@db/app",
    "cursor_signing_key": "s" * 40,
}


@dataclass(frozen=True)
class Registered:
    """One resource as the program asked for it."""

    type: str
    name: str
    inputs: dict[str, Any]
    secrets: frozenset[str]
    parent: str
    protect: bool
    depends_on: frozenset[str]
    ignored: frozenset[str]
    """Properties whose changes are ignored."""

    def document(self, key: str) -> dict[str, Any]:
        """An input that holds JSON, parsed."""
        parsed: dict[str, Any] = json.loads(self.inputs[key])
        return parsed

    def statement(self, key: str, sid: str) -> dict[str, Any]:
        """The statement `sid` of the policy document in the input `key`."""
        statements: list[dict[str, Any]] = self.document(key)["Statement"]
        return next(item for item in statements if item["Sid"] == sid)


@dataclass
class Program:
    """What one run of a layer registered and exported."""

    layer: str
    resources: list[Registered] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    secret_outputs: set[str] = field(default_factory=set)

    def all(self, type_: str) -> dict[str, Registered]:
        """Every resource of a type, by logical name; `ssm/parameter:Parameter` will do."""
        token = type_ if type_.startswith(("aws:", "microstack:")) else f"aws:{type_}"
        return {item.name: item for item in self.resources if item.type == token}

    def one(self, type_: str, name: str) -> Registered:
        """The resource of that type and logical name."""
        found = self.all(type_)
        assert name in found, f"{self.layer} has no {type_} {name!r}, only {sorted(found)}"
        return found[name]


class _Monitor(mocks.MockMonitor):
    def __init__(
        self, program: Program, upstream: Mapping[str, Program], stack: str, region: str
    ) -> None:
        super().__init__(_Cloud(upstream, stack, region))
        self.program = program

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  the protocol's name
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]  # the SDK's
        if request.type != "pulumi:pulumi:Stack":
            self.program.resources.append(_registered(request))
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802  the protocol's name
        if "::pulumi:pulumi:Stack::" in request.urn:
            values = _plain(request.outputs)
            self.program.outputs.update({key: value for key, (value, _) in values.items()})
            self.program.secret_outputs |= {key for key, (_, secret) in values.items() if secret}
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]  # as above


class _Cloud(mocks.Mocks):
    def __init__(self, upstream: Mapping[str, Program], stack: str, region: str) -> None:
        self.upstream = upstream
        self.stack = stack
        self.region = region

    def published(self, name: str) -> dict[str, Any] | None:
        """The outputs of organization/layer/stack, where the program's own stack is implied."""
        _, layer, stack = name.split("/")
        found = self.upstream.get(layer if stack == self.stack else f"{layer}/{stack}")
        return found.outputs if found else None

    def call(self, args: mocks.MockCallArgs) -> Any:
        if args.token == "pulumi:pulumi:readStackOutputs":
            outputs = self.published(args.args["name"])
            if outputs is None:
                raise grpc.RpcError(f"unknown stack {args.args['name']!r}")
            return {"name": args.args["name"], "outputs": outputs}, []
        if args.token == "aws:route53/getZone:getZone":
            return _ZONES[args.args["zoneId"]] | args.args, []
        return _INVOKES[args.token] | {"region": self.region}, []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            outputs = self.published(args.inputs["name"])
            return args.inputs["name"], {**args.inputs, "outputs": outputs, "secretOutputNames": []}
        return _made(args.typ, args.name, args.inputs, self.region)


_INVOKES: dict[str, dict[str, Any]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": {
        "accountId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:user/deployer",
        "id": ACCOUNT,
        "userId": "AIDA",
    },
    "aws:index/getPartition:getPartition": {
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "id": "aws",
        "reverseDnsPrefix": "com.amazonaws",
    },
    "aws:index/getRegion:getRegion": {"id": "region", "description": "", "endpoint": ""},
    "aws:index/getAvailabilityZones:getAvailabilityZones": {
        "id": "region",
        "names": [f"us-east-1{letter}" for letter in "cab"],
        "groupNames": [],
        "zoneIds": [],
    },
}

_ZONES: dict[str, dict[str, Any]] = {
    "Z123": {"name": "example.test", "privateZone": False},
    "Z9PRIVATE": {"name": "example.test.", "privateZone": True},
}
"""Hosted zones of the account, by id."""

_NAMED_BY = {
    "aws:s3/bucket:Bucket": "bucket",
    "aws:cloudwatch/dashboard:Dashboard": "dashboardName",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": "alarmName",
    "aws:apigateway/stage:Stage": "stageName",
    "aws:lambda/layerVersion:LayerVersion": "layerName",
}


def _made(
    type_: str, logical: str, inputs: dict[str, Any], region: str
) -> tuple[str, dict[str, Any]]:
    """Id and outputs of a new resource, named `<logical>-made` unless the program names it."""
    named_by = _NAMED_BY.get(type_, "name")
    name = inputs.get(named_by) or f"{logical}-made"
    service, kind = type_.split(":")[1].split("/") if "/" in type_ else ("", type_)
    place = f"{region}:{ACCOUNT}"
    arn = {
        "s3": f"arn:aws:s3:::{name}",
        "iam": f"arn:aws:iam::{ACCOUNT}:{kind}/{name}",
        "dynamodb": f"arn:aws:dynamodb:{place}:table/{name}",
        "lambda": f"arn:aws:lambda:{place}:function:{name}",
        "sqs": f"arn:aws:sqs:{place}:{name}",
        "sns": f"arn:aws:sns:{place}:{name}",
        "ssm": f"arn:aws:ssm:{place}:parameter{name}",
        "kms": f"arn:aws:kms:{place}:{kind}/{name}",
    }.get(service, f"arn:aws:{service}:{place}:{kind}/{name}")
    if kind == "logGroup":
        arn = f"arn:aws:logs:{place}:log-group:{name}"
    if kind == "alias" and service == "lambda":
        arn = f"{inputs['functionName']}:{name}"
    outputs: dict[str, Any] = {**inputs, named_by: name, "arn": arn}
    outputs |= _EXTRA.get(type_, lambda *_: {})(name, arn, region)
    return outputs.get("id", name), outputs


def _invoked_by_gateway(_name: str, arn: str, region: str) -> dict[str, Any]:
    path = f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations"
    return {"invokeArn": path}


_EXTRA: dict[str, Any] = {
    "aws:kms/key:Key": lambda name, *_: {"keyId": name},
    "aws:ec2/vpcEndpoint:VpcEndpoint": lambda name, *_: {"prefixListId": f"pl-{name}"},
    "aws:acm/certificate:Certificate": lambda *_: {
        "domainValidationOptions": [
            {
                "domainName": "any",
                "resourceRecordName": "_proof.api.example.test",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": "_proof.acm-validations.aws",
            }
        ]
    },
    "aws:route53/record:Record": lambda name, *_: {"fqdn": name},
    "aws:apigatewayv2/domainName:DomainName": lambda *_: {
        "domainNameConfiguration": {
            "targetDomainName": "d-1.execute-api.example",
            "hostedZoneId": "ZGATEWAY",
        }
    },
    "aws:dynamodb/table:Table": lambda _n, arn, _r: {"streamArn": f"{arn}/stream/1"},
    "aws:lambda/function:Function": lambda _n, arn, _r: {
        "version": "7",
        "qualifiedArn": f"{arn}:7",
    },
    "aws:lambda/alias:Alias": _invoked_by_gateway,
    "aws:sqs/queue:Queue": lambda name, _a, region: {
        "url": f"https://sqs.{region}.amazonaws.com/{ACCOUNT}/{name}",
        "id": f"https://sqs.{region}.amazonaws.com/{ACCOUNT}/{name}",
    },
    "aws:secretsmanager/secret:Secret": lambda _n, arn, _r: {"id": arn},
    "aws:sns/topic:Topic": lambda _n, arn, _r: {"id": arn},
    "aws:apigateway/restApi:RestApi": lambda _n, _a, region: {
        "id": "api123",
        "rootResourceId": "root",
        "executionArn": f"arn:aws:execute-api:{region}:{ACCOUNT}:api123",
    },
    "aws:apigatewayv2/api:Api": lambda _n, _a, region: {
        "id": "http123",
        "executionArn": f"arn:aws:execute-api:{region}:{ACCOUNT}:http123",
    },
    "aws:apigatewayv2/stage:Stage": lambda name, _a, region: {
        "invokeUrl": f"https://http123.execute-api.{region}.amazonaws.com/{name}",
    },
    "aws:apigateway/stage:Stage": lambda name, _a, region: {
        "invokeUrl": f"https://api123.execute-api.{region}.amazonaws.com/{name}",
        "executionArn": f"arn:aws:execute-api:{region}:{ACCOUNT}:api123/{name}",
    },
}


def _registered(request: Any) -> Registered:
    values = _plain(request.object)
    return Registered(
        type=request.type,
        name=request.name,
        inputs={key: value for key, (value, _) in values.items()},
        secrets=frozenset(key for key, (_, secret) in values.items() if secret),
        parent=request.parent.split("::")[-1],
        protect=request.protect,
        depends_on=frozenset(urn.split("::")[-1] for urn in request.dependencies),
        ignored=frozenset(request.ignoreChanges),
    )


def _plain(struct: Any) -> dict[str, tuple[Any, bool]]:
    """Each property as a plain value, and whether any part of it is secret."""
    from google.protobuf import json_format

    message = json_format.MessageToDict(struct)
    return {key: (_unwrap(value), SECRET in json.dumps(value)) for key, value in message.items()}


def _unwrap(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return _unwrap(value["value"])
        return {key: _unwrap(item) for key, item in value.items() if key != SIGNATURE}
    if isinstance(value, list):
        return [_unwrap(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def local(layer: str) -> dict[str, str]:
    """What Pulumi.local.yaml says for a layer, as Pulumi hands it to the program."""
    values = LAYERS[layer].local.items()
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values}


def run(
    layer: str,
    *,
    upstream: Mapping[str, Program] | None = None,
    config: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    stack: str = "local",
    region: str = "us-east-1",
    changed: Mapping[str, Callable[[Any], Any]] | None = None,
) -> Program:
    """Run stacks/<layer> once; `config` and `secrets` are keys of the layer's own namespace.

    `upstream` has programs by layer, of other stacks than this by `<layer>/<stack>`. `changed`
    makes another program of it: `module.NAME` in the layer's folder → the new value of the old one.
    """
    if secrets is None:
        secrets = SECRETS if layer == "network-security" else {}
    keys = {f"{layer}:{key}": value for key, value in {**(config or {}), **secrets}.items()}
    program = Program(layer)
    monitor = _Monitor(program, upstream or {}, stack, region)

    def inside() -> None:
        pulumi.runtime.set_all_config(
            {"aws:region": region, **keys}, [f"{layer}:{key}" for key in secrets]
        )
        settings.configure(_settings(monitor, project=layer, stack=stack))
        with _loop() as loop, _in_folder(ROOT / "stacks" / layer) as folder:
            _change(changed or {})
            loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: _execute(folder)))

    with warnings.catch_warnings():  # the SDK deprecates some types of its own on import
        warnings.filterwarnings("ignore", category=DeprecationWarning, module="pulumi_aws")
        contextvars.copy_context().run(inside)
    return program


def _settings(monitor: _Monitor, *, project: str, stack: str) -> settings.Settings:
    features = monitor.GetDeploymentInfo(None)  # type: ignore[no-untyped-call]  # the SDK's
    return mocks.MockSettings(  # type: ignore[no-untyped-call]  # the SDK's
        monitor=monitor,
        monitor_features=set(features.supportedFeatures),
        engine=mocks.MockEngine(None),
        project=project,
        stack=stack,
        dry_run=False,
        organization="organization",
        callbacks=None,
    )


def _change(changed: Mapping[str, Callable[[Any], Any]]) -> None:
    for place, new in changed.items():
        name, _, constant = place.partition(".")
        module = importlib.import_module(name)
        setattr(module, constant, new(getattr(module, constant)))


def _execute(entry: Path) -> None:
    runpy.run_path(str(entry), run_name="__main__")


@contextmanager
def _loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop for one program, and one for the thread of its calls; the SDK wants both."""
    loop, of_calls = asyncio.new_event_loop(), asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    with ThreadPoolExecutor(1, initializer=asyncio.set_event_loop, initargs=(of_calls,)) as calls:
        loop.set_default_executor(calls)
        try:
            yield loop
        finally:
            calls.shutdown()
            asyncio.set_event_loop(None)
            loop.close()
            of_calls.close()


@contextmanager
def _in_folder(folder: Path) -> Iterator[Path]:
    """Stand in the layer's folder as Pulumi does, and forget its modules afterwards."""
    before, path, modules = Path.cwd(), list(sys.path), set(sys.modules)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    try:
        yield folder
    finally:
        os.chdir(before)
        sys.path[:] = path
        for name in set(sys.modules) - modules:
            source = getattr(sys.modules[name], "__file__", None)
            if source and Path(source).parent == folder:
                del sys.modules[name]

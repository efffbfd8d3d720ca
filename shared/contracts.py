"""What each layer promises to the others, and the only way to read it.

A program ends with `Data(...).publish()`; another reads with `data = Data.read()` and uses
`data.records_table_name`. Every stack also exports `contract`: the schema version, and which
fields of which upstream the program really used. Fields are names, ids and ARNs; a secret's ARN,
never its value. Changes are additive; retiring a field takes two steps: readers stop, then it goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import EllipsisType
from typing import TYPE_CHECKING, Any, ClassVar, Self, dataclass_transform

import grpc
import pulumi
from pulumi.runtime.proto import resource_pb2

from shared.errors import UpstreamError
from shared.stack_name import StackName

Text = pulumi.Output[str]
ByName = pulumi.Output[dict[str, str]]
"""Plain values by short name, e.g. function name by job."""


def by_name(values: Mapping[str, pulumi.Output[Any]]) -> pulumi.Output[dict[str, Any]]:
    """Outputs by short name as one output, the form in which a contract publishes them."""
    return pulumi.Output.all(**values)


_used: defaultdict[tuple[str, str], defaultdict[str, set[str]]] = defaultdict(
    lambda: defaultdict(set)
)
"""(project, stack) of a running program → upstream layer → fields that it used."""


def promise(about: str, *, secret: bool = False, default: EllipsisType | None = ...) -> Any:
    """A field of a contract: what it is, and whether its value must stay encrypted.

    `default=None` makes it optional: what is None is not published, and reads as None.
    """
    optional = default is None
    metadata = {"about": about, "secret": secret, "optional": optional}
    if optional:  # a factory, for a plain default would stand in the way of __getattr__
        return field(default_factory=lambda: None, metadata=metadata)
    return field(metadata=metadata)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(promise,))
class Contract:
    """What one layer promises; subclasses are frozen dataclasses of promises."""

    layer: ClassVar[str]
    version: ClassVar[int] = 1

    def __init_subclass__(cls) -> None:
        """Make every contract a frozen dataclass with keyword arguments."""
        dataclass(frozen=True, kw_only=True)(cls)

    def publish(self) -> None:
        """Export every field, and `contract` with what this program used of its upstreams."""
        for item in fields(self):  # type: ignore[arg-type]  # dataclass by __init_subclass__
            if getattr(self, item.name) is None:
                continue
            value = pulumi.Output.from_input(getattr(self, item.name))
            secret = item.metadata["secret"]
            pulumi.export(item.name, pulumi.Output.secret(value) if secret else value)
        used = _used[pulumi.get_project(), pulumi.get_stack()]
        reads = {layer: sorted(names) for layer, names in sorted(used.items())}
        pulumi.export("contract", {"layer": self.layer, "version": self.version, "reads": reads})

    @classmethod
    def read(cls, *, region: str = "") -> Self:
        """The upstream's promises in this stack's region, or in another of its environment.

        Raises UpstreamError if the upstream has no such stack.
        """
        _used[pulumi.get_project(), pulumi.get_stack()][cls.layer]  # read, though no field yet
        upstream: Self = object.__new__(cls)
        object.__setattr__(upstream, "_published", _Published.of(cls.layer, region))
        return upstream

    if not TYPE_CHECKING:  # or mypy would take every misspelt field for Any

        def __getattr__(self, name: str) -> Any:
            """A field of a contract that was read: fetched, and noted as used, on first sight."""
            known = {item.name: item.metadata["optional"] for item in fields(self)}
            if name not in known:
                raise AttributeError(f"The contract of layer {self.layer} has no field {name!r}.")
            value = self.__dict__["_published"].output(name, optional=known[name])
            _used[pulumi.get_project(), pulumi.get_stack()][self.layer].add(name)
            object.__setattr__(self, name, value)
            return value


@dataclass(frozen=True)
class _Published:
    """The outputs of an upstream stack."""

    layer: str
    stack: str
    names: frozenset[str]
    reference: pulumi.StackReference

    @classmethod
    def of(cls, layer: str, region: str) -> _Published:
        stack = pulumi.get_stack()
        if region:
            stack = str(replace(StackName.parse(stack), region=region))
        name = f"{pulumi.get_organization()}/{layer}/{stack}"
        names = _output_names(name)
        if names is None:
            raise _missing(layer, stack, "is not deployed")
        if not names:
            raise _missing(layer, stack, "has no outputs: it was destroyed, or never deployed")
        return cls(layer, stack, names, pulumi.StackReference(name))

    def output(self, name: str, *, optional: bool) -> pulumi.Output[Any] | None:
        if name not in self.names:
            if optional:
                return None
            raise _missing(self.layer, self.stack, f"does not publish {name} yet")
        return self.reference.require_output(name)


def _output_names(stack: str) -> frozenset[str] | None:
    """What a stack exports by now, by name; None if there is no such stack.

    Asked of the monitor itself: the SDK's own invoke keeps a failure that we caught and raises it
    at the end of the program, in place of our sentence.
    """
    request = resource_pb2.ResourceInvokeRequest(tok="pulumi:pulumi:readStackOutputs")
    request.args.update({"name": stack})
    monitor: Any = pulumi.runtime.settings.get_monitor()
    try:
        response = monitor.Invoke(request)
    except grpc.RpcError:
        return None
    return frozenset(getattr(response, "return")["outputs"])


def _missing(layer: str, stack: str, what: str) -> UpstreamError:
    reader = pulumi.get_project()
    return UpstreamError(
        f"Layer {reader} reads layer {layer}, but stack {stack} of {layer} {what}; "
        f"deploy it first with: ./invoke up {layer}{_selection(stack)}"
    )


def _selection(stack: str) -> str:
    """The options that choose this stack in a command."""
    environment, _, region = stack.partition("-")
    chosen = "" if environment == "local" else f" --env {environment}"
    return f"{chosen} --region {region}" if region else chosen


class NetworkSecurity(Contract):
    """Keys, parameter and secret names, and the ceiling of every role."""

    layer: ClassVar[str] = "network-security"

    data_key_arn: Text = promise("ARN of the key for tables, buckets and queues")
    logs_key_arn: Text = promise("ARN of the key for log groups and the alarm topic")
    secrets_key_arn: Text = promise("ARN of the key for parameters and secrets")
    parameter_names: ByName = promise("SSM parameter name by key, e.g. app_config")
    parameter_arns: ByName = promise("SSM parameter ARN by key, e.g. app_config")
    secret_arn: Text = promise("ARN of the Secrets Manager secret; its value is never published")
    permissions_boundary_arn: Text = promise("ARN of the policy that bounds every role")
    subnet_ids: pulumi.Output[list[str]] | None = promise(
        "Ids of the private subnets that functions run in; only where there is a VPC", default=None
    )
    security_group_id: Text | None = promise(
        "Id of the security group that functions run in; only where there is a VPC", default=None
    )
    vpc_cidr: Text | None = promise("Addresses of the VPC; only where there is one", default=None)


class Data(Contract):
    """Tables and buckets."""

    layer: ClassVar[str] = "data"

    table_names: ByName = promise("DynamoDB table name by short name, e.g. records")
    table_arns: ByName = promise("DynamoDB table ARN by short name, e.g. records")
    records_stream_arn: Text = promise("ARN of the change stream of the records table")
    bucket_names: ByName = promise("S3 bucket name by short name, e.g. uploads")
    bucket_arns: ByName = promise("S3 bucket ARN by short name, e.g. uploads")


class Compute(Contract):
    """Functions, all behind their alias `live`."""

    layer: ClassVar[str] = "compute"

    function_names: ByName = promise("Lambda function name by job, e.g. process")
    function_arns: ByName = promise("ARN of the function itself, without version, by job")
    alias_arns: ByName = promise("ARN of the alias `live` by job")
    invoke_arns: ByName = promise("API Gateway's invocation ARN of the alias `live` by job")
    alias_name: Text = promise("Name of the alias that callers use, the same for every function")
    log_group_names: ByName = promise("Log group of the function by job")
    dlq_names: ByName = promise("Name of the dead-letter queue by job")
    dlq_urls: ByName = promise("URL of the dead-letter queue by job")
    timeouts: pulumi.Output[dict[str, int]] = promise("Timeout in seconds by job")


class Api(Contract):
    """The API's front."""

    layer: ClassVar[str] = "api"

    edge: Text = promise("Kind of the API that answers: rest or http")
    auth: Text = promise("How callers show who they are: iam, jwt or none")
    api_id: Text = promise("Id of the API")
    api_name: Text = promise("Name of the API")
    stage_name: Text = promise("Name of the stage")
    execution_arn: Text = promise("ARN prefix of the API's methods, for execute-api permissions")
    metric_dimensions: ByName = promise("Dimensions of the stage's metrics, e.g. Stage")
    metric_names: ByName = promise(
        "CloudWatch's name of what is counted: requests, client_errors, server_errors, latency"
    )
    traced_services: pulumi.Output[list[str]] = promise(
        "X-Ray's names of where the traces of requests begin: the stage of a REST API; the "
        "functions behind an HTTP API, which X-Ray does not trace"
    )
    base_url: Text = promise("URL of the stage, without a slash at the end")
    health_url: Text = promise("URL of GET /health")
    process_url: Text = promise("URL of POST /process")
    access_log_group_name: Text = promise("Log group of the access log")
    domain_url: Text | None = promise(
        "URL below the API's own domain, without a slash at the end; only where it has one",
        default=None,
    )
    api_key_ids: ByName | None = promise(
        "Id of the API key by client; only where clients have usage plans", default=None
    )


class Observability(Contract):
    """Where alarms go and where to look."""

    layer: ClassVar[str] = "observability"

    topic_arn: Text = promise("ARN of the topic that every alarm notifies")
    dashboard_name: Text = promise("Name of the CloudWatch dashboard")
    unhealthy_alarm_name: Text = promise("Name of the composite alarm `service unhealthy`")

"""What each layer promises to the others, and the only way to read it.

A program ends with `Data(...).publish()`; another reads with `data = Data.read()` and uses
`data.table_names["records"]`. Fields are names, ids and ARNs; a secret's ARN, never its value.
Changes are additive; retiring a field takes two steps: readers stop, then it goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, get_args

from shared.contract.base import Contract, members, promise
from shared.registry.buckets import BUCKETS, BucketName
from shared.registry.jobs import JOBS, Job
from shared.registry.tables import TABLES, TableName

if TYPE_CHECKING:
    import pulumi

    from shared.contract.upstream import ByName, Members

    Text = pulumi.Output[str]

ParameterName = Literal["db_password", "api_key", "db_connection_string", "app_config"]
Counted = Literal["requests", "client_errors", "server_errors", "latency"]


class NetworkSecurity(Contract):
    """Keys, parameter and secret names, and the ceiling of every role."""

    layer: ClassVar[str] = "network-security"

    data_key_arn: Text = promise("ARN of the key for tables, buckets and queues")
    logs_key_arn: Text = promise("ARN of the key for log groups and the alarm topic")
    secrets_key_arn: Text = promise("ARN of the key for parameters and secrets")
    parameter_names: ByName[ParameterName] = members(
        "SSM parameter name by key, e.g. app_config", of=get_args(ParameterName)
    )
    parameter_arns: ByName[ParameterName] = members(
        "SSM parameter ARN by key, e.g. app_config", of=get_args(ParameterName)
    )
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

    table_names: ByName[TableName] = members(
        "DynamoDB table name by short name, e.g. records", of=TABLES
    )
    table_arns: ByName[TableName] = members(
        "DynamoDB table ARN by short name, e.g. records", of=TABLES
    )
    bucket_names: ByName[BucketName] = members(
        "S3 bucket name by short name, e.g. uploads", of=BUCKETS
    )
    bucket_arns: ByName[BucketName] = members(
        "S3 bucket ARN by short name, e.g. uploads", of=BUCKETS
    )


class Compute(Contract):
    """Functions, all behind their alias `live`."""

    layer: ClassVar[str] = "compute"

    function_names: ByName[Job] = members("Lambda function name by job, e.g. process", of=JOBS)
    function_arns: ByName[Job] = members(
        "ARN of the function itself, without version, by job", of=JOBS
    )
    invoke_arns: ByName[Job] = members(
        "API Gateway's invocation ARN of the alias `live` by job", of=JOBS
    )
    alias_name: Text = promise("Name of the alias that callers use, the same for every function")
    log_group_names: ByName[Job] = members("Log group of the function by job", of=JOBS)
    dlq_names: ByName[Job] = members("Name of the dead-letter queue by job", of=JOBS)
    dlq_urls: ByName[Job] = members("URL of the dead-letter queue by job", of=JOBS)
    timeouts: Members[Job, int] = members("Timeout in seconds by job", of=JOBS)


class Api(Contract):
    """The API's front."""

    layer: ClassVar[str] = "api"

    edge: Text = promise("Kind of the API that answers: rest or http")
    auth: Text = promise("How callers show who they are: iam, jwt or none")
    api_id: Text = promise("Id of the API")
    api_name: Text = promise("Name of the API")
    stage_name: Text = promise("Name of the stage")
    execution_arn: Text = promise("ARN prefix of the API's methods, for execute-api permissions")
    metric_dimensions: ByName[str] = members("Dimensions of the stage's metrics, e.g. Stage")
    metric_names: ByName[Counted] = members(
        "CloudWatch's name of what is counted: requests, client_errors, server_errors, latency",
        of=get_args(Counted),
    )
    traced_services: pulumi.Output[list[str]] = promise(
        "X-Ray's names of where the traces of requests begin: the stage of a REST API; the "
        "functions behind an HTTP API, which X-Ray does not trace"
    )
    base_url: Text = promise("URL of the stage, without a slash at the end")
    health_url: Text = promise("URL of GET /health")
    process_url: Text = promise("URL of POST /process")
    domain_url: Text | None = promise(
        "URL below the API's own domain, without a slash at the end; only where it has one",
        default=None,
    )
    api_key_ids: ByName[str] | None = members(
        "Id of the API key by client; only where clients have usage plans", default=None
    )


class Observability(Contract):
    """Where alarms go and where to look."""

    layer: ClassVar[str] = "observability"

    topic_arn: Text = promise("ARN of the topic that every alarm notifies")
    dashboard_name: Text = promise("Name of the CloudWatch dashboard")
    unhealthy_alarm_name: Text = promise("Name of the composite alarm `service unhealthy`")


CONTRACTS: dict[str, type[Contract]] = {each.layer: each for each in Contract.__subclasses__()}
"""By layer."""

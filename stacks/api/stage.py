"""The stage: what is deployed, how it is logged, traced and throttled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from shared.account import Account
from shared.iam import ANY, Statement, policy, trust
from shared.settings.api import Api

ACCESS_LOG = {
    "request_id": "$context.requestId",
    "ip": "$context.identity.sourceIp",
    "caller": "$context.identity.userArn",
    "user_agent": "$context.identity.userAgent",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "protocol": "$context.protocol",
    "length": "$context.responseLength",
    "latency_ms": "$context.responseLatency",
    "integration_latency_ms": "$context.integrationLatency",
    "error_type": "$context.error.responseType",
    "trace_id": "$context.xrayTraceId",
}
"""Field of an access log line → the gateway's variable."""


def logging_role(*, boundary_arn: Input[str]) -> aws.apigateway.Account:
    """The role by which API Gateway writes logs: one for the whole account and region."""
    role = aws.iam.Role(
        "gateway-logs",
        description="API Gateway writes access and execution logs.",
        assume_role_policy=trust("apigateway"),
        permissions_boundary=boundary_arn,
    )
    write = Statement(
        sid="WriteLogs",
        actions=[
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:DescribeLogGroups",
            "logs:DescribeLogStreams",
            "logs:FilterLogEvents",
            "logs:GetLogEvents",
            "logs:PutLogEvents",
        ],
        resources=ANY,
        reason="API Gateway refuses a role for an account that may not do this on all log groups",
    )
    permission = aws.iam.RolePolicy(
        "gateway-logs-policy",
        role=role.name,
        policy=policy(write),
        opts=ResourceOptions(parent=role),
    )
    return aws.apigateway.Account(
        "logging",
        cloudwatch_role_arn=role.arn,
        opts=ResourceOptions(depends_on=[permission]),
    )


def log_group(
    name: str, *, group: Input[str], settings: Api, key_arn: Input[str]
) -> aws.cloudwatch.LogGroup:
    """A log group made before anything writes, so that it is encrypted from the first line."""
    return aws.cloudwatch.LogGroup(
        name, name=group, kms_key_id=key_arn, retention_in_days=settings.log_retention_days
    )


def deployment(
    api: aws.apigateway.RestApi, *, serves: Any, made_of: Sequence[pulumi.Resource]
) -> aws.apigateway.Deployment:
    """A snapshot of the API: made after all its parts, and again when `serves` changes.

    `serves` is everything that a caller could notice, outputs included.
    """
    return aws.apigateway.Deployment(
        "deployment",
        rest_api=api.id,
        triggers={"serves": fingerprint(serves)},
        opts=ResourceOptions(parent=api, depends_on=list(made_of)),
    )


def stage(
    api: aws.apigateway.RestApi,
    *,
    settings: Api,
    snapshot: aws.apigateway.Deployment,
    access_log: aws.cloudwatch.LogGroup,
    after: Sequence[pulumi.Resource],
) -> aws.apigateway.Stage:
    """The deployed API under its name, traced, logged and throttled."""
    origins = {"cors_origins": ",".join(settings.allowed_origins)}
    made = aws.apigateway.Stage(
        "stage",
        rest_api=api.id,
        deployment=snapshot.id,
        stage_name=settings.stage,
        description="What callers reach.",
        variables=origins if settings.allowed_origins else None,
        xray_tracing_enabled=True,
        access_log_settings={
            "destination_arn": access_log.arn,
            "format": json.dumps(ACCESS_LOG),
        },
        opts=ResourceOptions(parent=api, depends_on=list(after)),
    )
    aws.apigateway.MethodSettings(
        "every-method",
        rest_api=api.id,
        stage_name=made.stage_name,
        method_path="*/*",
        settings={
            "metrics_enabled": True,
            "logging_level": "INFO",
            "data_trace_enabled": False,
            "throttling_rate_limit": settings.throttle_rate,
            "throttling_burst_limit": settings.throttle_burst,
        },
        opts=ResourceOptions(parent=made),
    )
    return made


def execution_log_name(api: aws.apigateway.RestApi, *, settings: Api) -> Output[str]:
    """The name that API Gateway gives the execution log of a stage; it cannot be chosen."""
    return Output.concat("API-Gateway-Execution-Logs_", api.id, f"/{settings.stage}")


def access_log_name(account: Account) -> str:
    """The fixed name of the access log (docs/adr/0003)."""
    return account.path("api-access")


def fingerprint(serves: Any) -> Output[str]:
    """Changes when anything in `serves` does, outputs included: what makes a new deployment."""
    text = Output.json_dumps(serves, sort_keys=True)
    return text.apply(lambda known: hashlib.sha256(known.encode()).hexdigest())

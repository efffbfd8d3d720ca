"""Functions from their needs, and the Lambda layer that they share."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
from needs import Upstream, needs_of

from shared.components.function import (
    ARCHITECTURE,
    RUNTIME,
    Function,
    Guard,
    Limits,
    Network,
)
from shared.errors import StackError
from shared.packaging import PackagingError, function_archive, layer_archive
from shared.registry.jobs import Job
from shared.settings.compute import Compute
from shared.tags import PROJECT


def common_layer(settings: Compute, *, of: Upstream) -> aws.lambda_.LayerVersion:
    """The Lambda layer: lambda_src/common and the packages that functions import."""
    try:
        archive = layer_archive(settings.layer_target)
    except PackagingError as error:
        raise StackError(str(error)) from None
    return aws.lambda_.LayerVersion(
        "common",
        layer_name=of.account.name("common"),
        description="What all functions share, with its dependencies.",
        code=pulumi.FileArchive(archive),
        compatible_runtimes=[RUNTIME],
        compatible_architectures=[ARCHITECTURE],
    )


def function(
    job: Job, *, settings: Compute, layer: aws.lambda_.LayerVersion, of: Upstream
) -> Function:
    """The function of one job, under its own role, with what the settings say."""
    needs = needs_of(job, of)
    return Function(
        job,
        description=needs.description,
        code=pulumi.AssetArchive(
            {name: pulumi.FileAsset(path) for name, path in function_archive(job).items()}
        ),
        layers=[layer.arn],
        environment={
            "PROJECT": PROJECT,
            "ENVIRONMENT": of.account.stack.environment,
            "VERSION": settings.version,
            "LOG_LEVEL": settings.log_level,
            **needs.environment,
        },
        statements=needs.statements,
        log_group_name=of.account.path(job),
        limits=_limits(job, settings),
        guard=Guard(
            boundary_arn=of.security.permissions_boundary_arn,
            data_key_arn=of.security.data_key_arn,
            logs_key_arn=of.security.logs_key_arn,
            queue_service=f"sqs.{of.account.region}.amazonaws.com",
        ),
        dlq_variable=needs.dlq_variable,
        network=_network(settings, of=of),
    )


def _network(settings: Compute, *, of: Upstream) -> Network | None:
    """The VPC of network-security, where there is one.

    What is not read is not told to be in use: ./invoke lets a VPC go that no contract reads.
    """
    if not settings.in_vpc:
        return None
    subnet_ids, security_group_id = of.security.subnet_ids, of.security.security_group_id
    if subnet_ids is None or security_group_id is None:
        return None
    return Network(subnet_ids=subnet_ids, security_group_id=security_group_id)


def _limits(job: Job, settings: Compute) -> Limits:
    own = settings.function(job)
    return Limits(
        timeout_seconds=own.timeout_seconds,
        memory_mb=own.memory_mb,
        reserved_concurrency=own.reserved_concurrency,
        provisioned_concurrency=own.provisioned_concurrency or 0,
        max_retries=settings.max_retries,
        max_event_age_seconds=settings.max_event_age_seconds,
        dlq_retention_days=settings.dlq_retention_days,
        log_retention_days=settings.log_retention_days,
    )

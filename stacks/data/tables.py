"""DynamoDB tables, all billed, encrypted, restorable and protected alike."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from shared.registry.tables import TABLES, TableName
from shared.settings.data import Data


def table(
    name: TableName,
    *,
    settings: Data,
    key_arn: Input[str],
    replica_keys: Mapping[str, Input[str]],
) -> aws.dynamodb.Table:
    """A table of the list; rows past their `expires_at` (epoch seconds) vanish.

    A replicated one has a copy in each region of `replica_keys`, under that region's own key.
    """
    of = TABLES[name]
    keys = [key for key in (of.hash_key, of.range_key) if key]
    provisioned = settings.billing_mode == "provisioned"
    made = aws.dynamodb.Table(
        name,
        attributes=[{"name": key, "type": "S"} for key in keys],
        hash_key=of.hash_key,
        range_key=of.range_key,
        billing_mode="PROVISIONED" if provisioned else "PAY_PER_REQUEST",
        read_capacity=settings.min_capacity if provisioned else None,
        write_capacity=settings.min_capacity if provisioned else None,
        point_in_time_recovery={"enabled": settings.point_in_time_recovery},
        server_side_encryption={"enabled": True, "kms_key_arn": key_arn},
        ttl={"enabled": True, "attribute_name": "expires_at"},
        stream_enabled=of.stream is not None,
        stream_view_type=of.stream,
        replicas=[
            _replica(region, key_arn=key, settings=settings)
            for region, key in replica_keys.items()
            if of.replicated
        ]
        or None,
        deletion_protection_enabled=settings.prevent_destroy,
        # no ignoreChanges on the capacities that the autoscaler moves: it would withhold them from
        # a table that changes over from on demand; only an update after a refresh sets them back
        opts=ResourceOptions(protect=settings.prevent_destroy),
    )
    if provisioned:
        for dimension in ("Read", "Write"):
            _follow_load(name, dimension, of=made, settings=settings)
    if of.insights and settings.contributor_insights:
        _contributor_insights(name, made)
    return made


def _replica(
    region: str, *, key_arn: Input[str], settings: Data
) -> aws.dynamodb.TableReplicaArgsDict:
    return {
        "region_name": region,
        "kms_key_arn": key_arn,
        "point_in_time_recovery": settings.point_in_time_recovery,
        "deletion_protection_enabled": settings.prevent_destroy,
        "propagate_tags": True,
    }


def _follow_load(name: str, dimension: str, *, of: aws.dynamodb.Table, settings: Data) -> None:
    """Let one kind of a table's capacity follow its use."""
    role = f"{name}-{dimension.lower()}"
    target = aws.appautoscaling.Target(
        f"{role}-capacity",
        service_namespace="dynamodb",
        scalable_dimension=f"dynamodb:table:{dimension}CapacityUnits",
        resource_id=Output.concat("table/", of.name),
        min_capacity=settings.min_capacity,
        max_capacity=settings.max_capacity,
        opts=_part(of),
    )
    aws.appautoscaling.Policy(
        f"{role}-utilization",
        policy_type="TargetTrackingScaling",
        service_namespace=target.service_namespace,
        scalable_dimension=target.scalable_dimension,
        resource_id=target.resource_id,
        target_tracking_scaling_policy_configuration={
            "predefined_metric_specification": {
                "predefined_metric_type": f"DynamoDB{dimension}CapacityUtilization"
            },
            "target_value": settings.target_utilization_percent,
        },
        opts=_part(of),
    )


def _part(of: aws.dynamodb.Table) -> ResourceOptions:
    """A child that can go while the table is protected: protection is inherited unless denied."""
    return ResourceOptions(parent=of, protect=False)


def _contributor_insights(name: str, of: aws.dynamodb.Table) -> None:
    """Let CloudWatch show the most used and most throttled keys of a table."""
    aws.dynamodb.ContributorInsights(f"{name}-insights", table_name=of.name, opts=_part(of))

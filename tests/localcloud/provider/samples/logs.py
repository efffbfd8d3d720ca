"""Samples of CloudWatch Logs."""

from __future__ import annotations

import json

from tests.localcloud.provider.samples import Clients, Made, Props, Sample

GROUP = "aws:cloudwatch/logGroup:LogGroup"


def _policy(action: str) -> str:
    statement: Props = {
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": action,
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)


def _keep_for_ever(clients: Clients, made: Made) -> None:
    clients("logs").delete_retention_policy(logGroupName=made.id)


def _remove_filter(clients: Clients, made: Made) -> None:
    clients("logs").delete_metric_filter(
        logGroupName=made.outputs["logGroupName"], filterName=made.id
    )


def _remove_policy(clients: Clients, made: Made) -> None:
    clients("logs").delete_resource_policy(policyName=made.id)


_COUNT = {"name": "Errors", "namespace": "Test", "value": "1"}

SAMPLES = [
    Sample(
        token=GROUP,
        needs={"key": "aws:kms/key:Key"},
        inputs=lambda needs: {
            "retentionInDays": 14,
            "kmsKeyId": needs["key"].outputs["arn"],
            "tags": {"purpose": "test"},
        },
        updates={"retentionInDays": 30},
        replace={"name": "/another", "logGroupClass": "INFREQUENT_ACCESS"},
        drift=_keep_for_ever,
        drifted=("retentionInDays",),
        not_tried={
            "kmsKeyId": "the emulator cannot change it (AssociateKmsKey)",
            "deletionProtectionEnabled": "the emulator has none",
        },
    ),
    Sample(
        token=GROUP,
        label="plain",
        inputs={"namePrefix": "/test/"},
        updates={"retentionInDays": 1, "skipDestroy": True},
    ),
    Sample(
        token="aws:cloudwatch/logMetricFilter:LogMetricFilter",
        needs={"group": GROUP},
        inputs=lambda needs: {
            "logGroupName": needs["group"].id,
            "pattern": '{ $.level = "ERROR" }',
            "metricTransformation": {**_COUNT, "defaultValue": "0", "unit": "Count"},
        },
        updates={
            "pattern": "",
            "metricTransformation": {**_COUNT, "dimensions": {"Service": "$.service"}},
        },
        replace={"name": "another"},
        moves=("logGroupName",),
        drift=_remove_filter,
        not_tried={"applyOnTransformedLogs": "the emulator does not keep it"},
        imports=False,  # filters are named within their group
    ),
    Sample(
        token="aws:cloudwatch/queryDefinition:QueryDefinition",
        inputs={"queryString": "fields @message", "logGroupNames": ["/a"]},
    ),
    Sample(
        token="aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        inputs={"policyDocument": _policy("logs:PutLogEvents")},
        updates={"policyDocument": _policy("logs:CreateLogStream")},
        replace={"policyName": "another"},
        drift=_remove_policy,
    ),
]

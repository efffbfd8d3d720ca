"""Samples of Application Auto Scaling."""

from __future__ import annotations

from tests.localcloud.provider.samples import Sample

_PLACE = {
    "serviceNamespace": "dynamodb",
    "resourceId": "table/records",
    "scalableDimension": "dynamodb:table:ReadCapacityUnits",
}

SAMPLES = [
    Sample(
        token="aws:appautoscaling/target:Target",
        inputs={**_PLACE, "minCapacity": 5, "maxCapacity": 100, "tags": {"purpose": "test"}},
        updates={"maxCapacity": 50},
    ),
    Sample(
        token="aws:appautoscaling/policy:Policy",
        inputs={
            **_PLACE,
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": {
                "targetValue": 70,
                "predefinedMetricSpecification": {
                    "predefinedMetricType": "DynamoDBReadCapacityUtilization"
                },
            },
        },
        updates={
            "targetTrackingScalingPolicyConfiguration": {
                "targetValue": 60,
                "disableScaleIn": True,
                "predefinedMetricSpecification": {
                    "predefinedMetricType": "DynamoDBReadCapacityUtilization"
                },
            }
        },
    ),
]

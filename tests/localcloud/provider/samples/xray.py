"""Samples of X-Ray."""

from __future__ import annotations

from tests.localcloud.provider.samples import Sample

SAMPLES = [
    Sample(
        token="aws:xray/group:Group",
        inputs={
            "filterExpression": "responsetime > 5",
            "insightsConfiguration": {"insightsEnabled": True, "notificationsEnabled": False},
            "tags": {"purpose": "test"},
        },
        updates={"filterExpression": "error"},
    ),
    Sample(
        token="aws:xray/samplingRule:SamplingRule",
        inputs={
            "priority": 1000,
            "version": 1,
            "reservoirSize": 1,
            "fixedRate": 0.05,
            "urlPath": "*",
            "host": "*",
            "httpMethod": "*",
            "serviceName": "*",
            "serviceType": "*",
            "resourceArn": "*",
            "attributes": {"stage": "live"},
            "tags": {"purpose": "test"},
        },
        updates={"fixedRate": 0.1},
    ),
]

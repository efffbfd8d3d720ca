"""Samples of CloudWatch."""

from __future__ import annotations

import json

from tests.localcloud.provider.samples import Clients, Made, Props, Sample

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
_TOPIC = "arn:aws:sns:us-east-1:000000000000:alarms"
_OTHER = "arn:aws:sns:us-east-1:000000000000:others"


def _mute(clients: Clients, made: Made) -> None:
    clients("cloudwatch").disable_alarm_actions(AlarmNames=[made.id])


def _remove_dashboard(clients: Clients, made: Made) -> None:
    clients("cloudwatch").delete_dashboards(DashboardNames=[made.id])


def _remove_alarm(clients: Clients, made: Made) -> None:
    clients("cloudwatch").delete_alarms(AlarmNames=[made.id])


def _rate(factor: int) -> list[Props]:
    """Give the error rate of a function, in percent times a factor, as metric math."""
    counts = [
        {
            "id": name.lower(),
            "metric": {
                "metricName": name,
                "namespace": "AWS/Lambda",
                "period": 60,
                "stat": "Sum",
                "dimensions": {"FunctionName": "process"},
            },
        }
        for name in ("Errors", "Invocations")
    ]
    expression = f"{factor} * 100 * errors / invocations"
    return [
        {"id": "rate", "expression": expression, "label": "error rate", "returnData": True},
        *counts,
    ]


def _graphs(title: str) -> str:
    return json.dumps({"widgets": [{"type": "text", "properties": {"markdown": title}}]}, indent=2)


SAMPLES = [
    Sample(
        token=ALARM,
        inputs={
            "metricName": "Errors",
            "namespace": "AWS/Lambda",
            "dimensions": {"FunctionName": "process", "Resource": "process:live"},
            "statistic": "Sum",
            "period": 60,
            "evaluationPeriods": 2,
            "threshold": 2,
            "comparisonOperator": "GreaterThanThreshold",
            "treatMissingData": "notBreaching",
            "alarmDescription": "errors of process",
            "alarmActions": [_TOPIC, _OTHER],
            "okActions": [_TOPIC],
            "tags": {"purpose": "test"},
        },
        updates={
            "actionsEnabled": False,
            "alarmActions": [_OTHER],
            "alarmDescription": None,
            "comparisonOperator": "GreaterThanOrEqualToThreshold",
            "datapointsToAlarm": 1,
            "dimensions": {"FunctionName": "ingest"},
            "evaluationPeriods": 3,
            "insufficientDataActions": [_TOPIC],
            "metricName": "Throttles",
            "namespace": "Custom",
            "okActions": None,
            "period": 300,
            "statistic": "Maximum",
            "threshold": 0.5,
            "treatMissingData": None,
            "unit": "Count",
        },
        replace={"name": "another"},
        drift=_mute,
        drifted=("actionsEnabled",),
        not_tried={
            "extendedStatistic": "has its own sample",
            "evaluateLowSampleCountPercentiles": "has its own sample",
            "metricQueries": "has its own sample",
            "thresholdMetricId": "has its own sample",
        },
    ),
    Sample(
        token=ALARM,
        label="percentile",
        inputs={
            "metricName": "Duration",
            "namespace": "AWS/Lambda",
            "extendedStatistic": "p99",
            "period": 60,
            "evaluationPeriods": 1,
            "threshold": 1000,
            "comparisonOperator": "GreaterThanThreshold",
        },
        updates={"extendedStatistic": "p90", "evaluateLowSampleCountPercentiles": "ignore"},
        imports=False,  # the emulator does not keep how few samples count
    ),
    Sample(
        token=ALARM,
        label="math",
        inputs={
            "metricQueries": _rate(1),
            "evaluationPeriods": 1,
            "threshold": 1,
            "comparisonOperator": "GreaterThanThreshold",
        },
        updates={"metricQueries": _rate(2), "threshold": 3},
        imports=False,  # the emulator does not keep metric math
    ),
    Sample(
        token=ALARM,
        label="band",
        inputs={
            "metricQueries": [
                {"id": "band", "expression": "ANOMALY_DETECTION_BAND(m1)", "returnData": True},
                {**_rate(1)[1], "id": "m1", "returnData": True},
            ],
            "evaluationPeriods": 1,
            "thresholdMetricId": "band",
            "comparisonOperator": "GreaterThanUpperThreshold",
        },
        updates={"evaluationPeriods": 2},
        imports=False,  # as above
    ),
    Sample(
        token="aws:cloudwatch/compositeAlarm:CompositeAlarm",
        needs={"one": ALARM, "two": ALARM},
        inputs=lambda needs: {
            "alarmRule": f'ALARM("{needs["one"].id}") OR\n  ALARM("{needs["two"].id}")',
            "alarmActions": [_TOPIC],
            "okActions": [_TOPIC],
            "tags": {"purpose": "test"},
        },
        updates=lambda needs: {
            "alarmRule": f'ALARM("{needs["one"].id}")',
            "alarmActions": [_OTHER, _TOPIC],
            "alarmDescription": "the service is unhealthy",
            "insufficientDataActions": [_TOPIC],
            "okActions": None,
            "actionsSuppressor": {
                "alarm": needs["two"].id,
                "extensionPeriod": 60,
                "waitPeriod": 120,
            },
        },
        replace={"alarmName": "another", "actionsEnabled": False},
        drift=_remove_alarm,
    ),
    Sample(
        token="aws:cloudwatch/dashboard:Dashboard",
        inputs={"dashboardBody": _graphs("one")},
        updates={"dashboardBody": _graphs("two")},
        replace={"dashboardName": "another"},
        drift=_remove_dashboard,
    ),
]

"""What log lines tell: errors as a metric with an alarm, and saved queries."""

from __future__ import annotations

import pulumi_aws as aws
from alarms import Alarms
from metrics import Metric
from pulumi import Output

from shared.account import Account
from shared.contracts import Compute
from shared.registry.jobs import JOBS, Job

ERROR_LINES = '{ $.level = "ERROR" }'
"""A filter on the field `level`, which every line of the functions has."""

QUERIES = {
    "errors": (
        'filter level = "ERROR"'
        " | fields @timestamp, function, message, correlation_id, request_id"
        " | sort @timestamp desc | limit 200"
    ),
    "one-request": (
        'filter correlation_id = "PUT-THE-ID-HERE"'
        " | fields @timestamp, function, level, message | sort @timestamp asc"
    ),
    "slowest": (
        'filter type = "REPORT" or type = "platform.report"'
        " | stats max(coalesce(@duration, record.metrics.durationMs)) as slowest_ms by @log"
        " | sort slowest_ms desc"
    ),
}
"""Saved CloudWatch Logs Insights queries over all functions."""


def error_lines(
    job: Job, account: Account, *, of: Compute, alarms: Alarms
) -> aws.cloudwatch.MetricAlarm:
    """Count the ERROR lines of a function, and ring when there are any."""
    metric = Metric(namespace=account.path("logs").lstrip("/"), name=f"{job}-errors", dimensions={})
    aws.cloudwatch.LogMetricFilter(
        f"{job}-error-lines",
        log_group_name=of.log_group_names[job],
        pattern=ERROR_LINES,
        metric_transformation={
            "namespace": metric.namespace,
            "name": metric.name,
            "value": "1",
            "default_value": "0",
            "unit": "Count",
        },
    )
    return alarms.above(
        f"{job}-error-lines",
        metric,
        threshold=0,
        about=f"{job} wrote ERROR lines into its log.",
    )


def saved_queries(account: Account, *, of: Compute) -> None:
    """What people ask of the logs when something is wrong, ready to run in the console."""
    groups = Output.all(*(of.log_group_names[job] for job in JOBS))
    for name, query in QUERIES.items():
        aws.cloudwatch.QueryDefinition(
            name, name=account.path(name).lstrip("/"), query_string=query, log_group_names=groups
        )

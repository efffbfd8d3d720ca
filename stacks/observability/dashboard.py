"""The dashboard: one page that says whether the system is well, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi_aws as aws
from metrics import Metric, of_api, of_function, of_queue, of_table
from pulumi import Input, Output

from shared.account import Account
from shared.contracts import Api, Compute, Counted
from shared.registry.jobs import JOBS, Job
from shared.registry.tables import TableName
from shared.tags import PROJECT

Line = tuple[Metric, Input[str]]
"""A metric and its label."""

RECORDERS: tuple[Job, ...] = ("process", "ingest")
"""The functions that count the records that they store and reject."""

WIDTH, HEIGHT, COLUMNS = 8, 6, 3
"""Of a widget, in CloudWatch's grid of 24 columns."""


def dashboard(
    account: Account, *, compute: Compute, api: Api, tables: Mapping[TableName, Input[str]]
) -> aws.cloudwatch.Dashboard:
    """Traffic, errors, latency, throttles, queues, tables and what drives cost."""
    widgets: dict[str, Sequence[Line]] = {
        "Requests": _api(api, "requests"),
        "Refused and failed requests": [
            *_api(api, "client_errors"),
            *_api(api, "server_errors"),
        ],
        "Latency p99 (ms)": _api(api, "latency", statistic="p99"),
        "Calls": _functions(compute, "Invocations"),
        "Errors": _functions(compute, "Errors"),
        "Throttles": _functions(compute, "Throttles"),
        "Duration p99 (ms)": _functions(compute, "Duration", statistic="p99"),
        "Failed events waiting": [
            (of_queue(compute.dlq_names[job], "ApproximateNumberOfMessagesVisible"), job)
            for job in JOBS
        ],
        "Tables: throttles": [
            *_tables(tables, "ReadThrottleEvents"),
            *_tables(tables, "WriteThrottleEvents"),
        ],
        "Cost: capacity units": [
            *_tables(tables, "ConsumedReadCapacityUnits"),
            *_tables(tables, "ConsumedWriteCapacityUnits"),
        ],
        "Records": [
            (_business(account, compute, job, metric), f"{job} {metric}")
            for job in RECORDERS
            for metric in ("RecordsStored", "RecordsRejected")
        ],
        "Cost: running time (ms)": _functions(compute, "Duration"),
    }
    body = {
        "widgets": [
            _widget(place, title, lines, region=account.region)
            for place, (title, lines) in enumerate(widgets.items())
        ]
    }
    return aws.cloudwatch.Dashboard(
        "overview",
        dashboard_name=account.name("overview"),
        dashboard_body=Output.json_dumps(body),
    )


def _api(api: Api, counted: Counted, *, statistic: str = "Sum") -> list[Line]:
    metric = of_api(api, counted, statistic=statistic)
    return [(metric, metric.name)]


def _business(account: Account, compute: Compute, job: Job, metric: str) -> Metric:
    """A metric that a function writes into its log lines (embedded metric format)."""
    return Metric(
        namespace=PROJECT,
        name=metric,
        dimensions={
            "Environment": account.stack.environment,
            "Function": compute.function_names[job],
        },
    )


def _functions(compute: Compute, metric: str, *, statistic: str = "Sum") -> list[Line]:
    return [
        (of_function(compute.function_names[job], metric, statistic=statistic), job) for job in JOBS
    ]


def _tables(tables: Mapping[TableName, Input[str]], metric: str) -> list[Line]:
    return [(of_table(name, metric), f"{table} {metric}") for table, name in tables.items()]


def _widget(place: int, title: str, lines: Sequence[Line], *, region: str) -> dict[str, Any]:
    return {
        "type": "metric",
        "x": place % COLUMNS * WIDTH,
        "y": place // COLUMNS * HEIGHT,
        "width": WIDTH,
        "height": HEIGHT,
        "properties": {
            "title": title,
            "region": region,
            "view": "timeSeries",
            "period": 60,
            "metrics": [metric.widget_line(label) for metric, label in lines],
        },
    }

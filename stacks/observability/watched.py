"""What is watched: every function with its queue, every table, the API."""

from __future__ import annotations

import pulumi_aws as aws
from alarms import Alarms
from metrics import of_api, of_function, of_queue, of_table
from pulumi import Input

from shared.contracts import Api, Compute, Counted
from shared.registry.jobs import Job
from shared.settings.observability import Observability

MetricAlarm = aws.cloudwatch.MetricAlarm

OPERATIONS = (
    "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "TransactWriteItems", "UpdateItem",
)  # fmt: skip
"""What the functions do with tables: DynamoDB counts system errors for each operation only."""

PERCENT = "100 * failed / IF(all > 0, all, 1)"


def function_alarms(
    job: Job, *, of: Compute, alarms: Alarms, settings: Observability
) -> list[MetricAlarm]:
    """Errors in number and in percent, throttles, and calls that come near the timeout."""
    name = of.function_names[job]
    percent = settings.function_duration_percent
    longest_ms = of.timeouts[job].apply(lambda seconds: seconds * 1000 * percent / 100)
    return [
        alarms.above(
            f"{job}-errors",
            of_function(name, "Errors"),
            threshold=settings.function_errors_per_minute,
            about=f"{job} failed more than {settings.function_errors_per_minute} times a minute.",
        ),
        alarms.expression_above(
            f"{job}-error-rate",
            PERCENT,
            metrics={
                "failed": of_function(name, "Errors"),
                "all": of_function(name, "Invocations"),
            },
            label="Failed calls, percent",
            threshold=settings.function_error_percent,
            about=f"More than {settings.function_error_percent} % of the calls of {job} failed.",
        ),
        alarms.above(
            f"{job}-throttles",
            of_function(name, "Throttles"),
            threshold=0,
            about=f"Calls of {job} were refused for want of concurrency.",
        ),
        alarms.above(
            f"{job}-duration",
            of_function(name, "Duration", statistic="p99"),
            threshold=longest_ms,
            about=f"1 % of the calls of {job} take more than {percent} % of its timeout.",
        ),
    ]


def queue_alarms(
    job: Job, *, of: Compute, alarms: Alarms, settings: Observability
) -> list[MetricAlarm]:
    """Failed events that wait in a function's dead-letter queue."""
    name = of.dlq_names[job]
    return [
        alarms.above(
            f"{job}-dlq-depth",
            of_queue(name, "ApproximateNumberOfMessagesVisible"),
            threshold=0,
            about=f"Events that {job} could not handle wait in its dead-letter queue.",
        ),
        alarms.above(
            f"{job}-dlq-age",
            of_queue(name, "ApproximateAgeOfOldestMessage"),
            threshold=settings.dlq_age_seconds,
            about=f"A failed event of {job} waits for more than {settings.dlq_age_seconds} s.",
        ),
    ]


def table_alarms(table: str, *, name: Input[str], alarms: Alarms) -> list[MetricAlarm]:
    """Requests that DynamoDB refused or failed."""
    errors = {
        operation.lower(): of_table(name, "SystemErrors", operation=operation)
        for operation in OPERATIONS
    }
    throttles = {
        "reads": of_table(name, "ReadThrottleEvents"),
        "writes": of_table(name, "WriteThrottleEvents"),
    }
    return [
        alarms.expression_above(
            f"{table}-table-throttles",
            _sum(*throttles),
            metrics=throttles,
            label="Throttled reads and writes",
            threshold=0,
            about=f"Reads or writes of the table {table} were throttled.",
        ),
        alarms.expression_above(
            f"{table}-table-errors",
            _sum(*errors),
            metrics=errors,
            label="System errors",
            threshold=0,
            about=f"DynamoDB failed requests to the table {table}.",
        ),
    ]


def api_alarms(*, of: Api, alarms: Alarms, settings: Observability) -> list[MetricAlarm]:
    """Requests that fail by our fault, and requests that take long."""
    return [
        _api_rate(
            "5xx",
            "server_errors",
            of=of,
            alarms=alarms,
            percent=settings.api_5xx_percent,
            minutes=1,
        ),
        alarms.above(
            "api-latency",
            of_api(of, "latency", statistic="p99"),
            threshold=settings.api_latency_p99_ms,
            about=f"1 % of the requests take more than {settings.api_latency_p99_ms} ms.",
            minutes=3,
        ),
    ]


def refusal_alarm(*, of: Api, alarms: Alarms, settings: Observability) -> MetricAlarm:
    """Requests that are refused: mostly the callers' fault, so no sign of ill health."""
    return _api_rate(
        "4xx",
        "client_errors",
        of=of,
        alarms=alarms,
        percent=settings.api_4xx_percent,
        minutes=5,
    )


def _api_rate(
    kind: str, counted: Counted, *, of: Api, alarms: Alarms, percent: float, minutes: int
) -> MetricAlarm:
    return alarms.expression_above(
        f"api-{kind}",
        PERCENT,
        metrics={
            "failed": of_api(of, counted),
            "all": of_api(of, "requests"),
        },
        label=f"{kind}, percent",
        threshold=percent,
        about=f"More than {percent} % of the requests end in {kind}.",
        minutes=minutes,
    )


def _sum(*ids: str) -> str:
    return " + ".join(f"FILL({id_}, 0)" for id_ in ids)

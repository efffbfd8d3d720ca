"""Every alarm, to the last name: metric, dimensions, statistic, period, threshold, patience."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from shared.registry.jobs import JOBS, Job
from shared.registry.tables import TABLES
from tests.stacks.recorder import Program

ALARM = "cloudwatch/metricAlarm:MetricAlarm"
HOUR = 3600
RATE = "100 * failed / IF(all > 0, all, 1)"
OPERATIONS = (
    "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "TransactWriteItems", "UpdateItem",
)  # fmt: skip


class Metric(NamedTuple):
    """A metric as CloudWatch is told of it."""

    namespace: str
    name: str
    dimensions: dict[str, str]
    statistic: str = "Sum"
    period: int = 60


class Alarm(NamedTuple):
    """What rings: one metric (id "") or an expression over several, above a threshold."""

    metrics: dict[str, Metric]
    threshold: float
    minutes: int = 1
    expression: str = ""


def of_function(job: Job) -> dict[str, Alarm]:
    def metric(name: str, statistic: str = "Sum") -> Metric:
        return Metric("AWS/Lambda", name, {"FunctionName": f"{job}-made"}, statistic)

    def queue(name: str) -> Metric:
        return Metric("AWS/SQS", name, {"QueueName": f"{job}-dlq-made"}, "Maximum")

    lines = Metric("microstack/local/logs", f"{job}-errors", {})
    return {
        f"{job}-errors": Alarm({"": metric("Errors")}, 2),
        f"{job}-error-rate": Alarm(
            {"failed": metric("Errors"), "all": metric("Invocations")}, 1, expression=RATE
        ),
        f"{job}-throttles": Alarm({"": metric("Throttles")}, 0),
        f"{job}-duration": Alarm({"": metric("Duration", "p99")}, 900 * JOBS[job].timeout_seconds),
        f"{job}-dlq-depth": Alarm({"": queue("ApproximateNumberOfMessagesVisible")}, 0),
        f"{job}-dlq-age": Alarm({"": queue("ApproximateAgeOfOldestMessage")}, HOUR),
        f"{job}-error-lines": Alarm({"": lines}, 0),
    }


def of_table(table: str) -> dict[str, Alarm]:
    def metric(name: str, **more: str) -> Metric:
        return Metric("AWS/DynamoDB", name, {"TableName": f"{table}-made", **more})

    errors = {each.lower(): metric("SystemErrors", Operation=each) for each in OPERATIONS}
    throttles = {"reads": metric("ReadThrottleEvents"), "writes": metric("WriteThrottleEvents")}
    return {
        f"{table}-table-throttles": Alarm(throttles, 0, expression=total(throttles)),
        f"{table}-table-errors": Alarm(errors, 0, expression=total(errors)),
    }


def total(metrics: dict[str, Metric]) -> str:
    return " + ".join(f"FILL({id_}, 0)" for id_ in metrics)


def of_api(place: dict[str, str], failed: str, refused: str) -> dict[str, Alarm]:
    def metric(name: str, statistic: str = "Sum", period: int = 60) -> Metric:
        return Metric("AWS/ApiGateway", name, place, statistic, period)

    def share(name: str, threshold: float, minutes: int = 1, period: int = 60) -> Alarm:
        metrics = {"failed": metric(name, period=period), "all": metric("Count", period=period)}
        return Alarm(metrics, threshold, minutes, RATE)

    return {
        "api-5xx": share(failed, 1),
        "api-4xx": share(refused, 10, minutes=5),
        "api-latency": Alarm({"": metric("Latency", "p99")}, 3_000, 3),
        "burn-fast-long": share(failed, 1.44, period=HOUR),
        "burn-fast-short": share(failed, 1.44, period=HOUR // 12),
        "burn-slow-long": share(failed, 0.6, period=6 * HOUR),
        "burn-slow-short": share(failed, 0.6, period=HOUR // 2),
    }


COMMON: dict[str, Alarm] = {}
for _job in JOBS:
    COMMON |= of_function(_job)
for _table in TABLES:
    COMMON |= of_table(_table)
REST = COMMON | of_api({"ApiName": "rest-made", "Stage": "live"}, "5XXError", "4XXError")
HTTP = COMMON | of_api({"ApiId": "http123", "Stage": "live"}, "5xx", "4xx")


def told(inputs: dict[str, Any]) -> Alarm:
    """The alarm that a program asks for; whatever it leaves open fails here."""
    assert inputs["comparisonOperator"] == "GreaterThanThreshold"
    assert inputs["evaluationPeriods"] == inputs["datapointsToAlarm"]
    threshold, minutes = inputs["threshold"], inputs["evaluationPeriods"]
    if "metricQueries" not in inputs:
        return Alarm({"": _metric(inputs)}, threshold, minutes)
    result, *parts = inputs["metricQueries"]
    assert result["returnData"] is True
    assert not any(part["returnData"] for part in parts)
    return Alarm(
        {part["id"]: _metric(part["metric"]) for part in parts},
        threshold,
        minutes,
        result["expression"],
    )


def _metric(inputs: dict[str, Any]) -> Metric:
    [statistic] = (
        inputs[name] for name in ("stat", "statistic", "extendedStatistic") if name in inputs
    )
    return Metric(
        inputs["namespace"],
        inputs["metricName"],
        inputs["dimensions"],
        statistic,
        inputs["period"],
    )


def test_there_is_no_other_alarm(observability: Program, http_observability: Program) -> None:
    assert set(observability.all(ALARM)) == set(REST)
    assert set(http_observability.all(ALARM)) == set(HTTP)


@pytest.mark.parametrize("name", REST)
def test_every_alarm_is_exactly_this(observability: Program, name: str) -> None:
    assert told(observability.one(ALARM, name).inputs) == REST[name]


@pytest.mark.parametrize("name", sorted(set(HTTP) - set(COMMON)))
def test_the_http_edge_is_watched_by_its_own_names(http_observability: Program, name: str) -> None:
    assert told(http_observability.one(ALARM, name).inputs) == HTTP[name]

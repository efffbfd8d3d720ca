"""Metrics as alarms and the dashboard name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi import Input


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One CloudWatch metric, with how it is summed up: `Sum`, `Maximum`, `p99`."""

    namespace: str
    name: str
    dimensions: Mapping[str, Input[str]]
    statistic: str = "Sum"

    @property
    def is_percentile(self) -> bool:
        """Whether the statistic is an extended one (p99)."""
        return self.statistic.startswith("p")

    def widget_line(self, label: Input[str]) -> list[Any]:
        """The metric as a line of a dashboard widget."""
        pairs = [part for pair in self.dimensions.items() for part in pair]
        return [self.namespace, self.name, *pairs, {"stat": self.statistic, "label": label}]


def of_function(name: Input[str], metric: str, *, statistic: str = "Sum") -> Metric:
    """A metric of all versions of a Lambda function."""
    return Metric(
        namespace="AWS/Lambda",
        name=metric,
        dimensions={"FunctionName": name},
        statistic=statistic,
    )


def of_queue(name: Input[str], metric: str) -> Metric:
    """A gauge of an SQS queue: the worst that was seen."""
    return Metric(
        namespace="AWS/SQS", name=metric, dimensions={"QueueName": name}, statistic="Maximum"
    )


def of_table(name: Input[str], metric: str, *, operation: str | None = None) -> Metric:
    """A metric of a DynamoDB table; some exist only for each operation (SystemErrors)."""
    dimensions: dict[str, Input[str]] = {"TableName": name}
    if operation:
        dimensions["Operation"] = operation
    return Metric(namespace="AWS/DynamoDB", name=metric, dimensions=dimensions)


def of_api(name: Input[str], stage: Input[str], metric: str, *, statistic: str = "Sum") -> Metric:
    """A metric of one stage of a REST API."""
    return Metric(
        namespace="AWS/ApiGateway",
        name=metric,
        dimensions={"ApiName": name, "Stage": stage},
        statistic=statistic,
    )

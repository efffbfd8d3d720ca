"""Metrics as alarms and the dashboard name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi import Input, Output

from shared.contracts import Api, Counted


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One CloudWatch metric, with how it is summed up: `Sum`, `Maximum`, `p99`."""

    namespace: str
    name: Input[str]
    dimensions: Input[Mapping[str, Input[str]]]
    statistic: str = "Sum"

    @property
    def is_percentile(self) -> bool:
        """Whether the statistic is an extended one (p99)."""
        return self.statistic.startswith("p")

    def widget_line(self, label: Input[str]) -> Output[list[Any]]:
        """The metric as a line of a dashboard widget."""
        found = Output.all(name=self.name, dimensions=self.dimensions, label=label)
        return found.apply(self._line)

    def _line(self, found: dict[str, Any]) -> list[Any]:
        # sorted: what comes from another stack has no order, and a line must stay as it is
        pairs = [part for pair in sorted(found["dimensions"].items()) for part in pair]
        shown = {"stat": self.statistic, "label": found["label"]}
        return [self.namespace, found["name"], *pairs, shown]


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


def of_api(api: Api, counted: Counted, *, statistic: str = "Sum") -> Metric:
    """A metric of the API's stage: requests, client_errors, server_errors or latency."""
    return Metric(
        namespace="AWS/ApiGateway",
        name=api.metric_names[counted],
        dimensions=api.metric_dimensions.whole,
        statistic=statistic,
    )

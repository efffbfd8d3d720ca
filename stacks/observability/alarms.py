"""Alarms, all of one make: they notify on ALARM and on OK, and missing data is no breach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi_aws as aws
from metrics import Metric
from pulumi import Input, Output

Alarm = aws.cloudwatch.MetricAlarm | aws.cloudwatch.CompositeAlarm

MINUTE = 60
"""Seconds of one data point: AWS's own metrics come once a minute."""


@dataclass(frozen=True)
class Alarms:
    """Makes alarms that notify one topic."""

    topic_arn: Input[str]

    def above(
        self, name: str, metric: Metric, *, threshold: Input[float], about: str, minutes: int = 1
    ) -> aws.cloudwatch.MetricAlarm:
        """Rings while a metric is above its threshold, `minutes` in a row."""
        percentile = metric.is_percentile
        return aws.cloudwatch.MetricAlarm(
            name,
            alarm_description=about,
            namespace=metric.namespace,
            metric_name=metric.name,
            dimensions=metric.dimensions,
            statistic=None if percentile else metric.statistic,
            extended_statistic=metric.statistic if percentile else None,
            period=MINUTE,
            evaluation_periods=minutes,
            datapoints_to_alarm=minutes,
            threshold=threshold,
            comparison_operator="GreaterThanThreshold",
            treat_missing_data="notBreaching",
            alarm_actions=[self.topic_arn],
            ok_actions=[self.topic_arn],
        )

    def expression_above(
        self,
        name: str,
        expression: str,
        *,
        metrics: Mapping[str, Metric],
        label: str,
        threshold: float,
        about: str,
        minutes: int = 1,
        period: int = MINUTE,
        silent: bool = False,
    ) -> aws.cloudwatch.MetricAlarm:
        """Rings while metric math over `metrics` (id → metric) is above the threshold.

        `silent` is for a part of a composite alarm, which notifies in its stead; `period` is the
        length of a data point in seconds.
        """
        result: aws.cloudwatch.MetricAlarmMetricQueryArgsDict = {
            "id": "result",
            "expression": expression,
            "label": label,
            "return_data": True,
        }
        return aws.cloudwatch.MetricAlarm(
            name,
            alarm_description=about,
            metric_queries=[
                result,
                *(_query(id_, metric, period=period) for id_, metric in metrics.items()),
            ],
            evaluation_periods=minutes,
            datapoints_to_alarm=minutes,
            threshold=threshold,
            comparison_operator="GreaterThanThreshold",
            treat_missing_data="notBreaching",
            alarm_actions=None if silent else [self.topic_arn],
            ok_actions=None if silent else [self.topic_arn],
        )

    def composite(
        self,
        name: str,
        *,
        alarm_name: str,
        alarms: Sequence[Alarm],
        about: str,
        when: Literal["any", "all"],
    ) -> aws.cloudwatch.CompositeAlarm:
        """Rings while any, or all, of these alarms do."""
        joined = " OR " if when == "any" else " AND "
        rule = Output.all(*(alarm.arn for alarm in alarms)).apply(
            lambda arns: joined.join(f'ALARM("{arn}")' for arn in arns)
        )
        return aws.cloudwatch.CompositeAlarm(
            name,
            alarm_name=alarm_name,
            alarm_description=about,
            alarm_rule=rule,
            alarm_actions=[self.topic_arn],
            ok_actions=[self.topic_arn],
        )


def _query(
    id_: str, metric: Metric, *, period: int
) -> aws.cloudwatch.MetricAlarmMetricQueryArgsDict:
    return {
        "id": id_,
        "metric": {
            "namespace": metric.namespace,
            "metric_name": metric.name,
            "dimensions": metric.dimensions,
            "stat": metric.statistic,
            "period": period,
        },
        "return_data": False,
    }

"""Alarms, all of one make: they notify on ALARM and on OK, and missing data is no breach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi_aws as aws
from metrics import Metric
from pulumi import Input, Output

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
    ) -> aws.cloudwatch.MetricAlarm:
        """Rings while metric math over `metrics` (id → metric) is above the threshold."""
        result: aws.cloudwatch.MetricAlarmMetricQueryArgsDict = {
            "id": "result",
            "expression": expression,
            "label": label,
            "return_data": True,
        }
        return aws.cloudwatch.MetricAlarm(
            name,
            alarm_description=about,
            metric_queries=[result, *(_query(id_, metric) for id_, metric in metrics.items())],
            evaluation_periods=minutes,
            datapoints_to_alarm=minutes,
            threshold=threshold,
            comparison_operator="GreaterThanThreshold",
            treat_missing_data="notBreaching",
            alarm_actions=[self.topic_arn],
            ok_actions=[self.topic_arn],
        )

    def any_of(
        self, name: str, *, alarm_name: str, alarms: list[aws.cloudwatch.MetricAlarm], about: str
    ) -> aws.cloudwatch.CompositeAlarm:
        """Rings while any of these alarms does."""
        rule = Output.all(*(alarm.arn for alarm in alarms)).apply(
            lambda arns: " OR ".join(f'ALARM("{arn}")' for arn in arns)
        )
        return aws.cloudwatch.CompositeAlarm(
            name,
            alarm_name=alarm_name,
            alarm_description=about,
            alarm_rule=rule,
            alarm_actions=[self.topic_arn],
            ok_actions=[self.topic_arn],
        )


def _query(id_: str, metric: Metric) -> aws.cloudwatch.MetricAlarmMetricQueryArgsDict:
    return {
        "id": id_,
        "metric": {
            "namespace": metric.namespace,
            "metric_name": metric.name,
            "dimensions": metric.dimensions,
            "stat": metric.statistic,
            "period": MINUTE,
        },
        "return_data": False,
    }

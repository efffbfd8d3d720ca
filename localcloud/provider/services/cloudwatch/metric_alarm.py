"""aws:cloudwatch/metricAlarm: an alarm on one metric, or on an expression over several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from localcloud.provider.base.resource import (
    AutoName,
    Aws,
    Prop,
    Props,
    ResourceType,
    pairs,
    present,
    sent,
)
from localcloud.provider.services.cloudwatch import alarms
from localcloud.provider.services.cloudwatch.queries import (
    from_dimensions,
    from_query,
    to_dimensions,
    to_query,
)

# What a single-metric alarm watches; an alarm on metric math has `metricQueries` instead.
_METRIC: Mapping[str, str] = {
    "extendedStatistic": "ExtendedStatistic",
    "metricName": "MetricName",
    "namespace": "Namespace",
    "period": "Period",
    "statistic": "Statistic",
    "unit": "Unit",
}
_CONDITION: Mapping[str, str] = {
    "comparisonOperator": "ComparisonOperator",
    "datapointsToAlarm": "DatapointsToAlarm",
    "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
    "evaluationPeriods": "EvaluationPeriods",
    "threshold": "Threshold",
    "thresholdMetricId": "ThresholdMetricId",
    "treatMissingData": "TreatMissingData",
}


class MetricAlarm(ResourceType):
    """An alarm on one metric or on metric math; its id is its name."""

    token = "aws:cloudwatch/metricAlarm:MetricAlarm"
    service = "cloudwatch"
    name = AutoName(max=255, prefix=None)
    tags = alarms.TAGS
    props = {
        "name": Prop(replaces=True),
        **{name: Prop() for name in (*_METRIC, *_CONDITION)},
        **alarms.PROPS,
        "comparisonOperator": Prop(required=True),
        "dimensions": Prop(),
        "evaluateLowSampleCountPercentiles": Prop(computed=True),
        "evaluationPeriods": Prop(required=True),
        "metricQueries": Prop(unordered=True, fields={"returnData": Prop(default=False)}),
        "treatMissingData": Prop(default="missing"),
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """An alarm watches one metric or one expression, by one statistic."""
        if ("metricName" in inputs) == ("metricQueries" in inputs):
            yield "metricName", "give exactly one of metricName and metricQueries"
        if "metricName" in inputs and ("statistic" in inputs) == ("extendedStatistic" in inputs):
            yield "statistic", "give exactly one of statistic and extendedStatistic"
        if "metricQueries" in inputs:
            alone = [name for name in (*_METRIC, "dimensions") if name in inputs]
            yield from ((name, "belongs inside metricQueries") for name in alone)

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put the alarm with its tags, which AWS takes only from the first put."""
        _put_metric_alarm(aws, inputs, Tags=pairs(sent(inputs)))
        return str(inputs["name"])

    def created(self, aws: Aws, id: str, inputs: Props) -> Props | None:
        """Return the inputs and what follows from the name: no need to ask."""
        actual = {name: inputs[name] for name in self.props if name in inputs}
        return {**actual, "arn": alarms.alarm_arn(aws, id)}

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Describe the alarm."""
        found = alarms.described(aws, id, "MetricAlarm")
        return None if found is None else _properties(found, known if aws.emulated else {})

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Put the whole alarm again: AWS keeps nothing that is left out."""
        _put_metric_alarm(aws, new)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the alarm."""
        aws.client("cloudwatch").delete_alarms(AlarmNames=[id])


def _put_metric_alarm(aws: Aws, inputs: Props, **more: Any) -> None:
    fields = {**alarms.FIELDS, **_METRIC, **_CONDITION}
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=inputs["name"],
        **present(
            **{theirs: inputs.get(ours) for ours, theirs in fields.items()},
            Dimensions=to_dimensions(inputs.get("dimensions")),
            Metrics=[to_query(query) for query in inputs.get("metricQueries") or []],
            **more,
        ),
    )


def _properties(found: Props, known: Props) -> Props:
    """An alarm in the SDK's shapes; `known` fills in what the emulator keeps to itself."""
    actual = {ours: found.get(theirs) for ours, theirs in {**alarms.FIELDS, **_CONDITION}.items()}
    for name in ("evaluateLowSampleCountPercentiles", "thresholdMetricId"):
        actual[name] = actual[name] or known.get(name)
    if actual["thresholdMetricId"]:
        actual["threshold"] = None
    watched = _metric(found) if found.get("MetricName") else _math(found, known)
    return {**actual, **watched, "name": found["AlarmName"], "arn": found["AlarmArn"]}


def _metric(found: Props) -> Props:
    metric = {ours: found.get(theirs) for ours, theirs in _METRIC.items()}
    if metric["extendedStatistic"]:
        metric["statistic"] = None  # the emulator adds one of its own
    return metric | {"dimensions": from_dimensions(found.get("Dimensions"))}


def _math(found: Props, known: Props) -> Props:
    queries = [from_query(query) for query in found.get("Metrics") or []]
    return {"metricQueries": queries or known.get("metricQueries")}

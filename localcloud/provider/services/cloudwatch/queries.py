"""Metric math: the metrics and expressions of an alarm, to and from CloudWatch's shapes."""

from __future__ import annotations

from localcloud.provider.base.resource import Props, present


def to_dimensions(wanted: Props | None) -> list[Props]:
    """Dimensions as the list of pairs that CloudWatch takes."""
    return [{"Name": name, "Value": value} for name, value in (wanted or {}).items()]


def from_dimensions(found: list[Props] | None) -> dict[str, str]:
    """Dimensions as the map that the SDK shows."""
    return {item["Name"]: item["Value"] for item in found or []}


def to_query(query: Props) -> Props:
    """One metric or expression as CloudWatch takes it."""
    metric = query.get("metric")
    return present(
        Id=query["id"],
        AccountId=query.get("accountId"),
        Expression=query.get("expression"),
        Label=query.get("label"),
        Period=query.get("period"),
        ReturnData=bool(query.get("returnData")),
        MetricStat=metric and _to_stat(metric),
    )


def _to_stat(metric: Props) -> Props:
    return present(
        Metric=present(
            MetricName=metric["metricName"],
            Namespace=metric.get("namespace"),
            Dimensions=to_dimensions(metric.get("dimensions")),
        ),
        Period=metric["period"],
        Stat=metric["stat"],
        Unit=metric.get("unit"),
    )


def from_query(query: Props) -> Props:
    """One metric or expression as the SDK shows it."""
    stat = query.get("MetricStat")
    return present(
        id=query["Id"],
        accountId=query.get("AccountId"),
        expression=query.get("Expression"),
        label=query.get("Label"),
        period=query.get("Period"),
        returnData=bool(query.get("ReturnData")),
        metric=stat and _from_stat(stat),
    )


def _from_stat(stat: Props) -> Props:
    metric = stat["Metric"]
    return present(
        metricName=metric["MetricName"],
        namespace=metric.get("Namespace"),
        dimensions=from_dimensions(metric.get("Dimensions")),
        period=stat["Period"],
        stat=stat["Stat"],
        unit=stat.get("Unit"),
    )

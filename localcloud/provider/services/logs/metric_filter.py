"""aws:cloudwatch/logMetricFilter: a metric that counts log lines."""

from __future__ import annotations

from localcloud.provider.base.resource import AutoName, Aws, Prop, Props, ResourceType, present


class LogMetricFilter(ResourceType):
    """A metric counted from log lines; its id is its name."""

    token = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
    service = "logs"
    name = AutoName(max=512, prefix=None)
    # A filter follows its group by a moment.
    retry_codes = {"OperationAbortedException": ""}
    props = {
        "name": Prop(replaces=True),
        "logGroupName": Prop(required=True, replaces=True),
        "pattern": Prop(),
        "metricTransformation": Prop(required=True, fields={"unit": Prop(default="None")}),
        "applyOnTransformedLogs": Prop(default=False),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put the filter."""
        self._put(aws, inputs)
        return str(inputs["name"])

    def created(self, aws: Aws, id: str, inputs: Props) -> Props | None:
        """Return the inputs: there is nothing else to know."""
        return {name: inputs[name] for name in self.props if name in inputs}

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the filter of its group; names are sorted, so the exact one comes first."""
        group, name = _filter_address(id, known)
        found = aws.client("logs").describe_metric_filters(
            logGroupName=group, filterNamePrefix=name, limit=1
        )["metricFilters"]
        if not found or found[0]["filterName"] != name:
            return None
        return {
            "name": name,
            "logGroupName": group,
            "pattern": found[0]["filterPattern"],
            "metricTransformation": _from_transformation(found[0]["metricTransformations"][0]),
            "applyOnTransformedLogs": bool(found[0].get("applyOnTransformedLogs")),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Put the whole filter again."""
        self._put(aws, new)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the filter."""
        group, name = _filter_address(id, known)
        aws.client("logs").delete_metric_filter(logGroupName=group, filterName=name)

    def _put(self, aws: Aws, inputs: Props) -> None:
        aws.client("logs").put_metric_filter(
            logGroupName=inputs["logGroupName"],
            filterName=inputs["name"],
            filterPattern=inputs.get("pattern", ""),
            metricTransformations=[_to_transformation(inputs["metricTransformation"])],
            **present(applyOnTransformedLogs=inputs.get("applyOnTransformedLogs")),
        )


def _filter_address(id: str, known: Props) -> tuple[str, str]:
    """Group and name; an id given by hand (import) is `group:name`."""
    if "logGroupName" in known:
        return str(known["logGroupName"]), str(known.get("name") or id)
    group, _, name = id.rpartition(":")
    return group, name


def _to_transformation(wanted: Props) -> Props:
    value = wanted.get("defaultValue")
    return {
        "metricName": wanted["name"],
        "metricNamespace": wanted["namespace"],
        "metricValue": wanted["value"],
        **present(dimensions=wanted.get("dimensions"), unit=wanted.get("unit")),
        **({} if value is None or value == "" else {"defaultValue": float(value)}),
    }


def _from_transformation(found: Props) -> Props:
    return {
        "name": found["metricName"],
        "namespace": found["metricNamespace"],
        "value": found["metricValue"],
        **({"defaultValue": f"{found['defaultValue']:g}"} if "defaultValue" in found else {}),
        **present(dimensions=found.get("dimensions"), unit=found.get("unit")),
    }

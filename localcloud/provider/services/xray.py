"""X-Ray: trace groups and sampling rules. The emulator has none of it."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import (
    AutoName,
    Aws,
    Prop,
    Props,
    ResourceType,
    TagCalls,
    pairs,
    present,
    sent,
)

_TAGS = TagCalls(argument="ResourceARN")


class Group(ResourceType):
    """Traces that match a filter; its id is its ARN."""

    token = "aws:xray/group:Group"
    service = "xray"
    emulated = False
    name = AutoName(property="groupName", max=32, prefix=None)
    props = {
        "groupName": Prop(replaces=True),
        "filterExpression": Prop(required=True),
        "insightsConfiguration": Prop(computed=True),
    }
    tags = _TAGS
    missing = frozenset({"InvalidRequestException"})  # how X-Ray says "not found"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make it whole, in one call."""
        made = aws.client("xray").create_group(
            GroupName=inputs["groupName"],
            **_filter(inputs),
            **present(Tags=pairs(sent(inputs))),
        )
        return str(made["Group"]["GroupARN"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read it by its ARN."""
        found = aws.client("xray").get_group(GroupARN=id)["Group"]
        insights = found.get("InsightsConfiguration", {})
        return {
            "arn": found["GroupARN"],
            "groupName": found["GroupName"],
            "filterExpression": found.get("FilterExpression"),
            "insightsConfiguration": {
                "insightsEnabled": insights.get("InsightsEnabled", False),
                "notificationsEnabled": insights.get("NotificationsEnabled", False),
            },
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """All that can change goes into one call."""
        aws.client("xray").update_group(GroupARN=id, **_filter(new))

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete it."""
        aws.client("xray").delete_group(GroupARN=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Names are unique, so the group of that name is ours."""
        found = aws.client("xray").get_group(GroupName=inputs["groupName"])["Group"]
        return str(found["GroupARN"])

    def placeholder(self, aws: Aws, inputs: Props) -> tuple[str, Props]:
        """The ARN that AWS would give, without its random end."""
        arn = aws.arn("xray", f"group/{inputs['groupName']}/not-emulated")
        return arn, {"arn": arn}


def _filter(inputs: Props) -> dict[str, Any]:
    insights = inputs.get("insightsConfiguration") or {}
    configuration = {
        "InsightsEnabled": insights.get("insightsEnabled"),
        "NotificationsEnabled": insights.get("notificationsEnabled"),
    }
    return {
        "FilterExpression": inputs["filterExpression"],
        **present(InsightsConfiguration=present(**configuration)),
    }


# Inputs of a sampling rule that only need AWS's capital letters.
_FIELDS = {
    "ruleName": "RuleName",
    "resourceArn": "ResourceARN",
    "priority": "Priority",
    "fixedRate": "FixedRate",
    "reservoirSize": "ReservoirSize",
    "serviceName": "ServiceName",
    "serviceType": "ServiceType",
    "host": "Host",
    "httpMethod": "HTTPMethod",
    "urlPath": "URLPath",
    "attributes": "Attributes",
}


class SamplingRule(ResourceType):
    """Which share of requests is traced; its id is its name."""

    token = "aws:xray/samplingRule:SamplingRule"
    service = "xray"
    emulated = False
    name = AutoName(property="ruleName", max=32, prefix=None)
    props = {
        "ruleName": Prop(replaces=True),
        "version": Prop(required=True, replaces=True),
        "attributes": Prop(),
        **{name: Prop(required=True) for name in _FIELDS if name not in ("ruleName", "attributes")},
    }
    tags = _TAGS

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make it whole, in one call."""
        rule = {**_rule(inputs), "Version": inputs["version"]}
        aws.client("xray").create_sampling_rule(
            SamplingRule=rule, **present(Tags=pairs(sent(inputs)))
        )
        return str(inputs["ruleName"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """X-Ray only tells of all rules at once."""
        for page in aws.client("xray").get_paginator("get_sampling_rules").paginate():
            for record in page["SamplingRuleRecords"]:
                if record["SamplingRule"].get("RuleName") == id:
                    return _described(record["SamplingRule"])
        return None

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """All that can change goes into one call."""
        aws.client("xray").update_sampling_rule(SamplingRuleUpdate=_rule(new))

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete it by name."""
        aws.client("xray").delete_sampling_rule(RuleName=id)

    def placeholder(self, aws: Aws, inputs: Props) -> tuple[str, Props]:
        """A rule's ARN follows from its name."""
        name = str(inputs["ruleName"])
        return name, {"arn": aws.arn("xray", f"sampling-rule/{name}")}


def _rule(inputs: Props) -> dict[str, Any]:
    return {field: inputs[name] for name, field in _FIELDS.items() if name in inputs}


def _described(rule: dict[str, Any]) -> Props:
    properties = {name: rule.get(field) for name, field in _FIELDS.items()}
    return {**properties, "arn": rule["RuleARN"], "version": rule.get("Version")}


TYPES = [Group(), SamplingRule()]

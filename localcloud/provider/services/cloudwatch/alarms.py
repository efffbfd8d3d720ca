"""What metric alarms and composite alarms share: actions, tags, and how they are described."""

from __future__ import annotations

from collections.abc import Mapping

from localcloud.provider.base.resource import Aws, Prop, Props, TagCalls

TAGS = TagCalls(argument="ResourceARN")

_ACTIONS: Mapping[str, str] = {
    "alarmActions": "AlarmActions",
    "insufficientDataActions": "InsufficientDataActions",
    "okActions": "OKActions",
}
FIELDS: Mapping[str, str] = {
    **_ACTIONS,
    "actionsEnabled": "ActionsEnabled",
    "alarmDescription": "AlarmDescription",
}
PROPS: Mapping[str, Prop] = {
    **{name: Prop(unordered=True) for name in _ACTIONS},
    "actionsEnabled": Prop(default=True),
    "alarmDescription": Prop(),
}


def alarm_arn(aws: Aws, name: str) -> str:
    """Compose the ARN of an alarm of either kind."""
    return aws.arn("cloudwatch", f"alarm:{name}")


def described(aws: Aws, name: str, kind: str) -> Props | None:
    """Describe one alarm; `kind` is MetricAlarm or CompositeAlarm."""
    answer = aws.client("cloudwatch").describe_alarms(AlarmNames=[name], AlarmTypes=[kind])
    found: list[Props] = answer.get(f"{kind}s") or []
    return found[0] if found else None

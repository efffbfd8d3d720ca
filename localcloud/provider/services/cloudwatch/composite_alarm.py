"""aws:cloudwatch/compositeAlarm: an alarm on the states of other alarms."""

from __future__ import annotations

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


class CompositeAlarm(ResourceType):
    """An alarm on other alarms; its id is its name."""

    token = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
    service = "cloudwatch"
    name = AutoName(property="alarmName", max=255, prefix=None)
    tags = alarms.TAGS
    props = {
        "alarmName": Prop(replaces=True),
        "alarmRule": Prop(required=True, normalize=lambda rule: " ".join(str(rule).split())),
        **alarms.PROPS,
        # CloudWatch lets this change only together with nothing else, so it is made anew.
        "actionsEnabled": Prop(default=True, replaces=True),
        "actionsSuppressor": Prop(),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put the alarm with its tags, which AWS takes only from the first put."""
        _put_composite_alarm(aws, inputs, Tags=pairs(sent(inputs)))
        return str(inputs["alarmName"])

    def created(self, aws: Aws, id: str, inputs: Props) -> Props | None:
        """Return the inputs and what follows from the name: no need to ask."""
        actual = {name: inputs[name] for name in self.props if name in inputs}
        return {**actual, "arn": alarms.alarm_arn(aws, id)}

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Describe the alarm."""
        found = alarms.described(aws, id, "CompositeAlarm")
        if found is None:
            return None
        kept = known if aws.emulated else {}  # the emulator keeps no suppressor
        return {
            **{ours: found.get(theirs) for ours, theirs in alarms.FIELDS.items()},
            "alarmName": found["AlarmName"],
            "alarmRule": found["AlarmRule"],
            "arn": found["AlarmArn"],
            "actionsSuppressor": _suppressor(found) or kept.get("actionsSuppressor"),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Put the whole alarm again: AWS keeps nothing that is left out."""
        _put_composite_alarm(aws, new)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the alarm."""
        aws.client("cloudwatch").delete_alarms(AlarmNames=[id])


def _put_composite_alarm(aws: Aws, inputs: Props, **more: Any) -> None:
    suppressor = inputs.get("actionsSuppressor") or {}
    aws.client("cloudwatch").put_composite_alarm(
        AlarmName=inputs["alarmName"],
        AlarmRule=inputs["alarmRule"],
        **present(
            **{theirs: inputs.get(ours) for ours, theirs in alarms.FIELDS.items()},
            ActionsSuppressor=suppressor.get("alarm"),
            ActionsSuppressorExtensionPeriod=suppressor.get("extensionPeriod"),
            ActionsSuppressorWaitPeriod=suppressor.get("waitPeriod"),
            **more,
        ),
    )


def _suppressor(found: Props) -> Props | None:
    if not found.get("ActionsSuppressor"):
        return None
    return {
        "alarm": found["ActionsSuppressor"],
        "extensionPeriod": found["ActionsSuppressorExtensionPeriod"],
        "waitPeriod": found["ActionsSuppressorWaitPeriod"],
    }

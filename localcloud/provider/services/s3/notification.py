"""aws:s3/bucketNotification: whom a bucket tells about its objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from localcloud.provider.base.resource import Prop, Props, present
from localcloud.provider.services.s3.bucket_setting import BucketSetting


class _Kind(NamedTuple):
    ours: str
    theirs: str
    arn: str
    arn_of_s3: str


_KINDS = (
    _Kind(
        "lambdaFunctions", "LambdaFunctionConfigurations", "lambdaFunctionArn", "LambdaFunctionArn"
    ),
    _Kind("queues", "QueueConfigurations", "queueArn", "QueueArn"),
    _Kind("topics", "TopicConfigurations", "topicArn", "TopicArn"),
)


class BucketNotification(BucketSetting):
    """Every notification of one bucket; S3 keeps them as one setting."""

    token = "aws:s3/bucketNotification:BucketNotification"
    # A function's permission and a queue's policy take a moment to be seen by S3.
    retry_codes = {"InvalidArgument": "validate the following destination"}
    props = {
        "bucket": Prop(required=True, replaces=True),
        "eventbridge": Prop(default=False),
        **{kind.ours: Prop(unordered=True, fields={"id": Prop(computed=True)}) for kind in _KINDS},
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """Refuse a notification that tells nobody: S3 has no way to store it."""
        if not any(inputs.get(name) for name in ("eventbridge", *(kind.ours for kind in _KINDS))):
            yield "bucket", "at least one of lambdaFunctions, queues, topics, eventbridge is needed"

    def put(self, s3: Any, target: Props, inputs: Props) -> None:
        """Write all notifications."""
        setting: Props = {
            kind.theirs: [_to_s3(kind, item) for item in inputs[kind.ours]]
            for kind in _KINDS
            if inputs.get(kind.ours)
        }
        if inputs.get("eventbridge"):
            setting["EventBridgeConfiguration"] = {}
        s3.put_bucket_notification_configuration(**target, NotificationConfiguration=setting)

    def get(self, s3: Any, target: Props, known: Props) -> Props | None:
        """Read all notifications; None when there are none at all."""
        answer = s3.get_bucket_notification_configuration(**target)
        setting: Props = {
            kind.ours: [_from_s3(kind, item) for item in answer[kind.theirs]]
            for kind in _KINDS
            if answer.get(kind.theirs)
        }
        eventbridge = "EventBridgeConfiguration" in answer
        return {**setting, "eventbridge": eventbridge} if setting or eventbridge else None

    def remove(self, s3: Any, target: Props) -> None:
        """Tell nobody any more."""
        s3.put_bucket_notification_configuration(**target, NotificationConfiguration={})


def _to_s3(kind: _Kind, item: Props) -> Props:
    rules = [
        {"Name": name, "Value": item[ours]}
        for name, ours in (("prefix", "filterPrefix"), ("suffix", "filterSuffix"))
        if item.get(ours)
    ]
    return {
        kind.arn_of_s3: item[kind.arn],
        "Events": item["events"],
        **present(Id=item.get("id"), Filter={"Key": {"FilterRules": rules}} if rules else None),
    }


def _from_s3(kind: _Kind, item: Props) -> Props:
    rules = item.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    filters = {f"filter{rule['Name'].capitalize()}": rule["Value"] for rule in rules}
    return {
        "id": item.get("Id"),
        kind.arn: item[kind.arn_of_s3],
        "events": item["Events"],
        **filters,
    }

"""aws:s3/bucketLifecycleConfiguration: when objects, old versions and half uploads go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from localcloud.provider.base.resource import Prop, Props
from localcloud.provider.services.s3.bucket_setting import BUCKET, BucketSetting, from_s3, to_s3

_SIZE = {"objectSizeGreaterThan": Prop(default=0)}
_RULE = {
    "expiration": Prop(fields={"expiredObjectDeleteMarker": Prop(default=False)}),
    # A filter by the empty prefix covers everything, as an empty filter and none do.
    "filter": Prop(
        normalize=lambda choice: None if choice == {"prefix": ""} else choice,
        fields={**_SIZE, "and": Prop(fields=_SIZE)},
    ),
}


class BucketLifecycleConfiguration(BucketSetting):
    """All lifecycle rules of one bucket."""

    token = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    props = {
        **BUCKET,
        "rules": Prop(unordered=True, fields=_RULE),
        "transitionDefaultMinimumObjectSize": Prop(computed=True),
        "timeouts": Prop(provider_only=True),
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """Refuse a configuration without rules, which S3 has no way to store."""
        if inputs.get("rules") == []:
            yield "rules", "must hold at least one rule; leave the resource out to have none"

    def put(self, s3: Any, target: Props, inputs: Props) -> None:
        """Write all rules."""
        size = inputs.get("transitionDefaultMinimumObjectSize")
        s3.put_bucket_lifecycle_configuration(
            **target,
            LifecycleConfiguration={"Rules": [rule_to_s3(rule) for rule in inputs["rules"]]},
            **({"TransitionDefaultMinimumObjectSize": size} if size else {}),
        )

    def get(self, s3: Any, target: Props, known: Props) -> Props | None:
        """Read all rules."""
        answer = s3.get_bucket_lifecycle_configuration(**target)
        size = answer.get("TransitionDefaultMinimumObjectSize")
        return {
            "rules": [rule_from_s3(rule) for rule in answer["Rules"]],
            "transitionDefaultMinimumObjectSize": size,
        }

    def remove(self, s3: Any, target: Props) -> None:
        """Delete all rules."""
        s3.delete_bucket_lifecycle(**target)


def rule_to_s3(rule: Props) -> Props:
    """One rule as S3 takes it: tags as a list, and a filter even when it covers everything."""
    converted = dict(to_s3({name: part for name, part in rule.items() if name != "filter"}))
    if "Prefix" not in converted:
        converted["Filter"] = _filter_to_s3(rule.get("filter") or {})
    return converted


def rule_from_s3(rule: Props) -> Props:
    """One rule as the SDK shows it: tags as a map, dates as RFC 3339 text."""
    converted = dict(from_s3(rule))
    both = (converted.get("filter") or {}).get("and")
    if both and "tags" in both:
        both["tags"] = {tag["key"]: tag["value"] for tag in both["tags"]}
    for part in [converted.get("expiration") or {}, *converted.get("transitions", [])]:
        if isinstance(part.get("date"), datetime):
            part["date"] = part["date"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return converted


def _filter_to_s3(choice: Props) -> Props:
    converted = dict(to_s3({name: part for name, part in choice.items() if name != "and"}))
    both = choice.get("and")
    if both:
        tags = [{"Key": key, "Value": value} for key, value in (both.get("tags") or {}).items()]
        rest = to_s3({name: part for name, part in both.items() if name != "tags"})
        converted["And"] = rest | ({"Tags": tags} if tags else {})
    return converted

"""aws:cloudwatch/logGroup: where log lines go, how long they stay and by what key they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from localcloud.provider.base.errors import ProviderError
from localcloud.provider.base.resource import (
    AutoName,
    Aws,
    Prop,
    Props,
    ResourceType,
    TagCalls,
    present,
    sent,
)

# PutRetentionPolicy takes no other numbers of days (API reference); 0 stands for "for ever".
_RETENTIONS = (0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731) + (
    1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip


class LogGroup(ResourceType):
    """A log group; its id is its name."""

    token = "aws:cloudwatch/logGroup:LogGroup"
    service = "logs"
    name = AutoName(max=512)
    tags = TagCalls(argument="resourceArn", field="tags", drop_field="tagKeys", shape="dict")
    props = {
        "name": Prop(replaces=True),
        "namePrefix": Prop(replaces=True, provider_only=True),
        "kmsKeyId": Prop(),
        "logGroupClass": Prop(default="STANDARD", replaces=True),
        "retentionInDays": Prop(default=0),
        "deletionProtectionEnabled": Prop(default=False),
        "skipDestroy": Prop(provider_only=True, default=False),
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """Refuse a retention that CloudWatch Logs does not offer."""
        days = inputs.get("retentionInDays")
        if isinstance(days, int) and days not in _RETENTIONS:
            yield "retentionInDays", f"must be one of {', '.join(map(str, _RETENTIONS))}"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Create the group with its key and tags."""
        aws.client("logs").create_log_group(
            logGroupName=inputs["name"],
            **present(
                kmsKeyId=inputs.get("kmsKeyId"),
                logGroupClass=inputs.get("logGroupClass"),
                deletionProtectionEnabled=inputs.get("deletionProtectionEnabled"),
                tags=sent(inputs),
            ),
        )
        return str(inputs["name"])

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """Set the retention, which is a call of its own."""
        if inputs.get("retentionInDays"):
            _set_retention(aws, id, inputs)

    def created(self, aws: Aws, id: str, inputs: Props) -> Props | None:
        """Return the inputs and what follows from the name: no need to ask."""
        actual = {name: inputs[name] for name in self.props if name in inputs}
        return {**actual, "arn": aws.arn("logs", f"log-group:{id}")}

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the group; names are sorted, so the exact one comes first."""
        found = aws.client("logs").describe_log_groups(logGroupNamePrefix=id, limit=1)
        groups = [group for group in found["logGroups"] if group["logGroupName"] == id]
        if not groups:
            return None
        protected = groups[0].get(
            "deletionProtectionEnabled", known.get("deletionProtectionEnabled", False)
        )
        return {
            "name": id,
            "arn": groups[0]["arn"].removesuffix(":*"),
            "kmsKeyId": groups[0].get("kmsKeyId"),
            "logGroupClass": groups[0].get("logGroupClass"),
            "retentionInDays": groups[0].get("retentionInDays", 0),
            "deletionProtectionEnabled": protected,
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Change retention, key and protection, each by its own call."""
        if "retentionInDays" in changed:
            _set_retention(aws, id, new)
        if "kmsKeyId" in changed:
            _set_key(aws, id, new.get("kmsKeyId"))
        if "deletionProtectionEnabled" in changed:
            _set_protection(aws, id, enabled=bool(new.get("deletionProtectionEnabled")))

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the group with its lines, unless it is to outlive the stack."""
        if not known.get("skipDestroy"):
            aws.client("logs").delete_log_group(logGroupName=id)


def _set_retention(aws: Aws, name: str, inputs: Props) -> None:
    days = inputs.get("retentionInDays")
    if days:
        aws.client("logs").put_retention_policy(logGroupName=name, retentionInDays=days)
    else:
        aws.client("logs").delete_retention_policy(logGroupName=name)


def _set_key(aws: Aws, name: str, key: str | None) -> None:
    with _told_when_lacking(aws, f"change the key of log group {name}"):
        if key:
            aws.client("logs").associate_kms_key(logGroupName=name, kmsKeyId=key)
        else:
            aws.client("logs").disassociate_kms_key(logGroupName=name)


def _set_protection(aws: Aws, name: str, *, enabled: bool) -> None:
    with _told_when_lacking(aws, f"change the deletion protection of log group {name}"):
        aws.client("logs").put_log_group_deletion_protection(
            logGroupIdentifier=name, deletionProtectionEnabled=enabled
        )


@contextmanager
def _told_when_lacking(aws: Aws, change: str) -> Iterator[None]:
    """Say in a sentence that the emulator cannot make a change, and what helps."""
    try:
        yield
    except aws.client("logs").exceptions.ClientError as error:
        if aws.emulated and "Unknown action" in str(error):
            raise ProviderError(
                f"the emulator cannot {change}; destroy it locally and deploy it again"
            ) from error
        raise

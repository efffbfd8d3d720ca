"""aws:dynamodb/table: a table with its indexes, stream, encryption, recovery and replicas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from localcloud.provider.base.errors import is_missing
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
from localcloud.provider.base.values import has_unknown
from localcloud.provider.services.dynamodb.definition import (
    is_provisioned,
    key_types,
    table_arguments,
)
from localcloud.provider.services.dynamodb.description import is_ready, table_properties
from localcloud.provider.services.dynamodb.recovery_and_ttl import (
    RECOVERY_DAYS,
    change_expiry,
    expiry,
    if_enabled,
    recovery,
    set_recovery,
)
from localcloud.provider.services.dynamodb.replicas import (
    change_replicas,
    read_replicas,
    remove_replica,
)
from localcloud.provider.services.dynamodb.update_calls import update_calls

_OFF = Prop(default=False)
_AWS_OWN = Prop(computed=True)

_INDEX = {"readCapacity": _AWS_OWN, "writeCapacity": _AWS_OWN, "onDemandThroughput": _AWS_OWN}
_REPLICA = {
    **{name: _AWS_OWN for name in ("arn", "streamArn", "streamLabel", "kmsKeyArn")},
    **{n: _OFF for n in ("pointInTimeRecovery", "deletionProtectionEnabled", "propagateTags")},
}


class Table(ResourceType):
    """A DynamoDB table; its id is its name."""

    token = "aws:dynamodb/table:Table"
    service = "dynamodb"
    name = AutoName(max=255, prefix=None)
    tags = TagCalls(read_call="list_tags_of_resource")
    volatile = frozenset({"streamArn", "streamLabel"})
    # One change at a time: DynamoDB says so in these two ways.
    retry_codes = {
        "ResourceInUseException": "being",
        "LimitExceededException": "simultaneous",
        "ContinuousBackupsUnavailableException": "",
    }
    props = {
        "name": Prop(replaces=True),
        "attributes": Prop(required=True, unordered=True),
        "hashKey": Prop(required=True, replaces=True),
        "rangeKey": Prop(replaces=True),
        "billingMode": Prop(default="PROVISIONED"),
        "readCapacity": Prop(computed=True),
        "writeCapacity": Prop(computed=True),
        "onDemandThroughput": Prop(
            normalize=lambda limits: {name: n for name, n in limits.items() if n != -1}
        ),
        "globalSecondaryIndexes": Prop(unordered=True, fields=_INDEX),
        "localSecondaryIndexes": Prop(replaces=True, unordered=True),
        "streamEnabled": _OFF,
        "streamViewType": Prop(computed=True),
        "ttl": Prop(normalize=if_enabled),
        "pointInTimeRecovery": Prop(
            normalize=if_enabled, fields={"recoveryPeriodInDays": Prop(default=RECOVERY_DAYS)}
        ),
        "serverSideEncryption": Prop(normalize=if_enabled, fields={"kmsKeyArn": _AWS_OWN}),
        "tableClass": Prop(default="STANDARD"),
        "deletionProtectionEnabled": _OFF,
        "replicas": Prop(unordered=True, fields=_REPLICA),
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """Refuse what DynamoDB would refuse later, and less clearly."""
        if inputs.get("streamEnabled") is True and "streamViewType" not in inputs:
            yield "streamViewType", "is needed when streamEnabled is true"
        provisioned = is_provisioned(inputs)
        if provisioned and not ("readCapacity" in inputs and "writeCapacity" in inputs):
            yield "billingMode", "PROVISIONED needs readCapacity and writeCapacity"
        yield from _unknown_keys(inputs)

    def must_replace(self, name: str, old: Props, new: Props) -> bool:
        """The type of a table's own key never changes in place."""
        if name == "attributes":
            return not has_unknown(new) and key_types(old) != key_types(new)
        return super().must_replace(name, old, new)

    def create(self, aws: Aws, inputs: Props) -> str:
        """Create the table with everything that CreateTable itself can do."""
        arguments = table_arguments(inputs) | present(Tags=pairs(sent(inputs)))
        aws.client("dynamodb").create_table(**arguments)
        return str(inputs["name"])

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """Add what DynamoDB only does to a table that is ready."""
        _ready(aws, id)
        if if_enabled(inputs.get("pointInTimeRecovery")):
            set_recovery(aws, id, inputs)
        if if_enabled(inputs.get("ttl")):
            change_expiry(aws, id, expiry(aws.client("dynamodb"), id), inputs["ttl"])
        if inputs.get("replicas"):
            there = self.read(aws, id, inputs) or {}
            change_replicas(aws, lambda call: _apply(aws, id, call), there, inputs)

    def created(self, aws: Aws, id: str, inputs: Props) -> Props | None:
        """Describe the table; recovery and expiry are as just set."""
        table = aws.client("dynamodb").describe_table(TableName=id)["Table"]
        settings = {name: inputs.get(name) for name in ("pointInTimeRecovery", "ttl")}
        return self._properties(aws, table, inputs) | settings

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Describe the table, its recovery and its expiry: three answers of DynamoDB."""
        client = aws.client("dynamodb")
        table = client.describe_table(TableName=id)["Table"]
        if table["TableStatus"] == "DELETING":
            return None
        return self._properties(aws, table, known) | {
            "pointInTimeRecovery": recovery(client, id, known),
            "ttl": expiry(client, id),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Make the changes one after the other, each when the one before is done."""
        for call in update_calls(old, new, changed):
            _apply(aws, id, call)
        if "pointInTimeRecovery" in changed:
            set_recovery(aws, id, new)
        if "ttl" in changed:
            change_expiry(aws, id, old.get("ttl"), new.get("ttl"))
        if "replicas" in changed:
            change_replicas(aws, lambda call: _apply(aws, id, call), old, new)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the replicas, then the table, and wait until its name is free again."""
        client = aws.client("dynamodb")
        if known.get("replicas"):
            for replica in (self.read(aws, id, known) or {}).get("replicas") or []:
                remove_replica(lambda call: _apply(aws, id, call), replica["regionName"])
        client.delete_table(TableName=id)
        aws.wait(lambda: _is_gone(client, id), what=f"table {id} to be deleted", timeout=600)

    def _properties(self, aws: Aws, table: Props, known: Props) -> Props:
        actual = table_properties(table) | {"replicas": read_replicas(aws, table, known)}
        if not actual["streamEnabled"]:  # the view of a stream that is off is the program's to say
            actual["streamViewType"] = known.get("streamViewType")
        return actual


def _unknown_keys(inputs: Props) -> Iterable[tuple[str, str]]:
    attributes = inputs.get("attributes")
    if not isinstance(attributes, list):
        return
    names = [item.get("name") for item in attributes if isinstance(item, dict)]
    for key in ("hashKey", "rangeKey"):
        wanted = inputs.get(key)
        if isinstance(wanted, str) and len(names) == len(attributes) and wanted not in names:
            yield key, f"'{wanted}' is not among the attributes"


def _ready(aws: Aws, name: str) -> None:
    client = aws.client("dynamodb")

    def check() -> bool:
        return is_ready(client.describe_table(TableName=name)["Table"])

    aws.wait(check, what=f"table {name} to be ready", timeout=1800)


def _apply(aws: Aws, name: str, call: Props) -> None:
    table = aws.client("dynamodb").update_table(TableName=name, **call)["TableDescription"]
    if not is_ready(table):
        _ready(aws, name)


def _is_gone(client: Any, name: str) -> bool:
    try:
        client.describe_table(TableName=name)
    except client.exceptions.ClientError as error:
        if is_missing(error):
            return True
        raise
    return False

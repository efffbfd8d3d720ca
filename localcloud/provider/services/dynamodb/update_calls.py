"""The UpdateTable calls that turn one set of table inputs into another.

DynamoDB makes one kind of change at a time: throughput, the stream, encryption, the table class,
and each index made or removed, are a call each, and the table must be ready before the next.
"""

from __future__ import annotations

from collections.abc import Iterator

from localcloud.provider.base.resource import Props
from localcloud.provider.services.dynamodb import definition

_CAPACITY = frozenset({"billingMode", "readCapacity", "writeCapacity", "onDemandThroughput"})
_STREAM = frozenset({"streamEnabled", "streamViewType"})


def update_calls(old: Props, new: Props, changed: frozenset[str]) -> Iterator[Props]:
    """Arguments of each UpdateTable call, in the order in which they must be made."""
    if "deletionProtectionEnabled" in changed:
        yield {"DeletionProtectionEnabled": bool(new.get("deletionProtectionEnabled"))}
    yield from _removed_indexes(old, new)
    yield from _capacity(old, new, changed)
    if changed & _STREAM:
        yield from _stream(old, new)
    if "tableClass" in changed:
        yield {"TableClass": new.get("tableClass") or "STANDARD"}
    if "serverSideEncryption" in changed:
        yield {"SSESpecification": definition.encryption(new)}
    yield from _new_indexes(old, new)


def _capacity(old: Props, new: Props, changed: frozenset[str]) -> Iterator[Props]:
    indexes = _changed_capacities(old, new)
    if not indexes and not changed & _CAPACITY:
        return
    call: Props = {}
    if "billingMode" in changed:
        call["BillingMode"] = definition.billing_mode(new)
    if definition.is_provisioned(new) and changed & _CAPACITY:
        call["ProvisionedThroughput"] = definition.throughput(new, old)
    if "onDemandThroughput" in changed:
        call["OnDemandThroughput"] = _limits(new.get("onDemandThroughput"))
    if indexes:
        call["GlobalSecondaryIndexUpdates"] = [{"Update": update} for update in indexes]
    if call:
        yield call


def _changed_capacities(old: Props, new: Props) -> list[Props]:
    """Updates of the indexes that stay, when the program names their capacity."""
    before = _by_name(old)
    switched = definition.billing_mode(old) != definition.billing_mode(new)
    if not definition.is_provisioned(new):
        return []
    return [
        {"IndexName": name, "ProvisionedThroughput": definition.throughput(index, before[name])}
        for name, index in _by_name(new).items()
        if name in before
        and not _rebuilt(before[name], index)
        and (switched or _capacity_of(index, before[name]) != _capacity_of(before[name], {}))
    ]


def _capacity_of(index: Props, fallback: Props) -> tuple[int, int]:
    units = definition.throughput(index, fallback)
    return units["ReadCapacityUnits"], units["WriteCapacityUnits"]


def _limits(limits: Props | None) -> Props:
    # -1 lifts a limit (API reference, OnDemandThroughput).
    return {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1} | definition.on_demand(limits)


def _stream(old: Props, new: Props) -> Iterator[Props]:
    if old.get("streamEnabled"):  # a stream's view cannot change: it is ended and begun anew
        yield {"StreamSpecification": {"StreamEnabled": False}}
    if new.get("streamEnabled"):
        yield {"StreamSpecification": definition.stream(new)}


def _removed_indexes(old: Props, new: Props) -> Iterator[Props]:
    after = _by_name(new)
    for name, index in _by_name(old).items():
        if name not in after or _rebuilt(index, after[name]):
            yield {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]}


def _new_indexes(old: Props, new: Props) -> Iterator[Props]:
    before = _by_name(old)
    for name, index in _by_name(new).items():
        if name not in before or _rebuilt(before[name], index):
            yield {
                "AttributeDefinitions": definition.attributes(new),
                "GlobalSecondaryIndexUpdates": [{"Create": definition.global_index(index, new)}],
            }


def _by_name(table: Props) -> dict[str, Props]:
    return {index["name"]: index for index in table.get("globalSecondaryIndexes") or []}


def _rebuilt(old: Props, new: Props) -> bool:
    """Whether an index must be made anew: its keys and projection never change in place."""
    return any(
        (old.get(name) or None) != (new.get(name) or None)
        for name in ("hashKey", "rangeKey", "projectionType")
    ) or sorted(old.get("nonKeyAttributes") or []) != sorted(new.get("nonKeyAttributes") or [])

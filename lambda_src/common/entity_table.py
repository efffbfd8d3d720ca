"""Entities in DynamoDB, written conditionally."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from common.aws import client, setting
from common.dynamo import from_item, to_item
from common.entities import Entity, Kind
from common.errors import NotFound

OWN: Final = ("version", "created_at", "updated_at", "write_id", "origin")
"""Attributes beside the id and the fields; no field may be called so."""


@dataclass(frozen=True, kw_only=True)
class DynamoTable:
    """A table of one kind of entity."""

    name: str
    fields: Sequence[str]

    @classmethod
    def from_environment(cls, kind: Kind) -> Self:
        """The table of the deployed function: ITEMS_TABLE names that of `items`."""
        client("dynamodb")
        return cls(name=setting(f"{kind.name.upper()}_TABLE"), fields=kind.fields)

    def insert(self, entity: Entity) -> Entity | None:
        """Put the item unless its id is taken."""
        item = {"id": entity.id, **entity.fields, **_own(entity)}
        database = client("dynamodb")
        try:
            database.put_item(
                TableName=self.name,
                Item=to_item(item),
                ConditionExpression="attribute_not_exists(id)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except database.exceptions.ConditionalCheckFailedException as error:
            return self._found(error)
        return None

    def get(self, id: str) -> Entity | None:
        """Read the item, consistently."""
        answer = client("dynamodb").get_item(
            TableName=self.name, Key=to_item({"id": id}), ConsistentRead=True
        )
        return self._entity(answer["Item"]) if "Item" in answer else None

    def replace(self, entity: Entity, *, expected: int) -> Entity | None:
        """Update all fields in one step, if the version is the expected one."""
        change, names, values = self._update({**entity.fields, **_changing(entity)})
        database = client("dynamodb")
        try:
            answer = database.update_item(
                TableName=self.name,
                Key=to_item({"id": entity.id}),
                UpdateExpression=change,
                ConditionExpression="#version = :expected",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=to_item({**values, ":expected": expected}),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except database.exceptions.ConditionalCheckFailedException as error:
            return self._found(error)
        return self._entity(answer["Attributes"])

    def delete(self, id: str, *, expected: int) -> Entity | None:
        """Delete the item in one step, if it is there and has the expected version."""
        database = client("dynamodb")
        try:
            database.delete_item(
                TableName=self.name,
                Key=to_item({"id": id}),
                ConditionExpression="#version = :expected",
                ExpressionAttributeNames={"#version": "version"},
                ExpressionAttributeValues=to_item({":expected": expected}),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except database.exceptions.ConditionalCheckFailedException as error:
            found = self._found(error)
            if found is None:
                raise NotFound("There is none with this id.") from None
            return found
        return None

    def page(self, *, limit: int, after: str | None) -> list[Entity]:
        """Scan on from an id; an answer that DynamoDB cut short is continued."""
        found: list[Entity] = []
        start = to_item({"id": after}) if after else None
        while True:
            answer = client("dynamodb").scan(
                TableName=self.name,
                Limit=limit - len(found),
                ConsistentRead=True,
                **({"ExclusiveStartKey": start} if start else {}),
            )
            found += map(self._entity, answer["Items"])
            start = answer.get("LastEvaluatedKey")
            if start is None or len(found) >= limit:
                return found

    def _update(self, wanted: Mapping[str, Any]) -> tuple[str, dict[str, str], dict[str, Any]]:
        present = {name: value for name, value in wanted.items() if value is not None}
        absent = [name for name in self.fields if name not in present]
        change = "SET " + ", ".join(f"#{name} = :{name}" for name in present)
        if absent:
            change += " REMOVE " + ", ".join(f"#{name}" for name in absent)
        names = {f"#{name}": name for name in (*present, *absent)}
        return change, names, {f":{name}": value for name, value in present.items()}

    def _found(self, error: Any) -> Entity | None:
        item = error.response.get("Item")
        return self._entity(item) if item else None

    def _entity(self, item: Mapping[str, Any]) -> Entity:
        values = from_item(item)
        fields = {name: values[name] for name in self.fields if name in values}
        return Entity(id=values["id"], fields=fields, **{name: values[name] for name in OWN})


def _own(entity: Entity) -> dict[str, Any]:
    return {name: getattr(entity, name) for name in OWN}


def _changing(entity: Entity) -> dict[str, Any]:
    kept = ("created_at", "origin")
    return {name: value for name, value in _own(entity).items() if name not in kept}

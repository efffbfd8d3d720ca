"""Systems Manager: parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from localcloud.provider.base.resource import (
    AutoName,
    Aws,
    Prop,
    Props,
    ResourceType,
    TagCalls,
    by_id,
    empty,
    pairs,
    present,
    sent,
)

_TYPES = ("String", "StringList", "SecureString")
_CALL_FIELDS = {
    "allowedPattern": "AllowedPattern",
    "dataType": "DataType",
    "description": "Description",
    "keyId": "KeyId",
    "tier": "Tier",
}


class Parameter(ResourceType):
    """A named value; SecureString ones are encrypted with a KMS key."""

    token = "aws:ssm/parameter:Parameter"
    service = "ssm"
    name = AutoName(max=1011, prefix=None)
    props = {
        "name": Prop(replaces=True),
        "type": Prop(required=True),
        "value": Prop(secret=True),
        "insecureValue": Prop(),
        "description": Prop(),
        "keyId": Prop(computed=True),
        "tier": Prop(default="Standard"),
        "dataType": Prop(default="text", replaces=True),
        "allowedPattern": Prop(),
        "overwrite": Prop(provider_only=True),
    }
    tags = TagCalls(
        read_call="list_tags_for_resource",
        write_call="add_tags_to_resource",
        drop_call="remove_tags_from_resource",
        argument="ResourceId",
        address=by_id,
        field="TagList",
        write_field="Tags",
        extra={"ResourceType": "Parameter"},
    )
    secret_outputs = frozenset({"value"})
    volatile = frozenset({"version"})

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """A parameter needs a known type and exactly one value."""
        kind = inputs.get("type")
        if isinstance(kind, str) and kind not in _TYPES:
            yield "type", f"must be one of {', '.join(_TYPES)}"
        if ("value" in inputs) == ("insecureValue" in inputs):
            yield "value", "give exactly one of value and insecureValue"
        if kind == "SecureString" and "insecureValue" in inputs:
            yield "insecureValue", "a SecureString needs value"

    def must_replace(self, name: str, old: Props, new: Props) -> bool:
        """AWS converts between String and StringList, not to or from SecureString."""
        if name == "type":
            return "SecureString" in (old.get("type"), new.get("type"))
        return super().must_replace(name, old, new)

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put it, with its tags."""
        overwrite = bool(inputs.get("overwrite"))
        tags = {} if overwrite else present(Tags=pairs(sent(inputs)))
        self._put(aws, inputs, Overwrite=overwrite, **tags)
        return str(inputs["name"])

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """AWS takes no tags together with Overwrite: those follow here."""
        if inputs.get("overwrite") and (tags := sent(inputs)):
            self.tags.write(aws.client("ssm"), id, inputs, put=tags, drop=[])

    def created(self, aws: Aws, id: str, inputs: Props) -> Props | None:
        """Everything about a new parameter is known already, except what AWS may choose itself."""
        if inputs.get("overwrite") or (inputs["type"] == "SecureString" and "keyId" not in inputs):
            return self.read(aws, id, inputs)
        actual = {name: inputs[name] for name in self.props if name in inputs}
        return self._with_arn(aws, id, {"tier": "Standard", "dataType": "text", **actual}, 1)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Value and type come from one call, the rest from another."""
        client = aws.client("ssm")
        got = client.get_parameter(Name=id, WithDecryption=True)["Parameter"]
        about = client.describe_parameters(
            ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": [id]}]
        )["Parameters"]
        described = about[0] if about else {}
        plain = got["Type"] != "SecureString" and "insecureValue" in known
        actual = {name: described.get(field) for name, field in _CALL_FIELDS.items()}
        actual["dataType"] = actual["dataType"] or got.get("DataType")
        actual |= {"name": id, "type": got["Type"], "value": got["Value"]}
        if plain:
            actual["insecureValue"] = actual.pop("value")
        return self._with_arn(aws, id, actual, got["Version"])

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Put it again; a text that the program took out is emptied, or AWS keeps it."""
        texts = changed & {"description", "allowedPattern"}
        cleared = {_CALL_FIELDS[name]: "" for name in texts if empty(new.get(name))}
        self._put(aws, new, Overwrite=True, **cleared)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete it by name."""
        aws.client("ssm").delete_parameter(Name=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Names are unique, so the parameter of that name is ours."""
        aws.client("ssm").get_parameter(Name=inputs["name"])
        return str(inputs["name"])

    def _put(self, aws: Aws, inputs: Props, **more: Any) -> None:
        fields = {field: inputs.get(name) for name, field in _CALL_FIELDS.items()}
        value = inputs.get("value", inputs.get("insecureValue"))
        aws.client("ssm").put_parameter(
            Name=inputs["name"], Type=inputs["type"], Value=value, **present(**fields), **more
        )

    def _with_arn(self, aws: Aws, id: str, actual: Props, version: int) -> Props:
        arn = aws.arn("ssm", "parameter" + (id if id.startswith("/") else f"/{id}"))
        return {**actual, "arn": arn, "version": version}


TYPES = [Parameter()]

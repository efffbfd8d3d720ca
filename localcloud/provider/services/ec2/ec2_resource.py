"""What all EC2 types share: ids that AWS makes, found again by a token in the tags."""

from __future__ import annotations

from typing import Any, ClassVar

from localcloud.provider.base.errors import is_missing
from localcloud.provider.base.resource import (
    TOKEN_INPUT,
    TOKEN_TAG,
    Aws,
    Props,
    ResourceType,
    pairs,
    sent,
)
from localcloud.provider.base.tags import TagMap, visible


class Ec2Tags:
    """EC2's tag dialect; descriptions hold the tags, so reading them is seldom a call."""

    at_create = True

    def read(self, client: Any, id: str, known: Props) -> TagMap:
        """All tags of the resource."""
        pages = client.get_paginator("describe_tags")
        found = pages.paginate(Filters=[{"Name": "resource-id", "Values": [id]}])
        return {tag["Key"]: tag["Value"] for page in found for tag in page["Tags"]}

    def write(self, client: Any, id: str, known: Props, *, put: TagMap, drop: list[str]) -> None:
        """Set the tags in `put` and remove those named in `drop`."""
        if drop:
            client.delete_tags(Resources=[id], Tags=[{"Key": key} for key in drop])
        if put:
            client.create_tags(Resources=[id], Tags=pairs(put))


class Ec2Resource(ResourceType):
    """A resource that EC2 describes in a list and tags by its id."""

    service = "ec2"
    creation_token = True
    tags = Ec2Tags()
    kind: ClassVar[str]  # EC2's name of the resource type in tag specifications
    describe: ClassVar[str]  # the client method that lists them
    listed: ClassVar[str]  # the answer's field with the list
    id_field: ClassVar[str]  # the field of a description that holds the id; plural: its argument

    def properties(self, aws: Aws, found: Props, known: Props) -> Props:
        """Turn a description into properties; the base adds the tags."""
        raise NotImplementedError

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Describe the resource by its id."""
        found = self.described(aws, id)
        if found is None:
            return None
        return {**self.properties(aws, found, known), "tagsAll": visible(_tags_of(found))}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Look for the token that an interrupted creation has left in the tags."""
        token = inputs.get(TOKEN_INPUT)
        for found in self._list(aws, filters(**{f"tag:{TOKEN_TAG}": token})) if token else ():
            if _tags_of(found).get(TOKEN_TAG) == token:
                return str(found[self.id_field])
        return None

    def described(self, aws: Aws, id: str) -> Props | None:
        """Describe one resource; None when EC2 lists none, or says that there is none."""
        try:
            listed = self._list(aws, {f"{self.id_field}s": [id]})
        except aws.client("ec2").exceptions.ClientError as error:
            if is_missing(error):
                return None
            raise
        return next((found for found in listed if found[self.id_field] == id), None)

    def _list(self, aws: Aws, arguments: Props) -> list[Props]:
        answer = getattr(aws.client("ec2"), self.describe)(**arguments)
        found: list[Props] = answer.get(self.listed) or []
        return found

    def tagged(self, inputs: Props) -> Props:
        """Give the tag specification of a creating call."""
        tags = sent(inputs)
        if not tags:
            return {}
        return {"TagSpecifications": [{"ResourceType": self.kind, "Tags": pairs(tags)}]}


def _tags_of(found: Props) -> TagMap:
    return {tag["Key"]: tag["Value"] for tag in found.get("Tags") or []}


def filters(**wanted: str) -> Props:
    """Arguments of a describing call that choose by equality; "_" in a name stands for "-"."""
    chosen = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in wanted.items()]
    return {"Filters": chosen}

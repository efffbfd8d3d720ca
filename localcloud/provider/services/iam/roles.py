"""Roles."""

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
    json_text,
    pairs,
    present,
    sent,
)


class Role(ResourceType):
    """A role. Its inline policies are resources of their own, so `inlinePolicies` is refused."""

    token = "aws:iam/role:Role"
    service = "iam"
    regional = False
    name = AutoName(max=64)
    props = {
        "name": Prop(replaces=True),
        "namePrefix": Prop(replaces=True, provider_only=True),
        "path": Prop(default="/", replaces=True),
        "assumeRolePolicy": Prop(required=True, json=True),
        "description": Prop(),
        "maxSessionDuration": Prop(default=3600),
        "permissionsBoundary": Prop(),
        "forceDetachPolicies": Prop(provider_only=True),
    }
    tags = TagCalls(
        read_call="list_role_tags",
        write_call="tag_role",
        drop_call="untag_role",
        argument="RoleName",
        address=by_id,
    )
    # A principal that was made a moment ago is not known everywhere yet.
    retry_codes = {
        "MalformedPolicyDocument": "Invalid principal",
        "MalformedPolicyDocumentException": "Invalid principal",
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """Sessions last one to twelve hours (IAM limits)."""
        seconds = inputs.get("maxSessionDuration")
        if isinstance(seconds, int) and not 3600 <= seconds <= 43200:
            yield "maxSessionDuration", "must be 3600 to 43200 seconds"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the role whole, in one call."""
        aws.client("iam").create_role(
            RoleName=inputs["name"],
            AssumeRolePolicyDocument=json_text(inputs["assumeRolePolicy"]),
            **present(
                Path=inputs.get("path"),
                Description=inputs.get("description"),
                MaxSessionDuration=inputs.get("maxSessionDuration"),
                PermissionsBoundary=inputs.get("permissionsBoundary"),
                Tags=pairs(sent(inputs)),
            ),
        )
        return str(inputs["name"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """One call answers everything, tags included."""
        role = aws.client("iam").get_role(RoleName=id)["Role"]
        boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        return {
            "name": role["RoleName"],
            "arn": role["Arn"],
            "path": role["Path"],
            "uniqueId": role["RoleId"],
            "createDate": role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "assumeRolePolicy": json_text(role["AssumeRolePolicyDocument"]),
            "description": role.get("Description"),
            "maxSessionDuration": role.get("MaxSessionDuration"),
            "permissionsBoundary": boundary,
            "tagsAll": self.tags.parse(role.get("Tags") or []),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Each part has its own call."""
        client = aws.client("iam")
        if "assumeRolePolicy" in changed:
            document = json_text(new["assumeRolePolicy"])
            client.update_assume_role_policy(RoleName=id, PolicyDocument=document)
        if "description" in changed:
            client.update_role_description(RoleName=id, Description=new.get("description", ""))
        if "maxSessionDuration" in changed:
            client.update_role(RoleName=id, MaxSessionDuration=new.get("maxSessionDuration", 3600))
        if "permissionsBoundary" in changed:
            self._bound(client, id, new.get("permissionsBoundary"))

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the role, with what hangs on it if the program asked for that."""
        client = aws.client("iam")
        if known.get("forceDetachPolicies"):
            self._strip(client, id)
        client.delete_role(RoleName=id)

    def _bound(self, client: Any, id: str, boundary: str | None) -> None:
        if boundary:
            client.put_role_permissions_boundary(RoleName=id, PermissionsBoundary=boundary)
        else:
            client.delete_role_permissions_boundary(RoleName=id)

    def _strip(self, client: Any, id: str) -> None:
        for page in client.get_paginator("list_attached_role_policies").paginate(RoleName=id):
            for policy in page["AttachedPolicies"]:
                client.detach_role_policy(RoleName=id, PolicyArn=policy["PolicyArn"])
        for page in client.get_paginator("list_role_policies").paginate(RoleName=id):
            for name in page["PolicyNames"]:
                client.delete_role_policy(RoleName=id, PolicyName=name)

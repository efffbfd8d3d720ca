"""Identity and Access Management: roles, their inline policies, managed policies, attachments."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from localcloud.provider.resource import (
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

_MAX_VERSIONS = 5  # of a managed policy (IAM quota)


def document_text(document: Any) -> str:
    """Give a policy document as text: boto3 has parsed it already."""
    return document if isinstance(document, str) else json.dumps(document)


def _tags_in(answer: Props) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in answer.get("Tags", [])}


class Role(ResourceType):
    """A role. Its inline policies are resources of their own, so `inlinePolicies` is refused."""

    token = "aws:iam/role:Role"
    service = "iam"
    regional = False
    name = AutoName(max=64)
    props = {
        "name": Prop(replaces=True),
        "namePrefix": Prop(replaces=True, local=True),
        "path": Prop(default="/", replaces=True),
        "assumeRolePolicy": Prop(required=True, json=True),
        "description": Prop(),
        "maxSessionDuration": Prop(default=3600),
        "permissionsBoundary": Prop(),
        "forceDetachPolicies": Prop(local=True),
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
        """One call tells everything, tags included."""
        role = aws.client("iam").get_role(RoleName=id)["Role"]
        boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        return {
            "name": role["RoleName"],
            "arn": role["Arn"],
            "path": role["Path"],
            "uniqueId": role["RoleId"],
            "createDate": role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "assumeRolePolicy": document_text(role["AssumeRolePolicyDocument"]),
            "description": role.get("Description"),
            "maxSessionDuration": role.get("MaxSessionDuration"),
            "permissionsBoundary": boundary,
            "tagsAll": _tags_in(role),
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


class RolePolicy(ResourceType):
    """A policy inside a role; its id is "role:name"."""

    token = "aws:iam/rolePolicy:RolePolicy"
    service = "iam"
    regional = False
    name = AutoName(max=128)
    props = {
        "name": Prop(replaces=True),
        "namePrefix": Prop(replaces=True, local=True),
        "role": Prop(required=True, replaces=True),
        "policy": Prop(required=True, json=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put it into the role."""
        self._put(aws, inputs)
        return f"{inputs['role']}:{inputs['name']}"

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """The id says where it is."""
        role, _, name = id.partition(":")
        found = aws.client("iam").get_role_policy(RoleName=role, PolicyName=name)
        return {"role": role, "name": name, "policy": document_text(found["PolicyDocument"])}

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Put the new document over the old one."""
        self._put(aws, new)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Take it out of the role."""
        role, _, name = id.partition(":")
        aws.client("iam").delete_role_policy(RoleName=role, PolicyName=name)

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """Role and name make the id."""
        return f"{inputs['role']}:{inputs['name']}"

    def _put(self, aws: Aws, inputs: Props) -> None:
        aws.client("iam").put_role_policy(
            RoleName=inputs["role"],
            PolicyName=inputs["name"],
            PolicyDocument=json_text(inputs["policy"]),
        )


class Policy(ResourceType):
    """A managed policy; a change makes a new version, of which AWS keeps five."""

    token = "aws:iam/policy:Policy"
    service = "iam"
    regional = False
    name = AutoName(max=128)
    props = {
        "name": Prop(replaces=True),
        "namePrefix": Prop(replaces=True, local=True),
        "path": Prop(default="/", replaces=True),
        "description": Prop(replaces=True),
        "policy": Prop(required=True, json=True),
    }
    tags = TagCalls(
        read_call="list_policy_tags",
        write_call="tag_policy",
        drop_call="untag_policy",
        argument="PolicyArn",
        address=by_id,
    )

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make it with its first version."""
        made = aws.client("iam").create_policy(
            PolicyName=inputs["name"],
            PolicyDocument=json_text(inputs["policy"]),
            **present(
                Path=inputs.get("path"),
                Description=inputs.get("description"),
                Tags=pairs(sent(inputs)),
            ),
        )
        return str(made["Policy"]["Arn"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """The document is that of the default version."""
        client = aws.client("iam")
        policy = client.get_policy(PolicyArn=id)["Policy"]
        version = client.get_policy_version(PolicyArn=id, VersionId=policy["DefaultVersionId"])
        return {
            "arn": policy["Arn"],
            "name": policy["PolicyName"],
            "path": policy["Path"],
            "policyId": policy["PolicyId"],
            "description": policy.get("Description"),
            "policy": document_text(version["PolicyVersion"]["Document"]),
            "tagsAll": _tags_in(policy),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Make a new default version, after making room for it."""
        client = aws.client("iam")
        others = self._other_versions(client, id)
        for version in others[: max(0, len(others) + 2 - _MAX_VERSIONS)]:
            client.delete_policy_version(PolicyArn=id, VersionId=version)
        document = json_text(new["policy"])
        client.create_policy_version(PolicyArn=id, PolicyDocument=document, SetAsDefault=True)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """AWS wants all other versions gone first."""
        client = aws.client("iam")
        for version in self._other_versions(client, id):
            client.delete_policy_version(PolicyArn=id, VersionId=version)
        client.delete_policy(PolicyArn=id)

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """Path and name make the ARN."""
        resource = f"policy{inputs.get('path') or '/'}{inputs['name']}"
        return aws.arn("iam", resource, region="")

    def _other_versions(self, client: Any, id: str) -> list[str]:
        """Ids of the versions that are not the default one, oldest first."""
        found = client.list_policy_versions(PolicyArn=id)["Versions"]
        others = [version["VersionId"] for version in found if not version["IsDefaultVersion"]]
        return sorted(others, key=lambda version: int(version.lstrip("v")))


class RolePolicyAttachment(ResourceType):
    """A managed policy attached to a role; its id is "role/arn"."""

    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    service = "iam"
    regional = False
    props = {
        "role": Prop(required=True, replaces=True),
        "policyArn": Prop(required=True, replaces=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Attach it."""
        role, policy = inputs["role"], inputs["policyArn"]
        aws.client("iam").attach_role_policy(RoleName=role, PolicyArn=policy)
        return f"{role}/{policy}"

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """It exists while the role lists the policy."""
        role, _, policy = id.partition("/")
        pages = aws.client("iam").get_paginator("list_attached_role_policies")
        for page in pages.paginate(RoleName=role):
            if any(found["PolicyArn"] == policy for found in page["AttachedPolicies"]):
                return {"role": role, "policyArn": policy}
        return None

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Detach it."""
        role, _, policy = id.partition("/")
        aws.client("iam").detach_role_policy(RoleName=role, PolicyArn=policy)

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """Both inputs make the id."""
        return f"{inputs['role']}/{inputs['policyArn']}"


TYPES = [Role(), RolePolicy(), Policy(), RolePolicyAttachment()]

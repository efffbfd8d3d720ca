"""What a role is given: inline policies, and managed ones attached."""

from __future__ import annotations

from localcloud.provider.base.resource import (
    AutoName,
    Aws,
    Prop,
    Props,
    ResourceType,
    json_text,
)


class RolePolicy(ResourceType):
    """A policy inside a role; its id is "role:name"."""

    token = "aws:iam/rolePolicy:RolePolicy"
    service = "iam"
    regional = False
    name = AutoName(max=128)
    props = {
        "name": Prop(replaces=True),
        "namePrefix": Prop(replaces=True, provider_only=True),
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
        return {"role": role, "name": name, "policy": json_text(found["PolicyDocument"])}

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

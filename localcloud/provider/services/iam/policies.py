"""Managed policies."""

from __future__ import annotations

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

_MAX_VERSIONS = 5  # of a managed policy (IAM quota)


class Policy(ResourceType):
    """A managed policy; a change makes a new version, of which AWS keeps five."""

    token = "aws:iam/policy:Policy"
    service = "iam"
    regional = False
    name = AutoName(max=128)
    props = {
        "name": Prop(replaces=True),
        "namePrefix": Prop(replaces=True, provider_only=True),
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
            "policy": json_text(version["PolicyVersion"]["Document"]),
            "tagsAll": self.tags.parse(policy.get("Tags") or []),
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

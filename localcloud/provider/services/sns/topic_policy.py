"""aws:sns/topicPolicy: who may use a topic."""

from __future__ import annotations

import json

from localcloud.provider.base.resource import Aws, Prop, Props, ResourceType, json_text, json_value
from localcloud.provider.services.sns.default_policy import DEFAULT_ID, default_policy


class TopicPolicy(ResourceType):
    """Who may use a topic; the id is the topic's ARN."""

    token = "aws:sns/topicPolicy:TopicPolicy"
    service = "sns"
    props = {
        "arn": Prop(required=True, replaces=True),
        "policy": Prop(required=True, json=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Set the policy."""
        _set_policy(aws, inputs["arn"], json_text(inputs["policy"]))
        return str(inputs["arn"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the policy; AWS's own default one counts as none."""
        found = aws.client("sns").get_topic_attributes(TopicArn=id)["Attributes"]
        policy = found.get("Policy")
        if not policy or json_value(policy).get("Id") == DEFAULT_ID:
            return None
        return {"arn": id, "policy": policy, "owner": found.get("Owner")}

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Set the new policy."""
        _set_policy(aws, id, json_text(new["policy"]))

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Set the policy that AWS gives to new topics: a topic cannot be without one."""
        _set_policy(aws, id, json.dumps(default_policy(id)))

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """Return the topic's ARN."""
        return str(inputs["arn"])


def _set_policy(aws: Aws, arn: str, policy: str) -> None:
    aws.client("sns").set_topic_attributes(
        TopicArn=arn, AttributeName="Policy", AttributeValue=policy
    )

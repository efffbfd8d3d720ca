"""aws:sns/topicSubscription: who gets a topic's messages."""

from __future__ import annotations

from collections.abc import Mapping

from localcloud.provider.base.errors import code_of
from localcloud.provider.base.resource import Aws, Prop, Props, ResourceType, json_text, present

_SUBSCRIPTION: Mapping[str, str] = {
    "deliveryPolicy": "DeliveryPolicy",
    "filterPolicy": "FilterPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "rawMessageDelivery": "RawMessageDelivery",
    "redrivePolicy": "RedrivePolicy",
    "replayPolicy": "ReplayPolicy",
    "subscriptionRoleArn": "SubscriptionRoleArn",
}


class TopicSubscription(ResourceType):
    """A subscriber; the id is the subscription's ARN."""

    token = "aws:sns/topicSubscription:TopicSubscription"
    service = "sns"
    props = {
        "topic": Prop(required=True, replaces=True),
        "protocol": Prop(required=True, replaces=True),
        "endpoint": Prop(required=True, replaces=True),
        **{name: Prop() for name in _SUBSCRIPTION},
        "deliveryPolicy": Prop(json=True),
        "filterPolicy": Prop(json=True),
        "filterPolicyScope": Prop(computed=True),
        "rawMessageDelivery": Prop(default=False),
        "redrivePolicy": Prop(json=True),
        "replayPolicy": Prop(json=True),
        "confirmationTimeoutInMinutes": Prop(provider_only=True),
        "endpointAutoConfirms": Prop(provider_only=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Subscribe; an e-mail's owner still has to confirm, which this does not wait for."""
        attributes = {_SUBSCRIPTION[n]: json_text(inputs[n]) for n in _SUBSCRIPTION if n in inputs}
        answer = aws.client("sns").subscribe(
            TopicArn=inputs["topic"],
            Protocol=inputs["protocol"],
            Endpoint=inputs["endpoint"],
            ReturnSubscriptionArn=True,
            **present(Attributes=attributes),
        )
        return str(answer["SubscriptionArn"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read all attributes."""
        found = aws.client("sns").get_subscription_attributes(SubscriptionArn=id)["Attributes"]
        actual = {
            ours: found[theirs] for ours, theirs in _SUBSCRIPTION.items() if found.get(theirs)
        }
        return {
            **actual,
            "arn": id,
            "topic": found["TopicArn"],
            "protocol": found["Protocol"],
            "endpoint": found["Endpoint"],
            "ownerId": found.get("Owner"),
            "rawMessageDelivery": found.get("RawMessageDelivery") == "true",
            "confirmationWasAuthenticated": found.get("ConfirmationWasAuthenticated") == "true",
            "pendingConfirmation": found.get("PendingConfirmation") == "true",
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Set the changed attributes, one a call; the scope goes before the filter it is for."""
        for name in sorted(changed & _SUBSCRIPTION.keys(), reverse=True):
            reset = "false" if name == "rawMessageDelivery" else ""
            value = new.get(name)
            aws.client("sns").set_subscription_attributes(
                SubscriptionArn=id,
                AttributeName=_SUBSCRIPTION[name],
                AttributeValue=reset if value is None else json_text(value),
            )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Unsubscribe; one still to be confirmed cannot be, and goes by itself in 48 hours."""
        try:
            aws.client("sns").unsubscribe(SubscriptionArn=id)
        except aws.client("sns").exceptions.ClientError as error:
            if code_of(error) != "InvalidParameter" or "pending" not in str(error):
                raise

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Look through the topic's subscriptions for this endpoint."""
        pages = aws.client("sns").get_paginator("list_subscriptions_by_topic")
        for page in pages.paginate(TopicArn=inputs["topic"]):
            for found in page["Subscriptions"]:
                same = all(found[n.capitalize()] == inputs[n] for n in ("protocol", "endpoint"))
                if same and found["SubscriptionArn"].startswith("arn:"):
                    return str(found["SubscriptionArn"])
        return None

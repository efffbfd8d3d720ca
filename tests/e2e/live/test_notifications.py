"""An alarm that rings, and one that ends, reach whoever has subscribed to the topic."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.live.system import System
from tests.patience import until

REASON = "The test says so."


@dataclass(frozen=True)
class Listener:
    """A queue that is subscribed to the topic of the alarms."""

    system: System
    url: str

    def heard(self, count: int) -> dict[str, dict[str, str]]:
        """Alarm → what CloudWatch told of it, from the next `count` messages and no more."""
        sqs, told = self.system.client("sqs"), {}
        for _ in range(count):
            [message] = until(self._messages, f"{count} notifications")
            sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
            body: dict[str, str] = json.loads(json.loads(message["Body"])["Message"])
            told[body["AlarmName"]] = body
        assert self._messages() == []
        return told

    def _messages(self) -> list[dict[str, str]]:
        found = self.system.client("sqs").receive_message(QueueUrl=self.url)
        return list(found.get("Messages", []))


@pytest.fixture
def listener(system: System) -> Iterator[Listener]:
    """A subscriber, whose queue lets the topic write and nobody else."""
    sqs, sns = system.client("sqs"), system.client("sns")
    topic = system.outputs["observability"]["topic_arn"]
    url = sqs.create_queue(QueueName="listener")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn = attributes["Attributes"]["QueueArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]
    yield Listener(system, url)
    sns.unsubscribe(SubscriptionArn=subscription)
    sqs.delete_queue(QueueUrl=url)


def test_the_topic_is_encrypted_with_our_own_key(system: System) -> None:
    topic = system.outputs["observability"]["topic_arn"]
    attributes = system.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]
    assert attributes["KmsMasterKeyId"] == system.outputs["network-security"]["logs_key_arn"]


def test_every_deployed_alarm_notifies_the_topic_on_alarm_and_on_ok(system: System) -> None:
    topic = system.outputs["observability"]["topic_arn"]
    alarms = _alarms(system)
    parts = {name for name in _names(system) if re.search("burn-.*-(long|short)-", name)}
    assert len(parts) == 4  # of the burn alarms, which notify in their stead
    for alarm in alarms:
        expected = [] if alarm["AlarmName"] in parts else [topic]
        assert alarm["AlarmActions"] == alarm["OKActions"] == expected, alarm["AlarmName"]


def test_alarm_and_ok_are_heard_and_the_service_counts_as_unhealthy_meanwhile(
    system: System, listener: Listener
) -> None:
    unhealthy = system.outputs["observability"]["unhealthy_alarm_name"]
    [name] = [alarm for alarm in _names(system) if alarm.startswith("process-errors-")]
    for state in ("ALARM", "OK"):
        system.client("cloudwatch").set_alarm_state(
            AlarmName=name, StateValue=state, StateReason=REASON
        )
        told = listener.heard(2)
        assert set(told) == {name, unhealthy}
        assert {message["NewStateValue"] for message in told.values()} == {state}
        assert told[name]["NewStateReason"] == REASON
        assert told[name]["AlarmDescription"]


def test_refused_requests_are_told_of_and_are_no_sign_of_ill_health(
    system: System, listener: Listener
) -> None:
    [name] = [alarm for alarm in _names(system) if alarm.startswith("api-4xx-")]
    for state in ("ALARM", "OK"):
        system.client("cloudwatch").set_alarm_state(
            AlarmName=name, StateValue=state, StateReason=REASON
        )
        assert set(listener.heard(1)) == {name}


def _names(system: System) -> set[str]:
    return {alarm["AlarmName"] for alarm in _alarms(system)}


def _alarms(system: System) -> list[dict[str, Any]]:
    kinds = ("MetricAlarm", "CompositeAlarm")
    pages = system.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmTypes=kinds)
    return [alarm for page in pages for kind in kinds for alarm in page[f"{kind}s"]]

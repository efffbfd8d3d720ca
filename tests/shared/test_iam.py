from __future__ import annotations

import asyncio
import json
from typing import Any

import pulumi
import pytest

from shared.iam import Statement, policy, trust


async def _value(text: pulumi.Output[str]) -> str:
    return str(await text.future())


def test_a_statement_leaves_out_what_it_does_not_say() -> None:
    statement = Statement(sid="Read", actions=["s3:GetObject"], resources="arn:aws:s3:::b/*")
    assert statement.document() == {
        "Sid": "Read",
        "Effect": "Allow",
        "Action": ["s3:GetObject"],
        "Resource": "arn:aws:s3:::b/*",
    }


@pytest.mark.parametrize("resources", ["*", ["arn:aws:s3:::b", "*"]])
def test_everything_is_allowed_for_a_reason_only(resources: Any) -> None:
    with pytest.raises(ValueError, match="Statement All allows"):
        Statement(sid="All", actions=["xray:PutTraceSegments"], resources=resources)
    Statement(sid="All", actions=["xray:PutTraceSegments"], resources=resources, reason="X-Ray")


def test_every_action_is_never_allowed_without_a_reason() -> None:
    with pytest.raises(ValueError, match="Statement Root allows"):
        Statement(sid="Root", actions=["*"], resources="arn:aws:s3:::b")


def test_denying_everything_needs_no_reason() -> None:
    denied = Statement(sid="No", effect="Deny", not_actions=["iam:*"], resources="*")
    assert denied.document()["NotAction"] == ["iam:*"]


@pytest.mark.parametrize("actions", [[], ["s3:GetObject"]])
def test_a_statement_is_about_actions_or_about_all_but_some(actions: list[str]) -> None:
    with pytest.raises(ValueError, match="either actions or not_actions"):
        Statement(sid="Odd", actions=actions, not_actions=actions, resources="arn")


def test_trust_is_for_one_service() -> None:
    async def run() -> Any:
        return json.loads(await _value(trust("lambda")))

    assert asyncio.run(run()) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Trust",
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": ["sts:AssumeRole"],
            }
        ],
    }


def test_outputs_may_stand_anywhere_in_a_policy() -> None:
    async def run() -> Any:
        arn = pulumi.Output.from_input("arn:aws:sqs:::q")
        statement = Statement(
            sid="Send",
            actions=["sqs:SendMessage"],
            resources=[arn],
            conditions={"StringEquals": {"aws:SourceAccount": pulumi.Output.from_input("1")}},
        )
        return json.loads(await _value(policy(statement)))

    [statement] = asyncio.run(run())["Statement"]
    assert statement["Resource"] == ["arn:aws:sqs:::q"]
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "1"}}

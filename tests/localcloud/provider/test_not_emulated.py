"""The types that the emulator lacks, against canned answers of AWS.

No emulator runs these calls, so botocore itself is the judge: it checks the arguments against AWS's
own description of the API before the answer is put in the place of the network.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from localcloud.provider import registry
from localcloud.provider.base import operations
from localcloud.provider.base.aws import Aws, Connections, Settings
from localcloud.provider.base.inputs import check
from localcloud.provider.base.resource import Props, ResourceType
from tests.localcloud.provider.samples import Needs, evaluated, sample_of

Answers = dict[str, dict[str, Any]]


class Canned:
    """AWS that answers each operation from a table and remembers what it was asked."""

    def __init__(self, answers: Answers) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.answers = answers
        settings = Settings(
            region="us-east-1",
            access_key="000000000000",
            secret_key="none",
            endpoint="http://127.0.0.1:1",
            emulated=False,
        )
        self.aws = Aws(Connections(settings), "us-east-1")

    def hear(self, service: str) -> None:
        events = self.aws.client(service).meta.events
        events.register("before-parameter-build", self._remember)
        events.register("before-call", self._answer)

    def _remember(self, params: Any, model: Any, **_: Any) -> None:
        self.asked.append((model.name, dict(params)))

    def _answer(self, model: Any, **_: Any) -> Any:
        status = type("Reply", (), {"status_code": 200})()
        return status, self.answers.get(model.name, {})


def inputs_of(token: str, **more: Any) -> tuple[ResourceType, Props]:
    kind = registry.types()[token]
    wanted = evaluated(sample_of(token).inputs, Needs("u", {}))
    inputs, failures = check(kind, "it", {**wanted, **more}, {}, seed=b"1", default_tags={})
    assert not failures
    return kind, inputs


@pytest.fixture
def aws() -> Callable[..., Canned]:
    def make(kind: ResourceType, answers: Answers) -> Canned:
        canned = Canned(answers)
        canned.hear(kind.service)
        return canned

    return make


GROUP = {
    "GroupARN": "arn:g",
    "GroupName": "it",
    "FilterExpression": "responsetime > 5",
    "InsightsConfiguration": {"InsightsEnabled": True, "NotificationsEnabled": False},
}
RULE = {
    "RuleARN": "arn:r",
    "Priority": 1000,
    "Version": 1,
    "ReservoirSize": 1,
    "FixedRate": 0.05,
    "URLPath": "*",
    "Host": "*",
    "HTTPMethod": "*",
    "ServiceName": "*",
    "ServiceType": "*",
    "ResourceARN": "*",
    "Attributes": {"stage": "live"},
}
TARGET = {"ScalableTargetARN": "arn:t", "MinCapacity": 5, "MaxCapacity": 100, "RoleARN": "arn:role"}
TRACKING = {
    "TargetValue": 70,
    "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"},
}


def table(token: str, name: str) -> Answers:
    tags = {"Tags": [{"Key": "purpose", "Value": "test"}]}
    if token == "aws:xray/group:Group":
        group = {"Group": {**GROUP, "GroupName": name}}
        return {"CreateGroup": group, "GetGroup": group, "ListTagsForResource": tags}
    if token == "aws:xray/samplingRule:SamplingRule":
        records = {"SamplingRuleRecords": [{"SamplingRule": {**RULE, "RuleName": name}}]}
        return {"GetSamplingRules": records, "ListTagsForResource": tags}
    if token == "aws:appautoscaling/target:Target":
        return {
            "DescribeScalableTargets": {"ScalableTargets": [TARGET]},
            "ListTagsForResource": {"Tags": {"purpose": "test"}},
        }
    policy = {
        "PolicyARN": "arn:p",
        "PolicyName": name,
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": TRACKING,
        "Alarms": [{"AlarmName": "a", "AlarmARN": "arn:a"}],
    }
    return {"DescribeScalingPolicies": {"ScalingPolicies": [policy]}}


TOKENS = [
    "aws:xray/group:Group",
    "aws:xray/samplingRule:SamplingRule",
    "aws:appautoscaling/target:Target",
    "aws:appautoscaling/policy:Policy",
]


@pytest.mark.parametrize("token", TOKENS)
def test_a_whole_life_is_made_of_calls_that_aws_knows(token: str, aws: Any) -> None:
    kind, inputs = inputs_of(token)
    canned = aws(kind, table(token, inputs[kind.name.property] if kind.name else ""))
    id, outputs = operations.create(kind, canned.aws, inputs)
    assert outputs["arn"]
    assert "notEmulated" not in outputs

    found = operations.read(kind, canned.aws, id, outputs, inputs, default_tags={})
    assert found is not None
    assert found[2] == inputs, "what AWS answers must not differ from what was asked for"

    for name, value in evaluated(sample_of(token).updates, Needs("u", {})).items():
        before = len(canned.asked)
        operations.update(kind, canned.aws, id, outputs, inputs, {**inputs, name: value})
        assert len(canned.asked) > before
    operations.delete(kind, canned.aws, id, {**outputs, **inputs})
    assert canned.asked[-1][0].startswith(("Delete", "Deregister"))


def test_a_scalable_target_is_found_by_its_place(aws: Any) -> None:
    kind, inputs = inputs_of("aws:appautoscaling/target:Target")
    canned = aws(kind, table(kind.token, ""))
    assert kind.find(canned.aws, inputs) == (
        "dynamodb/table/records/dynamodb:table:ReadCapacityUnits"
    )
    assert canned.asked[-1][1]["ResourceIds"] == ["table/records"]


def test_rotation_is_switched_on_changed_and_off(aws: Any) -> None:
    kind = registry.types()["aws:secretsmanager/secretRotation:SecretRotation"]
    inputs = {
        "secretId": "arn:s",
        "rotationLambdaArn": "arn:l",
        "rotationRules": {"automaticallyAfterDays": 30},
    }
    secret = {
        "RotationEnabled": True,
        "RotationLambdaARN": "arn:l",
        "RotationRules": {"AutomaticallyAfterDays": 30},
    }
    canned = aws(kind, {"DescribeSecret": secret})
    id, outputs = operations.create(kind, canned.aws, inputs)
    found = operations.read(kind, canned.aws, id, outputs, inputs, default_tags={})
    assert found is not None
    assert found[2] == inputs
    operations.delete(kind, canned.aws, id, outputs)
    assert [call for call, _ in canned.asked] == [
        "RotateSecret",
        "DescribeSecret",
        "DescribeSecret",
        "CancelRotateSecret",
    ]

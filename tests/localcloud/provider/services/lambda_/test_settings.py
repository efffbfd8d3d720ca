"""A function's settings between the SDK's words and Lambda's."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.provider.services.lambda_ import settings

INPUTS: dict[str, Any] = {
    "role": "arn:role",
    "timeout": 15,
    "environment": {"variables": {"TABLE": "records"}},
    "vpcConfig": {"subnetIds": ["a"], "securityGroupIds": ["b"], "vpcId": "never asked for"},
    "layers": ["arn:layer"],
}


def test_creation_sends_what_is_given_and_nothing_else() -> None:
    assert settings.request(INPUTS, settings.SETTINGS) == {
        "Role": "arn:role",
        "Timeout": 15,
        "Environment": {"Variables": {"TABLE": "records"}},
        "VpcConfig": {"SubnetIds": ["a"], "SecurityGroupIds": ["b"]},
        "Layers": ["arn:layer"],
    }


def test_a_setting_taken_out_goes_back_to_the_usual() -> None:
    gone = frozenset({"environment", "timeout", "layers", "deadLetterConfig"})
    assert settings.request({}, gone, clear=True) == {
        "Environment": {"Variables": {}},
        "Timeout": 3,
        "Layers": [],
        "DeadLetterConfig": {"TargetArn": ""},
    }


def test_what_lambda_answers_reads_as_what_was_said() -> None:
    answer = settings.request(INPUTS, settings.SETTINGS)
    answer["Layers"] = [{"Arn": "arn:layer", "CodeSize": 5}]
    answer["VpcConfig"]["VpcId"] = "never asked for"
    assert settings.described(answer) == INPUTS


def test_a_function_outside_of_any_vpc_has_none() -> None:
    answer = {"VpcConfig": {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": ""}}
    assert "vpcConfig" not in settings.described(answer)


@pytest.mark.parametrize("member", ["CodeSha256", "Timeout", "Environment", "Layers"])
def test_a_version_that_differs_in_code_or_settings_is_not_the_live_one(member: str) -> None:
    live = {"CodeSha256": "a", "Timeout": 3, "Environment": {}, "Layers": []}
    assert not settings.unpublished(live, {**live, "Version": "1", "RevisionId": "other"})
    assert settings.unpublished(live, {**live, member: "other"})
    assert settings.unpublished(live, None)


@pytest.mark.parametrize(
    ("reference", "name", "qualified"),
    [
        ("one", "one", "one"),
        ("arn:aws:lambda:us-east-1:000000000000:function:one", "one", "one"),
        ("arn:aws:lambda:us-east-1:000000000000:function:one:live", "one", "one:live"),
    ],
)
def test_a_function_is_the_same_by_name_and_by_arn(
    reference: str, name: str, qualified: str
) -> None:
    assert settings.function_name(reference) == name
    assert settings.function_reference(reference) == qualified

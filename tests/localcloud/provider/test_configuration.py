"""The provider's settings: taken, or refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.provider.base.aws import Settings, is_emulator
from localcloud.provider.base.errors import ConfigRefused
from localcloud.provider.configuration import from_variables, refusals, settings

LOCAL = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "id", "AWS_REGION": "r-1"}


def taken(explicit: bool = True, **config: Any) -> Settings:
    return settings(config, LOCAL, explicit=explicit)


def test_the_configured_region_wins_over_the_environments() -> None:
    assert taken(region="eu-west-1").region == "eu-west-1"
    assert taken().region == "r-1"


def test_no_region_at_all_is_one_sentence() -> None:
    with pytest.raises(ConfigRefused, match="no AWS region is configured"):
        settings({}, {}, explicit=True)


@pytest.mark.parametrize("tags", [{"tags": {"a": 1}}, '{"tags": {"a": 1}}'])
def test_default_tags_arrive_as_text_or_as_themselves(tags: Any) -> None:
    assert taken(defaultTags=tags).default_tags == {"a": "1"}


def test_credentials_come_from_a_given_environment_and_config_wins() -> None:
    assert taken().access_key == "id"
    assert taken(accessKey="mine").access_key == "mine"
    assert taken().endpoint == LOCAL["AWS_ENDPOINT_URL"]


def test_the_processs_own_environment_is_left_to_boto3() -> None:
    assert taken(explicit=False).access_key is None
    assert taken(explicit=False).endpoint is None


def test_other_settings_are_taken() -> None:
    found = taken(
        maxRetries="7", endpoints='[{"sqs": "http://q"}]', profile="p", s3UsePathStyle="true"
    )
    assert (found.max_attempts, found.profile, found.path_style) == (7, "p", True)
    assert found.endpoints == {"sqs": "http://q"}


def test_a_dead_emulator_is_given_up_soon_and_aws_is_not() -> None:
    elsewhere = {**LOCAL, "AWS_ENDPOINT_URL": "https://aws.example.com"}
    assert taken().max_attempts == 1
    assert settings({}, elsewhere, explicit=True).max_attempts == 5
    assert taken(maxRetries="3").max_attempts == 3


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"assumeRoles": "[]"}, "does not implement the provider setting assumeRoles"),
        ({"defaultTags": "{"}, "defaultTags is not valid JSON"),
        ({"defaultTags": "[]"}, "defaultTags must be a JSON object"),
        ({"defaultTags": '{"tags": []}'}, None),
        ({"defaultTags": '{"tags": [1]}'}, "must look like"),
        ({"maxRetries": "many"}, "maxRetries is not valid JSON"),
    ],
)
def test_what_cannot_be_honoured_is_refused(config: Any, message: str | None) -> None:
    if message is None:
        taken(**config)
        return
    with pytest.raises(ConfigRefused, match=message):
        taken(**config)


def test_refusals_name_the_setting_and_leave_the_engines_own_alone() -> None:
    found = refusals({"httpProxy": "x", "version": "1", "__internal": {}, "region": "r"})
    assert [name for name, _ in found] == ["httpProxy"]


def test_legacy_variables_lose_their_prefix() -> None:
    assert from_variables({"aws:config:region": "r"}) == {"region": "r"}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:80"}, True),
        ({"AWS_ENDPOINT_URL": "http://localhost"}, True),
        ({"AWS_ENDPOINT_URL": "https://emulator.example"}, False),
        ({"AWS_ENDPOINT_URL": "https://emulator.example", "MICROSTACK_EMULATED": "1"}, True),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1", "MICROSTACK_EMULATED": "0"}, False),
        ({}, False),
    ],
)
def test_an_emulator_is_known_by_its_address(environment: Any, expected: bool) -> None:
    assert is_emulator(environment) is expected

from __future__ import annotations

import json

import pytest

from tests.stacks.recorder import ACCOUNT, SECRETS, Program, run

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
KEYS = ("data", "logs", "secrets")


@pytest.mark.parametrize("name", KEYS)
def test_every_key_rotates_yearly_and_can_be_brought_back(security: Program, name: str) -> None:
    key = security.one("kms/key:Key", name)
    assert key.inputs["enableKeyRotation"] is True
    assert key.inputs["rotationPeriodInDays"] == 365
    assert key.inputs["deletionWindowInDays"] == 7
    assert run("network-security").one("kms/key:Key", name).inputs["deletionWindowInDays"] == 30


@pytest.mark.parametrize("name", KEYS)
def test_every_key_has_its_fixed_alias(security: Program, name: str) -> None:
    alias = security.one("kms/alias:Alias", f"{name}-alias")
    assert alias.inputs == {
        "name": f"alias/microstack-local-{name}",
        "targetKeyId": f"{name}-made",
    }


@pytest.mark.parametrize("name", KEYS)
def test_administrators_of_a_key_cannot_use_it(security: Program, name: str) -> None:
    allowed = security.one("kms/key:Key", name).statement("policy", "Administer")
    assert allowed["Principal"] == {"AWS": ROOT}
    uses = ("Encrypt", "Decrypt", "ReEncrypt", "GenerateDataKey", "CreateGrant", "Sign", "*")
    assert not [action for action in allowed["Action"] if action.split(":")[1].startswith(uses)]


@pytest.mark.parametrize(
    ("name", "services"),
    [
        ("data", ["dynamodb", "s3", "sqs"]),
        ("logs", ["s3", "sns"]),
        ("secrets", ["ssm", "secretsmanager"]),
    ],
)
def test_roles_use_a_key_only_by_way_of_its_services(
    security: Program, name: str, services: list[str]
) -> None:
    key = security.one("kms/key:Key", name)
    use = key.statement("policy", "UseThroughServices")
    assert use["Principal"] == {"AWS": ROOT}
    assert use["Action"] == [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey*",
        "kms:ReEncrypt*",
    ]
    via = {
        "kms:ViaService": [f"{service}.us-east-1.amazonaws.com" for service in services],
        "kms:CallerAccount": ACCOUNT,
    }
    assert use["Condition"] == {"StringEquals": via}
    grant = key.statement("policy", "GrantToServices")
    assert grant["Action"] == ["kms:CreateGrant"]
    assert grant["Condition"] == {
        "StringEquals": via,
        "Bool": {"kms:GrantIsForAWSResource": "true"},
    }


@pytest.mark.parametrize("name", KEYS)
def test_who_uses_a_key_can_be_named_and_then_nobody_else_does(
    security: Program, name: str
) -> None:
    users = [f"arn:aws:iam::{ACCOUNT}:role/deploy-*", f"arn:aws:iam::{ACCOUNT}:user/ops"]
    program = run("network-security", config={"key_users": json.dumps(users)}, stack="dev")
    key = program.one("kms/key:Key", name)
    for sid in ("UseThroughServices", "GrantToServices"):
        before = security.one("kms/key:Key", name).statement("policy", sid)["Condition"]
        named = {**before, "ArnLike": {"aws:PrincipalArn": users}}
        assert key.statement("policy", sid)["Condition"] == named
    own = key.statement("policy", "OwnRolesUseThroughServices")
    assert own["Action"] == key.statement("policy", "UseThroughServices")["Action"]
    assert own["Condition"].keys() == {"StringEquals"}
    tags = {key: value for key, value in own["Condition"]["StringEquals"].items() if "Tag" in key}
    assert tags == {
        "aws:PrincipalTag/Project": "microstack",
        "aws:PrincipalTag/Environment": "dev",
    }
    assert own["Condition"]["StringEquals"]["kms:ViaService"]


def test_only_log_groups_of_this_stack_are_encrypted_with_the_logs_key(security: Program) -> None:
    allowed = security.one("kms/key:Key", "logs").statement("policy", "EncryptLogGroups")
    groups = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:"
    assert allowed["Principal"] == {"Service": "logs.us-east-1.amazonaws.com"}
    assert allowed["Condition"] == {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": [
                f"{groups}/microstack/local/*",
                f"{groups}API-Gateway-Execution-Logs_*",
            ]
        }
    }


@pytest.mark.parametrize(
    ("sid", "service"), [("DeliverAccessLogs", "logging.s3"), ("PublishAlarms", "cloudwatch")]
)
def test_services_write_with_the_logs_key_for_this_account_only(
    security: Program, sid: str, service: str
) -> None:
    allowed = security.one("kms/key:Key", "logs").statement("policy", sid)
    assert allowed["Principal"] == {"Service": f"{service}.amazonaws.com"}
    assert allowed["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


@pytest.mark.parametrize("name", KEYS)
def test_no_statement_of_a_key_policy_is_open_to_everybody(security: Program, name: str) -> None:
    document = security.one("kms/key:Key", name).document("policy")
    assert document["Version"] == "2012-10-17"
    for statement in document["Statement"]:
        assert statement["Principal"] != "*"
        assert "*" not in statement["Principal"].values()
        assert "kms:*" not in statement["Action"]


@pytest.mark.parametrize("key", ["db_password", "api_key", "db_connection_string"])
def test_secret_parameters_are_secure_strings_under_the_stacks_path(
    security: Program, key: str
) -> None:
    parameter = security.one("ssm/parameter:Parameter", key)
    assert parameter.inputs == {
        "name": f"/microstack/local/{key}",
        "type": "SecureString",
        "value": SECRETS[key],
        "keyId": security.outputs["secrets_key_arn"],
    }
    assert parameter.secrets == {"value"}


def test_app_config_is_a_plain_json_parameter(security: Program) -> None:
    parameter = security.one("ssm/parameter:Parameter", "app_config")
    assert parameter.inputs["type"] == "String"
    assert parameter.inputs["name"] == "/microstack/local/app_config"
    assert "public" in parameter.document("value")


def test_app_config_comes_from_the_stack_file() -> None:
    program = run("network-security", config={"app_config": '{"public": {"banner": "hello"}}'})
    value = program.one("ssm/parameter:Parameter", "app_config").document("value")
    assert value == {"public": {"banner": "hello"}}


def test_the_secret_is_json_under_the_secrets_key(security: Program) -> None:
    holder = security.one("secretsmanager/secret:Secret", "signing")
    version = security.one("secretsmanager/secretVersion:SecretVersion", "signing-value")
    assert holder.inputs["kmsKeyId"] == security.outputs["secrets_key_arn"]
    assert holder.inputs["recoveryWindowInDays"] == 0
    assert "name" not in holder.inputs  # a deleted name is taken until its recovery ends
    assert version.inputs["secretId"] == security.outputs["secret_arn"]
    assert version.document("secretString") == {"cursor_signing_key": SECRETS["cursor_signing_key"]}
    assert version.secrets == {"secretString"}


def test_nothing_that_is_published_holds_a_secret(security: Program) -> None:
    text = json.dumps(security.outputs)
    assert not [value for value in SECRETS.values() if value in text]
    assert security.secret_outputs == set()


def test_the_boundary_denies_other_regions_except_for_global_services(security: Program) -> None:
    boundary = security.one("iam/policy:Policy", "boundary")
    denied = boundary.statement("policy", "DenyOtherRegions")
    assert denied["Effect"] == "Deny"
    assert denied["Resource"] == "*"
    assert denied["Condition"] == {
        "StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "us-west-2"]}
    }
    assert {"iam:*", "sts:*", "route53:*", "cloudfront:*"} <= set(denied["NotAction"])


def test_the_boundary_lets_no_role_grow(security: Program) -> None:
    ceiling = security.one("iam/policy:Policy", "boundary").statement("policy", "Ceiling")
    assert not [action for action in ceiling["Action"] if "*" in action]
    services = {action.split(":")[0] for action in ceiling["Action"]}
    assert not services & {"iam", "sts", "lambda", "organizations", "cloudformation"}


def test_every_action_of_every_role_fits_under_the_ceiling(
    security: Program, compute: Program, api: Program
) -> None:
    ceiling = set(
        security.one("iam/policy:Policy", "boundary").statement("policy", "Ceiling")["Action"]
    )
    granted = {
        action
        for program in (compute, api)
        for policy in program.all("iam/rolePolicy:RolePolicy").values()
        for statement in policy.document("policy")["Statement"]
        for action in statement["Action"]
    }
    assert granted <= ceiling
    assert ceiling <= granted, "an action that no role has does not belong under the ceiling"


def test_allowed_regions_are_a_setting() -> None:
    program = run("network-security", config={"allowed_regions": '["us-east-1"]'})
    denied = program.one("iam/policy:Policy", "boundary").statement("policy", "DenyOtherRegions")
    assert denied["Condition"]["StringNotEquals"]["aws:RequestedRegion"] == ["us-east-1"]


@pytest.mark.parametrize("protect", [True, False])
def test_keys_are_protected_when_destruction_is_prevented(*, protect: bool) -> None:
    program = run("network-security", config={"prevent_destroy": json.dumps(protect)})
    assert {key.protect for key in program.all("kms/key:Key").values()} == {protect}

"""Customer-managed keys: each says by name which services may use it, and for what."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import ComponentResource, Output, ResourceOptions

from shared.account import Account
from shared.iam import ANY, Conditions, Statement, Values, policy
from shared.tags import PROJECT

USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
ADMINISTER = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:Describe*",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:Get*",
    "kms:List*",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
"""What the account's administrators may do with a key: all but use it."""

THIS_KEY = "a key policy is about the one key that it is attached to"
ROTATION_DAYS = 365


class Key(ComponentResource):
    """A key with yearly rotation, its alias, and a policy of these statements."""

    def __init__(
        self,
        name: str,
        *,
        description: str,
        alias: str,
        statements: Sequence[Statement],
        deletion_days: int,
        protect: bool,
    ) -> None:
        super().__init__("microstack:network-security:Key", name)
        child = ResourceOptions(parent=self)
        self.key = aws.kms.Key(
            name,
            description=description,
            enable_key_rotation=True,
            rotation_period_in_days=ROTATION_DAYS,
            deletion_window_in_days=deletion_days,
            policy=policy(*statements),
            opts=ResourceOptions(parent=self, protect=protect),
        )
        aws.kms.Alias(f"{name}-alias", name=alias, target_key_id=self.key.key_id, opts=child)
        self.arn: Output[str] = self.key.arn
        self.register_outputs({"arn": self.arn})


def administration(account: Account) -> Statement:
    """The account's IAM policies decide who administers the key; nobody uses it by this."""
    return Statement(
        sid="Administer",
        actions=ADMINISTER,
        resources=ANY,
        principals={"AWS": account.root},
        reason=THIS_KEY,
    )


def use_through(account: Account, *services: str, users: Sequence[str]) -> list[Statement]:
    """Roles whose own policies allow it use the key, but only by way of these services.

    `users` are ARN patterns: given, only they and the roles of this environment (docs/adr/0012).
    """
    via: dict[str, Values] = {
        "kms:ViaService": [f"{service}.{account.region}.amazonaws.com" for service in services],
        "kms:CallerAccount": account.id,
    }
    named: Conditions = {"ArnLike": {"aws:PrincipalArn": users}} if users else {}
    for_resource = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    statements = [
        _use("UseThroughServices", account, USE, {"StringEquals": via, **named}),
        _use(
            "GrantToServices",
            account,
            ["kms:CreateGrant"],
            {"StringEquals": via, **named, **for_resource},
        ),
    ]
    if users:
        own: Conditions = {"StringEquals": {**via, **_own_roles(account)}}
        statements.append(_use("OwnRolesUseThroughServices", account, USE, own))
    return statements


def _use(sid: str, account: Account, actions: Sequence[str], conditions: Conditions) -> Statement:
    return Statement(
        sid=sid,
        actions=actions,
        resources=ANY,
        principals={"AWS": account.root},
        conditions=conditions,
        reason=THIS_KEY,
    )


def _own_roles(account: Account) -> dict[str, str]:
    """Roles by their tags: their names are automatic."""
    tags = {"Project": PROJECT, "Environment": account.stack.environment}
    return {f"aws:PrincipalTag/{key}": value for key, value in tags.items()}


def log_groups(account: Account) -> Statement:
    """CloudWatch Logs encrypts this stack's log groups, and API Gateway's execution logs."""
    groups = [
        account.arn("logs", f"log-group:{account.path('*')}"),
        account.arn("logs", "log-group:API-Gateway-Execution-Logs_*"),
    ]
    return Statement(
        sid="EncryptLogGroups",
        actions=USE,
        resources=ANY,
        principals={"Service": f"logs.{account.region}.amazonaws.com"},
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
        reason=THIS_KEY,
    )


def service_writes(account: Account, *, sid: str, service: str) -> Statement:
    """A service that writes encrypted things on our behalf: access logs, alarm messages."""
    return Statement(
        sid=sid,
        actions=["kms:Decrypt", "kms:GenerateDataKey*"],
        resources=ANY,
        principals={"Service": f"{service}.amazonaws.com"},
        conditions={"StringEquals": {"aws:SourceAccount": account.id}},
        reason=THIS_KEY,
    )

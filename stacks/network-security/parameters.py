"""SSM parameters and the secret: values come from secret config, names are for everybody."""

from __future__ import annotations

import json

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from shared.account import Account
from shared.contracts import ParameterName
from shared.settings.config import reveal
from shared.settings.network_security import NetworkSecurity


def parameters(
    settings: NetworkSecurity, *, account: Account, key_arn: Input[str]
) -> dict[ParameterName, aws.ssm.Parameter]:
    """Every parameter of the stack by key: three SecureStrings and `app_config`."""
    secure: dict[ParameterName, Output[str]] = {
        "db_password": reveal(settings.db_password),
        "api_key": reveal(settings.api_key),
        "db_connection_string": reveal(settings.db_connection_string),
    }
    made = {
        key: aws.ssm.Parameter(
            key, name=account.path(key), type="SecureString", value=value, key_id=key_arn
        )
        for key, value in secure.items()
    }
    made["app_config"] = aws.ssm.Parameter(
        "app_config",
        name=account.path("app_config"),
        type="String",
        value=json.dumps(settings.app_config, sort_keys=True),
    )
    return made


def secret(settings: NetworkSecurity, *, key_arn: Input[str]) -> aws.secretsmanager.Secret:
    """What signs page cursors, as JSON, so that a rotation can put a new key beside the old."""
    value = Output.json_dumps({"cursor_signing_key": reveal(settings.cursor_signing_key)})
    holder = aws.secretsmanager.Secret(
        "signing",
        description="JSON with cursor_signing_key: signs the page cursors of the API.",
        kms_key_id=key_arn,
        recovery_window_in_days=settings.secret_recovery_days,
    )
    aws.secretsmanager.SecretVersion(
        "signing-value",
        secret_id=holder.id,
        secret_string=value,
        opts=ResourceOptions(parent=holder),
    )
    return holder

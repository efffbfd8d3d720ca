"""Who may call a function."""

from __future__ import annotations

import json
from typing import Any

from localcloud.provider.base.resource import AutoName, Aws, Prop, Props, ResourceType, present
from localcloud.provider.services.lambda_.settings import function_name

_CONDITIONS = {  # input -> argument of AddPermission
    "qualifier": "Qualifier",
    "sourceArn": "SourceArn",
    "sourceAccount": "SourceAccount",
    "principalOrgId": "PrincipalOrgID",
    "eventSourceToken": "EventSourceToken",
    "functionUrlAuthType": "FunctionUrlAuthType",
}


_CONDITION_KEYS = {  # condition key, in lower case -> input
    "aws:sourcearn": "sourceArn",
    "aws:sourceaccount": "sourceAccount",
    "aws:principalorgid": "principalOrgId",
    "lambda:eventsourcetoken": "eventSourceToken",
    "lambda:functionurlauthtype": "functionUrlAuthType",
}


class Permission(ResourceType):
    """One statement of a function's own policy: who may call it from where."""

    token = "aws:lambda/permission:Permission"
    service = "lambda"
    name = AutoName(property="statementId", max=100, prefix="statementIdPrefix")
    props = {
        "statementId": Prop(replaces=True),
        "statementIdPrefix": Prop(provider_only=True, replaces=True),
        "function": Prop(required=True, replaces=True, normalize=function_name),
        "action": Prop(required=True, replaces=True),
        "principal": Prop(required=True, replaces=True),
        "qualifier": Prop(replaces=True),
        "sourceArn": Prop(replaces=True),
        "sourceAccount": Prop(replaces=True),
        "principalOrgId": Prop(replaces=True),
        "eventSourceToken": Prop(replaces=True),
        "functionUrlAuthType": Prop(replaces=True),
    }
    retry_codes = {"ResourceConflictException": "in progress"}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Add the statement."""
        aws.client("lambda").add_permission(
            FunctionName=inputs["function"],
            StatementId=inputs["statementId"],
            Action=inputs["action"],
            Principal=inputs["principal"],
            **present(**{member: inputs.get(name) for name, member in _CONDITIONS.items()}),
        )
        return str(inputs["statementId"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Find the statement in the policy."""
        answer = aws.client("lambda").get_policy(
            FunctionName=known["function"], **present(Qualifier=known.get("qualifier"))
        )
        for statement in json.loads(answer["Policy"])["Statement"]:
            if statement.get("Sid") == id:
                return {
                    "statementId": id,
                    "function": function_name(known["function"]),
                    **_described(statement),
                }
        return None

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Take the statement out."""
        aws.client("lambda").remove_permission(
            FunctionName=known["function"],
            StatementId=id,
            **present(Qualifier=known.get("qualifier")),
        )


def _described(statement: Props) -> Props:
    resource = statement.get("Resource", "").split(":")
    conditions = {
        _CONDITION_KEYS[key.lower()]: value
        for operands in (statement.get("Condition") or {}).values()
        for key, value in operands.items()
        if key.lower() in _CONDITION_KEYS
    }
    return {
        "action": statement.get("Action"),
        "principal": _principal(statement.get("Principal")),
        "qualifier": resource[7] if len(resource) > 7 else None,
        **conditions,
    }


def _principal(value: Any) -> Any:
    return next(iter(value.values())) if isinstance(value, dict) else value

"""What hangs on a function: aliases, who may call it, retries, provisioned concurrency."""

from __future__ import annotations

import json
from typing import Any

from localcloud.provider.resource import AutoName, Aws, Prop, Props, ResourceType, present


class Alias(ResourceType):
    """A name for a published version."""

    token = "aws:lambda/alias:Alias"
    service = "lambda"
    name = AutoName(max=128, prefix=None)
    props = {
        "name": Prop(replaces=True),
        "functionName": Prop(required=True, replaces=True, normalize=lambda ref: _name(ref)),
        "functionVersion": Prop(required=True),
        "description": Prop(),
        "routingConfig": Prop(),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the alias."""
        answer = aws.client("lambda").create_alias(
            FunctionName=inputs["functionName"],
            Name=inputs["name"],
            FunctionVersion=inputs["functionVersion"],
            **present(Description=inputs.get("description")),
            RoutingConfig=_routing(inputs),
        )
        return str(answer["AliasArn"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the alias: its ARN holds the function's name and its own."""
        function, name = id.split(":")[-2:]
        found = aws.client("lambda").get_alias(FunctionName=function, Name=name)
        weights = (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights")
        path = f"arn:{aws.partition}:apigateway:{aws.region}:lambda:path/2015-03-31/functions"
        return {
            "name": name,
            "functionName": function,
            "functionVersion": found.get("FunctionVersion"),
            "description": found.get("Description"),
            "routingConfig": present(additionalVersionWeights=weights),
            "arn": found["AliasArn"],
            "invokeArn": f"{path}/{found['AliasArn']}/invocations",
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Point it at another version."""
        aws.client("lambda").update_alias(
            FunctionName=new["functionName"],
            Name=new["name"],
            FunctionVersion=new["functionVersion"],
            Description=new.get("description") or "",
            RoutingConfig=_routing(new),
        )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the alias."""
        function, name = id.split(":")[-2:]
        aws.client("lambda").delete_alias(FunctionName=function, Name=name)

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """The id is the ARN."""
        return aws.arn("lambda", f"function:{_name(inputs['functionName'])}:{inputs['name']}")


class Permission(ResourceType):
    """One statement of a function's own policy: who may call it from where."""

    token = "aws:lambda/permission:Permission"
    service = "lambda"
    name = AutoName(property="statementId", max=100, prefix="statementIdPrefix")
    props = {
        "statementId": Prop(replaces=True),
        "statementIdPrefix": Prop(local=True, replaces=True),
        "function": Prop(required=True, replaces=True, normalize=lambda ref: _name(ref)),
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
                    "function": _name(known["function"]),
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


class FunctionEventInvokeConfig(ResourceType):
    """Retries, age and destinations of asynchronous calls."""

    token = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
    service = "lambda"
    props = {
        "functionName": Prop(required=True, replaces=True, normalize=lambda ref: _name(ref)),
        "qualifier": Prop(replaces=True),
        "maximumRetryAttempts": Prop(default=2),
        "maximumEventAgeInSeconds": Prop(default=21600),
        "destinationConfig": Prop(),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put the whole configuration."""
        targets = inputs.get("destinationConfig") or {}
        aws.client("lambda").put_function_event_invoke_config(
            FunctionName=inputs["functionName"],
            MaximumRetryAttempts=inputs.get("maximumRetryAttempts", 2),
            **present(
                Qualifier=inputs.get("qualifier"),
                MaximumEventAgeInSeconds=inputs.get("maximumEventAgeInSeconds"),
                DestinationConfig=present(
                    OnSuccess=_target(targets.get("onSuccess")),
                    OnFailure=_target(targets.get("onFailure")),
                ),
            ),
        )
        return self.id_of(aws, inputs)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the configuration."""
        function, _, qualifier = id.partition(":")
        found = aws.client("lambda").get_function_event_invoke_config(
            FunctionName=function, **present(Qualifier=qualifier)
        )
        targets = found.get("DestinationConfig") or {}
        return {
            "functionName": function,
            "qualifier": qualifier,
            "maximumRetryAttempts": found.get("MaximumRetryAttempts"),
            "maximumEventAgeInSeconds": found.get("MaximumEventAgeInSeconds"),
            "destinationConfig": present(
                onSuccess=_destination(targets.get("OnSuccess")),
                onFailure=_destination(targets.get("OnFailure")),
            ),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Put the whole configuration anew."""
        self.create(aws, new)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Go back to Lambda's own."""
        function, _, qualifier = id.partition(":")
        aws.client("lambda").delete_function_event_invoke_config(
            FunctionName=function, **present(Qualifier=qualifier)
        )

    def id_of(self, aws: Aws, inputs: Props) -> str:
        """One for a function, and one for each of its qualifiers."""
        return ":".join(filter(None, (_name(inputs["functionName"]), inputs.get("qualifier"))))


class ProvisionedConcurrencyConfig(ResourceType):
    """How many instances of a version or alias are kept ready."""

    token = "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig"
    service = "lambda"
    missing = frozenset({"ProvisionedConcurrencyConfigNotFoundException"})
    props = {
        "functionName": Prop(required=True, replaces=True, normalize=lambda ref: _name(ref)),
        "qualifier": Prop(required=True, replaces=True),
        "provisionedConcurrentExecutions": Prop(required=True),
        "skipDestroy": Prop(local=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Ask for the instances."""
        aws.client("lambda").put_provisioned_concurrency_config(
            FunctionName=inputs["functionName"],
            Qualifier=inputs["qualifier"],
            ProvisionedConcurrentExecutions=inputs["provisionedConcurrentExecutions"],
        )
        return self.id_of(aws, inputs)

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """Wait until they are ready."""
        aws.wait(
            lambda: _read_concurrency(aws, id).get("Status") != "IN_PROGRESS",
            what=f"the provisioned concurrency of {id}",
            timeout=900.0,
        )

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read how many were asked for."""
        function, _, qualifier = id.partition(",")
        found = _read_concurrency(aws, id)
        return {
            "functionName": function,
            "qualifier": qualifier,
            "provisionedConcurrentExecutions": found["RequestedProvisionedConcurrentExecutions"],
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Ask for another number."""
        self.create(aws, new)
        self.complete(aws, id, new)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Keep none ready."""
        function, _, qualifier = id.partition(",")
        if not known.get("skipDestroy"):
            aws.client("lambda").delete_provisioned_concurrency_config(
                FunctionName=function, Qualifier=qualifier
            )

    def id_of(self, aws: Aws, inputs: Props) -> str:
        """One for each qualifier."""
        return f"{_name(inputs['functionName'])},{inputs['qualifier']}"


def _read_concurrency(aws: Aws, id: str) -> Props:
    function, _, qualifier = id.partition(",")
    client = aws.client("lambda")
    return dict(
        client.get_provisioned_concurrency_config(FunctionName=function, Qualifier=qualifier)
    )


def _name(reference: str) -> str:
    """Return a function's name, given that or its ARN."""
    return reference.split(":")[6] if reference.startswith("arn:") else reference


def _routing(inputs: Props) -> Props:
    weights = (inputs.get("routingConfig") or {}).get("additionalVersionWeights") or {}
    return {"AdditionalVersionWeights": weights}


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


def _target(value: Any) -> Props:
    return {"Destination": value["destination"]} if value else {}


def _destination(value: Any) -> Props | None:
    found = (value or {}).get("Destination")
    return {"destination": found} if found else None

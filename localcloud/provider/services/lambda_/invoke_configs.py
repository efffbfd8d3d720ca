"""How a function is called: retries of asynchronous calls, instances kept ready."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import Aws, Prop, Props, ResourceType, present
from localcloud.provider.services.lambda_.settings import function_name


class FunctionEventInvokeConfig(ResourceType):
    """Retries, age and destinations of asynchronous calls."""

    token = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
    service = "lambda"
    props = {
        "functionName": Prop(required=True, replaces=True, normalize=function_name),
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
        return ":".join(
            filter(None, (function_name(inputs["functionName"]), inputs.get("qualifier")))
        )


class ProvisionedConcurrencyConfig(ResourceType):
    """How many instances of a version or alias are kept ready."""

    token = "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig"
    service = "lambda"
    missing = frozenset({"ProvisionedConcurrencyConfigNotFoundException"})
    props = {
        "functionName": Prop(required=True, replaces=True, normalize=function_name),
        "qualifier": Prop(required=True, replaces=True),
        "provisionedConcurrentExecutions": Prop(required=True),
        "skipDestroy": Prop(provider_only=True),
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
        return f"{function_name(inputs['functionName'])},{inputs['qualifier']}"


def _read_concurrency(aws: Aws, id: str) -> Props:
    function, _, qualifier = id.partition(",")
    client = aws.client("lambda")
    return dict(
        client.get_provisioned_concurrency_config(FunctionName=function, Qualifier=qualifier)
    )


def _target(value: Any) -> Props:
    return {"Destination": value["destination"]} if value else {}


def _destination(value: Any) -> Props | None:
    found = (value or {}).get("Destination")
    return {"destination": found} if found else None

"""Names for published versions."""

from __future__ import annotations

from localcloud.provider.base.resource import AutoName, Aws, Prop, Props, ResourceType, present
from localcloud.provider.services.lambda_.settings import function_name


class Alias(ResourceType):
    """A name for a published version."""

    token = "aws:lambda/alias:Alias"
    service = "lambda"
    name = AutoName(max=128, prefix=None)
    props = {
        "name": Prop(replaces=True),
        "functionName": Prop(required=True, replaces=True, normalize=function_name),
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
        return aws.arn(
            "lambda", f"function:{function_name(inputs['functionName'])}:{inputs['name']}"
        )


def _routing(inputs: Props) -> Props:
    weights = (inputs.get("routingConfig") or {}).get("additionalVersionWeights") or {}
    return {"AdditionalVersionWeights": weights}

"""aws:cloudwatch/logResourcePolicy: which services may write into log groups."""

from __future__ import annotations

from localcloud.provider.base.resource import AutoName, Aws, Prop, Props, ResourceType, json_text


class LogResourcePolicy(ResourceType):
    """Which services may write into log groups of this account and region; its id is its name."""

    token = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
    service = "logs"
    name = AutoName(property="policyName", max=256, prefix=None)
    props = {
        "policyName": Prop(replaces=True),
        "policyDocument": Prop(required=True, json=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put the policy."""
        self._put(aws, inputs)
        return str(inputs["policyName"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Look through the region's policies, of which there are at most ten."""
        arguments: Props = {}
        while True:
            page = aws.client("logs").describe_resource_policies(**arguments)
            for policy in page["resourcePolicies"]:
                if policy["policyName"] == id:
                    return {"policyName": id, "policyDocument": policy["policyDocument"]}
            if not page.get("nextToken"):
                return None
            arguments["nextToken"] = page["nextToken"]

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Put the policy again."""
        self._put(aws, new)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the policy."""
        aws.client("logs").delete_resource_policy(policyName=id)

    def _put(self, aws: Aws, inputs: Props) -> None:
        aws.client("logs").put_resource_policy(
            policyName=inputs["policyName"], policyDocument=json_text(inputs["policyDocument"])
        )

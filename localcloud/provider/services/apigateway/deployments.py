"""Snapshots of an API that stages can serve."""

from __future__ import annotations

from localcloud.provider.base.resource import Aws, Prop, Props, ResourceType, present
from localcloud.provider.services.apigateway import patches
from localcloud.provider.services.apigateway.addresses import within


class Deployment(ResourceType):
    """A snapshot of the API that a stage can serve; `triggers` make a new one."""

    token = "aws:apigateway/deployment:Deployment"
    service = "apigateway"
    props = {
        "restApi": Prop(required=True, replaces=True),
        "description": Prop(),
        "triggers": Prop(provider_only=True, replaces=True),
        "variables": Prop(write_only=True, replaces=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Take the snapshot."""
        answer = aws.client("apigateway").create_deployment(
            restApiId=inputs["restApi"],
            **present(description=inputs.get("description"), variables=inputs.get("variables")),
        )
        return str(answer["id"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the little that AWS says about a deployment."""
        api = within(known, "restApi")
        found = aws.client("apigateway").get_deployment(restApiId=api, deploymentId=id)
        return {
            "restApi": api,
            "description": found.get("description"),
            "createdDate": found["createdDate"].isoformat(),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Only the description can change."""
        aws.client("apigateway").update_deployment(
            restApiId=new["restApi"],
            deploymentId=id,
            patchOperations=patches.fields({"description": "/description"}, new, changed),
        )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the snapshot; AWS refuses while a stage serves it."""
        aws.client("apigateway").delete_deployment(restApiId=known["restApi"], deploymentId=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """A deployment has no name and no tags: take the newest one that no stage serves yet.

        A stage is made, or moved, only after its deployment: an interrupted create is unserved.
        """
        client = aws.client("apigateway")
        api = inputs["restApi"]
        stages = client.get_stages(restApiId=api).get("item", [])
        served = {stage.get("deploymentId") for stage in stages}
        found = [
            item
            for page in client.get_paginator("get_deployments").paginate(restApiId=api)
            for item in page.get("items", [])
            if item["id"] not in served
            and (item.get("description") or "") == (inputs.get("description") or "")
        ]
        newest = max(found, key=lambda item: item["createdDate"], default=None)
        return None if newest is None else str(newest["id"])

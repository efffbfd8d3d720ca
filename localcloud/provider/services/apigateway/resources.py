"""Paths of a REST API."""

from __future__ import annotations

from localcloud.provider.base.resource import Aws, Prop, Props, ResourceType
from localcloud.provider.services.apigateway import patches
from localcloud.provider.services.apigateway.addresses import within


class Resource(ResourceType):
    """One segment of a path."""

    token = "aws:apigateway/resource:Resource"
    service = "apigateway"
    props = {
        "restApi": Prop(required=True, replaces=True),
        "parentId": Prop(required=True),
        "pathPart": Prop(required=True),
    }
    volatile = frozenset({"path"})

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the segment below its parent."""
        answer = aws.client("apigateway").create_resource(
            restApiId=inputs["restApi"], parentId=inputs["parentId"], pathPart=inputs["pathPart"]
        )
        return str(answer["id"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the segment and its whole path."""
        api = within(known, "restApi")
        found = aws.client("apigateway").get_resource(restApiId=api, resourceId=id)
        return {
            "restApi": api,
            "parentId": found.get("parentId"),
            "pathPart": found.get("pathPart"),
            "path": found.get("path"),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Rename or move the segment."""
        paths = {"parentId": "/parentId", "pathPart": "/pathPart"}
        aws.client("apigateway").update_resource(
            restApiId=new["restApi"],
            resourceId=id,
            patchOperations=patches.fields(paths, new, changed),
        )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the segment and all below it."""
        aws.client("apigateway").delete_resource(restApiId=known["restApi"], resourceId=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """A parent has each segment only once."""
        pages = aws.client("apigateway").get_paginator("get_resources")
        wanted = (inputs["parentId"], inputs["pathPart"])
        for page in pages.paginate(restApiId=inputs["restApi"], limit=500):
            for item in page.get("items", []):
                if (item.get("parentId"), item.get("pathPart")) == wanted:
                    return str(item["id"])
        return None

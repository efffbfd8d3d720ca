"""aws:cloudwatch/queryDefinition: a saved query of Logs Insights."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import AutoName, Aws, Prop, Props, ResourceType, present


class QueryDefinition(ResourceType):
    """A saved query of Logs Insights; AWS makes its id."""

    token = "aws:cloudwatch/queryDefinition:QueryDefinition"
    service = "logs"
    name = AutoName(max=255, prefix=None)
    emulated = False
    props = {
        "name": Prop(),
        "queryString": Prop(required=True),
        "logGroupNames": Prop(),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Save the query; the token makes a repeated call save it once."""
        return self._put(aws, inputs)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the query by its id, looking under its name first."""
        query = self._search(aws, known.get("name"), lambda query: query["queryDefinitionId"] == id)
        if query is None:
            return None
        return {
            "name": query["name"],
            "queryString": query["queryString"],
            "logGroupNames": query.get("logGroupNames", []),
            "queryDefinitionId": id,
            "arn": aws.arn("logs", f"query-definition:{id}"),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Save the query again under the same id."""
        self._put(aws, new, queryDefinitionId=id)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the query."""
        aws.client("logs").delete_query_definition(queryDefinitionId=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Look for a query of this name and text."""
        wanted = (inputs["name"], inputs["queryString"])
        query = self._search(
            aws, inputs["name"], lambda query: (query["name"], query["queryString"]) == wanted
        )
        return str(query["queryDefinitionId"]) if query else None

    def placeholder(self, aws: Aws, inputs: Props) -> tuple[str, Props]:
        """Record the query under its name."""
        return str(inputs["name"]), {"queryDefinitionId": str(inputs["name"])}

    def _put(self, aws: Aws, inputs: Props, **more: str) -> str:
        answer = aws.client("logs").put_query_definition(
            name=inputs["name"],
            queryString=inputs["queryString"],
            **present(logGroupNames=inputs.get("logGroupNames")),
            **more,
        )
        return str(answer["queryDefinitionId"])

    def _search(self, aws: Aws, name: str | None, wanted: Any) -> Props | None:
        arguments = present(queryDefinitionNamePrefix=name)
        while True:
            page = aws.client("logs").describe_query_definitions(**arguments)
            found = next(filter(wanted, page["queryDefinitions"]), None)
            if found is not None or not page.get("nextToken"):
                return found
            arguments["nextToken"] = page["nextToken"]

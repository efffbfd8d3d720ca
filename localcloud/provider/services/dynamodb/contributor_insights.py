"""aws:dynamodb/contributorInsights: which keys of a table or index are asked for most."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import Aws, Prop, Props, ResourceType, present


class ContributorInsights(ResourceType):
    """Contributor insights of one table or index; the id is `table` or `table/index`."""

    token = "aws:dynamodb/contributorInsights:ContributorInsights"
    service = "dynamodb"
    unique_by = ("tableName", "indexName")
    props = {
        "tableName": Prop(required=True, replaces=True),
        "indexName": Prop(replaces=True),
        "mode": Prop(computed=True, replaces=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Switch them on."""
        id = self.id_of(aws, inputs)
        mode = present(ContributorInsightsMode=inputs.get("mode"))
        _switch(aws, id, "ENABLE", **mode)
        return id

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """Wait until they are on."""
        aws.wait(lambda: _status(aws, id) == "ENABLED", what=f"contributor insights of {id}")

    def created(self, aws: Aws, id: str, inputs: Props) -> Props | None:
        """Return the inputs: there is nothing else to know."""
        return {name: inputs[name] for name in self.props if name in inputs}

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read them; switched off is as good as gone."""
        answer = aws.client("dynamodb").describe_contributor_insights(**_target(id))
        if answer["ContributorInsightsStatus"] not in ("ENABLING", "ENABLED"):
            return None
        forgotten = known.get("mode") if aws.emulated else None
        return {
            "tableName": answer["TableName"],
            "indexName": answer.get("IndexName"),
            "mode": forgotten or answer.get("ContributorInsightsMode"),
        }

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Switch them off."""
        if _status(aws, id) in ("ENABLING", "ENABLED"):
            _switch(aws, id, "DISABLE")

    def id_of(self, aws: Aws, inputs: Props) -> str:
        """Return the names of the table and, if given, the index."""
        table, index = inputs["tableName"], inputs.get("indexName")
        return f"{table}/{index}" if index else str(table)


def _target(id: str) -> Props:
    table, _, index = id.partition("/")
    return present(TableName=table, IndexName=index)


def _status(aws: Aws, id: str) -> Any:
    answer = aws.client("dynamodb").describe_contributor_insights(**_target(id))
    return answer["ContributorInsightsStatus"]


def _switch(aws: Aws, id: str, action: str, **more: str) -> None:
    aws.client("dynamodb").update_contributor_insights(
        **_target(id), ContributorInsightsAction=action, **more
    )

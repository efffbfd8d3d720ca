"""aws:cloudwatch/dashboard: a page of graphs, held as one JSON document."""

from __future__ import annotations

from localcloud.provider.base.resource import AutoName, Aws, Prop, Props, ResourceType, json_text


class Dashboard(ResourceType):
    """A dashboard; its id is its name."""

    token = "aws:cloudwatch/dashboard:Dashboard"
    service = "cloudwatch"
    name = AutoName(property="dashboardName", max=255, prefix=None)
    props = {
        "dashboardName": Prop(replaces=True),
        "dashboardBody": Prop(required=True, json=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put the dashboard."""
        self._put(aws, inputs)
        return str(inputs["dashboardName"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the dashboard."""
        found = aws.client("cloudwatch").get_dashboard(DashboardName=id)
        return {
            "dashboardName": id,
            "dashboardBody": found["DashboardBody"],
            "dashboardArn": found["DashboardArn"],
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Put the whole dashboard again."""
        self._put(aws, new)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the dashboard."""
        aws.client("cloudwatch").delete_dashboards(DashboardNames=[id])

    def _put(self, aws: Aws, inputs: Props) -> None:
        aws.client("cloudwatch").put_dashboard(
            DashboardName=inputs["dashboardName"],
            DashboardBody=json_text(inputs["dashboardBody"]),
        )

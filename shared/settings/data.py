"""What data may be told: how tables are billed, kept and copied, and what buckets keep."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from shared.settings.config import Region, Settings
from shared.stack_name import HOME_REGION, StackName


class Data(Settings):
    """Tables and buckets."""

    layer: ClassVar[str] = "data"

    prevent_destroy: bool = Field(
        default=False,
        description="Tables and buckets cannot be destroyed; true in prod. While false, a bucket "
        "is emptied when it is destroyed.",
    )
    point_in_time_recovery: bool = Field(
        default=True, description="Tables can be restored to any second of the last 35 days."
    )
    billing_mode: Literal["on_demand", "provisioned"] = Field(
        default="on_demand",
        description="Pay for each request, or for capacity that follows the load between "
        "min_capacity and max_capacity.",
    )
    min_capacity: int = Field(
        default=5,
        ge=1,
        le=40000,
        description="Least read and write units per table and second, when provisioned.",
    )
    max_capacity: int = Field(
        default=100,
        ge=1,
        le=40000,
        description="Most read and write units per table and second, when provisioned.",
    )
    target_utilization_percent: int = Field(
        default=70,
        ge=20,
        le=90,
        description="Percent of the capacity that the load should use (AWS allows 20 to 90).",
    )
    contributor_insights: bool = Field(
        default=True, description="CloudWatch shows the most used keys of the records table."
    )
    replica_regions: tuple[Region, ...] = Field(
        default=(),
        description="Regions that keep a copy of the records table, encrypted with the key that "
        "layer network-security has there (./invoke region.add); on demand only.",
    )
    uploads_expire_days: int = Field(
        default=30, ge=1, le=3650, description="Days until an upload expires; its records stay."
    )
    logs_expire_days: int = Field(
        default=365,
        ge=1,
        le=3650,
        description="Days until an archived event or access log expires.",
    )
    old_versions_expire_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="Days that an overwritten or deleted object can be restored.",
    )
    abort_multipart_days: int = Field(
        default=7,
        ge=1,
        le=365,
        description="Days until the parts of an unfinished upload are removed.",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_capacity > self.max_capacity:
            raise ValueError("min_capacity no greater than max_capacity")
        return self

    @model_validator(mode="after")
    def _replicable(self) -> Self:
        if len(set(self.replica_regions)) < len(self.replica_regions):
            raise ValueError("each of replica_regions once")
        if outside := set(self.replica_regions) - set(self.allowed_regions):
            raise ValueError(f"replica_regions within allowed_regions, not {min(outside)}")
        # DynamoDB makes replicas of provisioned tables only once their capacity follows the load.
        if self.replica_regions and self.billing_mode == "provisioned":
            raise ValueError("billing_mode on_demand for a table that has replica_regions")
        return self

    def misplaced(self, where: StackName) -> str:
        """A copy is kept elsewhere, and only the home region's table has copies."""
        if self.replica_regions and where.region != HOME_REGION:
            return f"replica_regions in the home region's stack, {where.environment}, only"
        if where.region in self.replica_regions:
            return f"replica_regions other than {where.region}, where the table itself is"
        return ""

"""What compute may be told, for all functions and for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.registry.jobs import JOBS, Job
from shared.settings.config import Settings
from shared.settings.retention import LogRetentionDays
from shared.settings.text import Form
from shared.settings.withdrawal import Release

Version = Annotated[
    str, Form(r"^[\w.+-]{1,64}$", "1 to 64 letters, digits and . _ + -, such as 1.4.0")
]


class FunctionSettings(BaseModel):
    """What one function may be told; what is absent keeps the function's own default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    timeout_seconds: int = Field(
        default=15,
        ge=1,
        le=180,
        description="Seconds until a call is cut off; the system allows 180.",
    )
    memory_mb: int = Field(
        default=256,
        ge=128,
        le=10240,
        description="Memory in MB; CPU share follows it (Lambda's range).",
    )
    provisioned_concurrency: int | None = Field(
        default=None,
        ge=0,
        le=1000,
        description="Instances kept warm, at most reserved_concurrency; absent: the layer's value.",
    )
    reserved_concurrency: int | None = Field(
        default=None,
        ge=0,
        le=1000,
        description="Most instances at a time, 0 for none; absent: the account's limit.",
    )


def _function_defaults() -> dict[Job, FunctionSettings]:
    return {
        job: FunctionSettings(timeout_seconds=function.timeout_seconds)
        for job, function in JOBS.items()
    }


class Compute(Settings):
    """Functions."""

    layer: ClassVar[str] = "compute"
    parts: ClassVar[tuple[type[BaseModel], ...]] = (FunctionSettings,)
    releases: ClassVar[Mapping[str, Release]] = {
        "subnet_ids": Release(setting="in_vpc", value=False)
    }

    functions: dict[Job, FunctionSettings] = Field(
        default_factory=dict,
        description="Settings per function that differ from its defaults, e.g. "
        '{"process": {"timeout_seconds": 20}}.',
    )
    log_retention_days: LogRetentionDays = Field(
        default=14, description="Days that log lines are kept: 7 in dev, 30 in prod."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least severe log line that is written."
    )
    provisioned_concurrency: int = Field(
        default=0,
        ge=0,
        le=1000,
        description="Instances of each function kept warm on its alias; 0 keeps none, prod has 5.",
    )
    layer_target: Literal["aws", "local"] = Field(
        default="aws",
        description="What the Lambda layer's packages are built for: Linux on arm64, or this host.",
    )
    version: Version = Field(default="0.1.0", description="What GET /info reports.")
    max_retries: int = Field(
        default=2,
        ge=0,
        le=2,
        description="Times an asynchronous event is tried again before its DLQ.",
    )
    max_event_age_seconds: int = Field(
        default=3600,
        ge=60,
        le=21600,
        description="Seconds until an asynchronous event that waits goes to the DLQ.",
    )
    dlq_retention_days: int = Field(
        default=14,
        ge=1,
        le=14,
        description="Days that a failed event waits in its DLQ (SQS's most).",
    )
    in_vpc: bool = Field(
        default=True,
        description="Functions run in the VPC of network-security, if there is one; set it to "
        "false and deploy compute before that VPC is switched off.",
    )
    ingest_prefix: str = Field(
        default="", max_length=512, description="Only uploads whose key starts so are ingested."
    )
    ingest_suffix: str = Field(
        default="", max_length=512, description="Only uploads whose key ends so are ingested."
    )

    @model_validator(mode="after")
    def _room_for_the_warm(self) -> Self:
        """PutProvisionedConcurrencyConfig refuses more than is reserved, after the function."""
        for job in JOBS:
            own = self.function(job)
            reserved, warm = own.reserved_concurrency, own.provisioned_concurrency or 0
            if reserved is not None and warm > reserved:
                raise ValueError(
                    f"reserved_concurrency of function {job} ({reserved}) no less than its "
                    f"provisioned_concurrency ({warm})"
                )
        return self

    def function(self, job: Job) -> FunctionSettings:
        """The job's defaults with what the stack file says laid over them."""
        default = _function_defaults()[job]
        given = self.functions.get(job, default)
        update = {"provisioned_concurrency": self.provisioned_concurrency}
        return default.model_copy(update=update | given.model_dump(exclude_unset=True))

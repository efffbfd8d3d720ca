"""What each layer may be told: one typed model per layer, filled from its stack file.

Every field has a default (or is a secret that must be given), a unit, a range and the reason for
its default. `X.load()` reads the keys `<layer>:<field>` of the stack that runs.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)

from shared.config import Region, Settings, is_secret
from shared.jobs import JOBS, Job
from shared.stack_name import HOME_REGION, StackName

LogRetentionDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096]
"""The retention periods up to three years that CloudWatch Logs offers (PutRetentionPolicy)."""


def _recovery(days: int) -> int:
    if days != 0 and not 7 <= days <= 30:  # Secrets Manager's own range
        raise ValueError("0, or 7 to 30")
    return days


RecoveryDays = Annotated[int, AfterValidator(_recovery)]


def _network(text: str) -> str:
    try:
        network = IPv4Network(text)
    except ValueError:
        network = None
    if network is None or not network.is_private or not 16 <= network.prefixlen <= 24:
        raise ValueError("a private IPv4 network from /16 to /24, such as 10.20.0.0/16")
    return text


Network = Annotated[str, AfterValidator(_network)]
EndpointService = Literal["kms", "logs", "secretsmanager", "sqs", "ssm"]
"""Services that roles of the system call, as their endpoints are named."""


class NetworkSecurity(Settings):
    """Keys, parameters, the secret and the permissions boundary."""

    layer: ClassVar[str] = "network-security"

    db_password: SecretStr = Field(
        min_length=12, description="Database password, at least 12 characters; never a default."
    )
    api_key: SecretStr = Field(
        min_length=20,
        description="Key for the outside API that functions call, at least 20 characters.",
    )
    db_connection_string: SecretStr = Field(
        min_length=1, description="Database connection string, with user and password."
    )
    cursor_signing_key: SecretStr = Field(
        min_length=32,
        description="Key that signs page cursors, at least 32 characters; kept in the secret.",
    )
    app_config: dict[str, Any] = Field(
        default_factory=lambda: {"public": {"banner": "Microstack"}},
        description="Plain configuration that functions fetch at run time, a JSON object; anybody "
        "can see its `public` part by GET /info.",
    )
    prevent_destroy: bool = Field(
        default=False,
        description="Keys cannot be destroyed; true in prod, where they guard real data.",
    )
    key_deletion_days: int = Field(
        default=30,
        ge=7,
        le=30,
        description="Days that a deleted key can still be brought back (7 to 30).",
    )
    secret_recovery_days: RecoveryDays = Field(
        default=30,
        description="Days that a deleted secret can still be brought back: 7 to 30, or 0 for none.",
    )
    vpc_enabled: bool = Field(
        default=False,
        description="Functions run in private subnets of a VPC, without a way to the internet.",
    )
    vpc_cidr: Network = Field(
        default="10.20.0.0/16",
        description="Addresses of the VPC, /16 to /24; each subnet has a sixteenth of them.",
    )
    vpc_zones: int = Field(
        default=2, ge=2, le=6, description="Availability zones, each with a private subnet."
    )
    interface_endpoints: tuple[EndpointService, ...] = Field(
        default=("secretsmanager", "sqs", "ssm"),
        description="AWS services, besides S3 and DynamoDB, that can be reached from the VPC, at "
        "an hourly price for each service and zone; functions call those of the default.",
    )

    @model_validator(mode="after")
    def _endpoints_once(self) -> Self:
        if len(set(self.interface_endpoints)) < len(self.interface_endpoints):
            raise ValueError("each of interface_endpoints once")
        return self


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
        default=None, ge=0, le=1000, description="Instances kept warm; absent: the layer's value."
    )
    reserved_concurrency: int | None = Field(
        default=None,
        ge=0,
        le=1000,
        description="Most instances at a time; absent: the account's limit.",
    )


def _function_defaults() -> dict[Job, FunctionSettings]:
    slow = ("users", "items", "status")
    return {job: FunctionSettings(timeout_seconds=30 if job in slow else 15) for job in JOBS}


class Compute(Settings):
    """Functions."""

    layer: ClassVar[str] = "compute"
    parts: ClassVar[tuple[type[BaseModel], ...]] = (FunctionSettings,)

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
    version: str = Field(
        default="0.1.0", pattern=r"^[\w.+-]{1,64}$", description="What GET /info reports."
    )
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

    def function(self, job: Job) -> FunctionSettings:
        """The job's defaults with what the stack file says laid over them."""
        default = _function_defaults()[job]
        given = self.functions.get(job, default)
        update = {"provisioned_concurrency": self.provisioned_concurrency}
        return default.model_copy(update=update | given.model_dump(exclude_unset=True))


def _origin(text: str) -> str:
    if text == "*":
        raise ValueError("an origin such as https://app.example.com, never *")
    return text


Origin = Annotated[
    str, AfterValidator(_origin), StringConstraints(pattern=r"^(\*|https?://[^/\s,'\"]+)$")
]


LOOPBACK = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?(/[^\s?#]*)?")
"""An issuer on this machine, where no certificate can be had."""


OPERATIONS = "operations"
"""The client that stands for whoever runs the system; it has a plan wherever clients have."""


def _client(text: str) -> str:
    if text == OPERATIONS or not re.fullmatch(r"[a-z][a-z0-9-]{0,62}", text):
        raise ValueError(f"a client's name such as acme-web, and not {OPERATIONS}")
    return text


class UsagePlan(BaseModel):
    """What one client of the API may ask for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate: int = Field(
        default=100,
        ge=1,
        le=10000,
        description="Requests per second that the client may make in the long run.",
    )
    burst: int = Field(
        default=200, ge=1, le=10000, description="Requests that the client may make at once."
    )
    quota: int | None = Field(
        default=None, ge=1, description="Requests in each period; absent: as many as it likes."
    )
    period: Literal["day", "week", "month"] = Field(
        default="day", description="Period of the quota; each begins at midnight UTC."
    )


class Api(Settings):
    """The edge of the system, REST or HTTP."""

    layer: ClassVar[str] = "api"
    parts: ClassVar[tuple[type[BaseModel], ...]] = (UsagePlan,)

    edge: Literal["rest", "http"] = Field(
        default="rest",
        description="Kind of API: rest checks requests before a function runs and words every "
        "error; http costs less, answers sooner and knows JWT.",
    )
    auth: Literal["iam", "jwt", "none"] = Field(
        default="iam",
        description="How callers show who they are: iam by AWS Signature Version 4, jwt by a token "
        "of jwt_issuer (edge http), none not at all (with sandbox only). /health and /info never "
        "ask.",
    )
    jwt_issuer: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#]+)?$",
        description="Issuer of the tokens as their claim iss says it; its "
        "/.well-known/openid-configuration names the keys. By https; by http on this machine for "
        "local.",
    )
    jwt_audience: str = Field(
        default="",
        max_length=256,
        description="What the claim aud (or client_id) of a token must be.",
    )
    sandbox: bool = Field(
        default=False,
        description="Allows auth none: everybody may read, change and delete everything. Never in "
        "prod.",
    )

    stage: str = Field(
        default="live",
        pattern=r"^[A-Za-z0-9_]{1,128}$",
        description="Name of the stage, the first part of each path.",
    )
    allowed_origins: tuple[Origin, ...] = Field(
        default=(), description="Web origins that browsers may call from; none by default, * never."
    )
    throttle_rate: int = Field(
        default=1000,
        ge=1,
        le=10000,
        description="Requests per second that a method takes in the long run.",
    )
    throttle_burst: int = Field(
        default=2000, ge=1, le=10000, description="Requests that a method takes at once."
    )
    log_retention_days: LogRetentionDays = Field(
        default=14,
        description="Days that access and execution logs are kept: 7 in dev, 30 in prod.",
    )
    usage_plans: dict[Annotated[str, AfterValidator(_client)], UsagePlan] = Field(
        default_factory=dict,
        description="Limits by client, who then must send its API key: "
        '{"acme": {"rate": 10, "quota": 1000}} (edge rest).',
    )
    domain_name: str = Field(
        default="",
        max_length=253,
        pattern=r"^(([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63})?$",
        description="Domain of the API, such as api.example.com; none by default.",
    )
    hosted_zone_id: str = Field(
        default="",
        pattern=r"^(Z[A-Z0-9]{1,31})?$",
        description="Id of the Route 53 hosted zone in which domain_name lies.",
    )
    default_endpoint_enabled: bool = Field(
        default=True,
        description="The API also answers at the address that AWS gives it; false leaves only "
        "domain_name.",
    )
    routing: Literal["simple", "latency", "failover"] = Field(
        default="simple",
        description="How callers of domain_name find a region: one has all, the nearest, or the "
        "home region until it fails.",
    )
    account_logging: bool = Field(
        default=True,
        description="Set the role by which API Gateway writes logs: one per account and region, "
        "so true in only one stack of an account and region.",
    )

    @model_validator(mode="after")
    def _agreed(self) -> Self:
        if self.auth == "none" and not self.sandbox:
            raise ValueError("sandbox true with auth none, which lets everybody do everything")
        if self.auth == "jwt" and self.edge == "rest":
            raise ValueError("edge http with auth jwt: a REST API knows no JWT (docs/adr/0008)")
        if self.auth == "jwt" and not (self.jwt_issuer and self.jwt_audience):
            raise ValueError("both jwt_issuer and jwt_audience with auth jwt")
        if self.usage_plans and self.edge == "http":
            raise ValueError("edge rest with usage_plans: an HTTP API has none")
        return self

    def misplaced(self, where: StackName) -> str:
        """A sandbox is none of prod's, and a local issuer nobody else's."""
        if self.sandbox and where.environment == "prod":
            return "no sandbox in prod"
        if self.domain_name and self.routing == "simple" and where.region != HOME_REGION:
            return "routing latency or failover where a domain_name is shared by regions"
        if not self.jwt_issuer or self.jwt_issuer.startswith("https://"):
            return ""
        if where.environment == "local" and LOOPBACK.fullmatch(self.jwt_issuer):
            return ""
        return "a jwt_issuer by https (http is for an issuer on this machine, in local)"

    @model_validator(mode="after")
    def _addressed(self) -> Self:
        if bool(self.domain_name) != bool(self.hosted_zone_id):
            raise ValueError("domain_name and hosted_zone_id, or neither")
        if not self.domain_name and not self.default_endpoint_enabled:
            raise ValueError("a domain_name, or default_endpoint_enabled true: there must be a way")
        if not self.domain_name and self.routing != "simple":
            raise ValueError(f"a domain_name with routing {self.routing}")
        if not self.default_endpoint_enabled and self.routing != "simple":
            raise ValueError(
                f"default_endpoint_enabled true with routing {self.routing}, whose health checks "
                "ask there"
            )
        return self


class Observability(Settings):
    """Alarms, their topic and the dashboard."""

    layer: ClassVar[str] = "observability"

    alarm_emails: tuple[Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")], ...] = (
        Field(
            default=(),
            description="Addresses that hear of every ALARM and OK; each must confirm once.",
        )
    )
    function_errors_per_minute: int = Field(
        default=2, ge=0, description="Errors of a function within a minute before its alarm rings."
    )
    function_error_percent: float = Field(
        default=1.0,
        gt=0,
        le=100,
        description="Percent of calls that may fail before the alarm rings.",
    )
    function_duration_percent: int = Field(
        default=90,
        ge=1,
        le=100,
        description="Percent of its timeout that 99 % of a function's calls may take.",
    )
    dlq_age_seconds: int = Field(
        default=3600,
        ge=60,
        le=1209600,
        description="Seconds that a failed event may wait in a DLQ before its alarm rings.",
    )
    api_5xx_percent: float = Field(
        default=1.0, gt=0, le=100, description="Percent of requests that may fail by our fault."
    )
    api_4xx_percent: float = Field(
        default=10.0, gt=0, le=100, description="Percent of requests that may be refused."
    )
    availability_percent: float = Field(
        default=99.9,
        ge=90,
        le=99.999,
        description="Percent of requests that must not fail by our fault, over 30 days; the "
        "burn-rate alarms ring when what may fail is used up too fast.",
    )
    trace_percent: float = Field(
        default=5.0, ge=0, le=100, description="Percent of requests that X-Ray traces."
    )
    api_latency_p99_ms: int = Field(
        default=3000,
        ge=1,
        le=29000,
        description="Milliseconds within which 99 % of requests are answered.",
    )


LAYERS: tuple[type[Settings], ...] = (NetworkSecurity, Data, Compute, Api, Observability)

LOCAL: dict[str, dict[str, Any]] = {
    "network-security": {"key_deletion_days": 7, "secret_recovery_days": 0},
    "data": {},
    "compute": {"log_retention_days": 7, "layer_target": "local"},
    "api": {"log_retention_days": 7, "allowed_origins": ["http://localhost:3000"]},
    "observability": {},
}
"""What Pulumi.local.yaml says beyond the defaults: layer → key → plain value."""


def secret_keys(layer: str) -> tuple[str, ...]:
    """The keys of a layer that a stack file must hold encrypted, e.g. `db_password`."""
    model = next(item for item in LAYERS if item.layer == layer)
    return tuple(name for name, info in model.model_fields.items() if is_secret(info))

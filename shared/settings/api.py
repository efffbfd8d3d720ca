"""What api may be told: the edge, who may call, limits, the domain."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from shared.settings.config import Settings
from shared.settings.retention import LogRetentionDays
from shared.settings.text import Form
from shared.stack_name import HOME_REGION, StackName

Origin = Annotated[
    str, Form(r"^https?://[^/\s,'\"*]+$", "an origin such as https://app.example.com, never *")
]
Issuer = Annotated[
    str,
    Form(
        r"^(https?://[^\s?#]+)?$",
        "an issuer such as https://id.example.com, without ? and #, or nothing",
    ),
]
StageName = Annotated[
    str, Form(r"^[A-Za-z0-9_]{1,128}$", "1 to 128 letters, digits and _, such as live")
]
Domain = Annotated[
    str,
    Form(
        r"^(([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63})?$",
        "a domain in small letters such as api.example.com, or nothing",
    ),
]
ZoneId = Annotated[
    str, Form(r"^(Z[A-Z0-9]{1,31})?$", "a hosted zone's id such as Z0123456789ABC, or nothing")
]


LOOPBACK = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?(/[^\s?#]*)?")
"""An issuer on this machine, where no certificate can be had."""


OPERATIONS = "operations"
"""The client that stands for whoever runs the system; it has a plan wherever clients have."""


Client = Annotated[
    str,
    Form(
        rf"^(?!{OPERATIONS}$)[a-z][a-z0-9-]{{0,62}}$",
        f"a client's name such as acme-web, and not {OPERATIONS}",
    ),
]


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
    jwt_issuer: Issuer = Field(
        default="",
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

    stage: StageName = Field(
        default="live",
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
    usage_plans: dict[Client, UsagePlan] = Field(
        default_factory=dict,
        description="Limits by client, who then must send its API key: "
        '{"acme": {"rate": 10, "quota": 1000}} (edge rest).',
    )
    domain_name: Domain = Field(
        default="",
        max_length=253,
        description="Domain of the API, such as api.example.com; none by default.",
    )
    hosted_zone_id: ZoneId = Field(
        default="",
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

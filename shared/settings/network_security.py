"""What network-security may be told: keys, secrets, parameters, the optional VPC."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from shared import contracts
from shared.contract.base import plain
from shared.settings.config import Settings
from shared.settings.text import Form
from shared.settings.withdrawal import Configured, Outputs, Withdrawal

RECOVERY_DAYS = "0, or 7 to 30"
"""Secrets Manager's own range."""
NETWORK = "a private IPv4 network from /16 to /24, such as 10.20.0.0/16"


def _recovery(days: int) -> int:
    if days != 0 and not 7 <= days <= 30:
        raise ValueError(RECOVERY_DAYS)
    return days


RecoveryDays = Annotated[
    int, AfterValidator(_recovery), Field(json_schema_extra={"wanted": RECOVERY_DAYS})
]


def _network(text: str) -> str:
    try:
        network = IPv4Network(text)
    except ValueError:
        network = None
    if network is None or not network.is_private or not 16 <= network.prefixlen <= 24:
        raise ValueError(NETWORK)
    return text


Network = Annotated[str, AfterValidator(_network), Field(json_schema_extra={"wanted": NETWORK})]
Principal = Annotated[
    str,
    Form(
        r"^arn:aws[a-z-]*:iam::\d{12}:(role|user)/[\w+=,.@/*-]+$",
        "the ARN of a role or user, such as arn:aws:iam::123456789012:role/deploy-*",
    ),
]
EndpointService = Literal["kms", "logs", "secretsmanager", "sqs", "ssm"]
"""Services that roles of the system call, as their endpoints are named."""
CALLED: tuple[EndpointService, ...] = ("secretsmanager", "sqs", "ssm")
"""Services that functions themselves call, besides S3 and DynamoDB, which have gateways.

KMS is asked by the services whose data it encrypts; logs, traces and failed events are taken by
Lambda, which is not in the VPC.
"""


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
    key_users: tuple[Principal, ...] = Field(
        default=(),
        description="Who may use the keys, by way of their services, besides the roles of this "
        "environment: ARNs of those who deploy any layer, operate or upload; * stands for any "
        "text. None: whoever the account's IAM policies let.",
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
        default=CALLED,
        description="AWS services, besides S3 and DynamoDB, that can be reached from the VPC, at "
        "an hourly price for each service and zone; functions call those of the default, so none "
        "of them can be left out.",
    )

    @classmethod
    def withdraws(cls, configured: Configured, published: Outputs) -> Withdrawal | None:
        """Subnets go with the VPC, with a move of it, and with a zone that is left."""
        security = contracts.NetworkSecurity.of(published())
        subnets = plain(security.subnet_ids)
        if not subnets:
            return None
        stays = {
            "vpc_enabled": configured("vpc_enabled"),
            "vpc_cidr": plain(security.vpc_cidr) in (None, configured("vpc_cidr")),
            "vpc_zones": configured("vpc_zones") >= len(subnets),
        }
        lost = next((setting for setting, same in stays.items() if not same), None)
        if lost is None:
            return None
        return Withdrawal(
            field="subnet_ids",
            setting=f"{lost} is {str(configured(lost)).lower()}",
            what="deletes subnets",
            holds="has functions in them",
            because="AWS deletes no subnet that a function is in",
        )

    @model_validator(mode="after")
    def _endpoints_once(self) -> Self:
        if len(set(self.interface_endpoints)) < len(self.interface_endpoints):
            raise ValueError("each of interface_endpoints once")
        return self

    @model_validator(mode="after")
    def _functions_reach_what_they_call(self) -> Self:
        missing = [each for each in CALLED if each not in self.interface_endpoints]
        if self.vpc_enabled and missing:
            raise ValueError(
                f"{', '.join(missing)} among interface_endpoints with vpc_enabled true: functions "
                f"call {'it' if len(missing) == 1 else 'them'}, and the VPC has no other way out"
            )
        return self

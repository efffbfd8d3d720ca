"""What each function needs: its environment, and its permissions, action by action.

A name or ARN stands here once, so that a function cannot be told of a thing that it may not use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pulumi import Input, Output

from shared.account import Account
from shared.contracts import Data, NetworkSecurity
from shared.errors import StackError
from shared.iam import Statement
from shared.registry.jobs import JOBS, Job
from shared.registry.operations import Operation


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What one job's function is told and allowed; `dlq_variable` names its queue's URL to it."""

    description: str
    environment: Mapping[str, Input[str]]
    statements: Sequence[Statement]
    dlq_variable: str | None = None


@dataclass(frozen=True, kw_only=True)
class Upstream:
    """What the layers below offer to functions."""

    account: Account
    security: NetworkSecurity
    data: Data

    def decrypt(self, key_arn: Input[str], *services: str, sid: str = "Decrypt") -> Statement:
        """Use a key to read, only by way of these services."""
        return self._key("kms:Decrypt", key_arn, services, sid=sid)

    def encrypt(self, key_arn: Input[str], *services: str, sid: str = "Encrypt") -> Statement:
        """Use a key to write, only by way of these services."""
        return self._key("kms:GenerateDataKey", key_arn, services, sid=sid)

    def _key(
        self, action: str, key_arn: Input[str], services: Sequence[str], *, sid: str
    ) -> Statement:
        via = [f"{service}.{self.account.region}.amazonaws.com" for service in services]
        return Statement(
            sid=sid,
            actions=[action],
            resources=key_arn,
            conditions={"StringEquals": {"kms:ViaService": via}},
        )

    def sign_cursors(self) -> list[Statement]:
        """Read the secret that signs page cursors."""
        return [
            Statement(
                sid="ReadSigningKey",
                actions=["secretsmanager:GetSecretValue"],
                resources=self.security.secret_arn,
            ),
            self.decrypt(self.security.secrets_key_arn, "secretsmanager", sid="DecryptSigningKey"),
        ]


def process(of: Upstream) -> Needs:
    """Store a record and archive the event."""
    logs = of.data.bucket_arns["logs"]
    return Needs(
        description="POST /process and POST /records: validate, store, archive.",
        environment={
            "RECORDS_TABLE": of.data.table_names["records"],
            "IDEMPOTENCY_TABLE": of.data.table_names["idempotency"],
            "LOGS_BUCKET": of.data.bucket_names["logs"],
            "LOGS_KEY_ARN": of.security.logs_key_arn,
        },
        statements=[
            Statement(
                sid="StoreRecords",
                actions=["dynamodb:PutItem"],
                resources=[of.data.table_arns["records"], of.data.table_arns["idempotency"]],
            ),
            of.decrypt(of.security.data_key_arn, "dynamodb"),
            Statement(
                sid="ArchiveEvents",
                actions=["s3:PutObject"],
                resources=Output.concat(logs, "/logs/*"),
            ),
            of.encrypt(of.security.logs_key_arn, "s3"),
        ],
    )


def ingest(of: Upstream) -> Needs:
    """Store each record of an upload once."""
    uploads = of.data.bucket_arns["uploads"]
    return Needs(
        description="Uploads to S3: parse, store each record once.",
        environment={
            "RECORDS_TABLE": of.data.table_names["records"],
            "IDEMPOTENCY_TABLE": of.data.table_names["idempotency"],
        },
        dlq_variable="INGEST_DLQ_URL",
        statements=[
            Statement(
                sid="ReadUploads",
                actions=["s3:GetObject", "s3:GetObjectVersion"],
                resources=Output.concat(uploads, "/*"),
            ),
            Statement(
                sid="StoreRecords",
                actions=["dynamodb:PutItem"],
                resources=of.data.table_arns["records"],
            ),
            Statement(
                sid="ClaimUploads",
                actions=["dynamodb:UpdateItem"],
                resources=of.data.table_arns["idempotency"],
            ),
            of.decrypt(of.security.data_key_arn, "dynamodb", "s3"),
        ],
    )


def retrieve(of: Upstream) -> Needs:
    """Read records, in pages."""
    return Needs(
        description="GET /records and GET /records/{symbol}: query, one record, pages.",
        environment={
            "RECORDS_TABLE": of.data.table_names["records"],
            "SECRET_NAME": of.security.secret_arn,
        },
        statements=[
            Statement(
                sid="ReadRecords",
                actions=["dynamodb:GetItem", "dynamodb:Query"],
                resources=of.data.table_arns["records"],
            ),
            of.decrypt(of.security.data_key_arn, "dynamodb"),
            *of.sign_cursors(),
        ],
    )


def users(of: Upstream) -> Needs:
    """Create, read, change and delete users."""
    tables = of.data.table_names["users"], of.data.table_arns["users"]
    return _documents("users", *tables, of=of)


def items(of: Upstream) -> Needs:
    """Create, read, change and delete items."""
    tables = of.data.table_names["items"], of.data.table_arns["items"]
    return _documents("items", *tables, of=of)


def _documents(kind: Job, name: Input[str], arn: Input[str], *, of: Upstream) -> Needs:
    return Needs(
        description=f"/{kind} and /{kind}/{{id}}: create, read, change, delete.",
        environment={
            f"{kind.upper()}_TABLE": name,
            "SECRET_NAME": of.security.secret_arn,
        },
        statements=[
            Statement(
                sid=f"Keep{kind.capitalize()}",
                actions=sorted({_action(operation) for operation in JOBS[kind].operations}),
                resources=arn,
            ),
            of.decrypt(of.security.data_key_arn, "dynamodb"),
            *of.sign_cursors(),
        ],
    )


def _action(operation: Operation) -> str:
    """What an operation on documents that are kept by their id does with their table."""
    of_one = bool(operation.path_parameters)
    actions = {
        "GET": "GetItem" if of_one else "Scan",
        "POST": "PutItem",
        "PUT": "UpdateItem",
        "DELETE": "DeleteItem",
    }
    return f"dynamodb:{actions[operation.method]}"


def status(of: Upstream) -> Needs:
    """Say that the system lives, and what it is."""
    return Needs(
        description="GET /health and GET /info.",
        environment={"APP_CONFIG_PARAMETER": of.security.parameter_names["app_config"]},
        statements=[
            Statement(
                sid="ReadAppConfig",
                actions=["ssm:GetParameter"],
                resources=of.security.parameter_arns["app_config"],
            ),
        ],
    )


NEEDS: Final[Mapping[Job, Callable[[Upstream], Needs]]] = {
    "process": process,
    "ingest": ingest,
    "retrieve": retrieve,
    "users": users,
    "items": items,
    "status": status,
}
"""Of every job of shared/registry/jobs.py."""


def needs_of(job: Job, of: Upstream) -> Needs:
    """What one function needs; StackError if nobody has said so."""
    if job not in NEEDS:
        raise StackError(
            f"Function {job} has no needs: say in stacks/compute/needs.py what they are."
        )
    return NEEDS[job](of)

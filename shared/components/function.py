"""A function with everything that makes it safe to run: role, queue, log group, version, alias."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from shared.iam import ANY, NETWORK_INTERFACES, Statement, policy, trust

RUNTIME = aws.lambda_.Runtime.PYTHON3D14
ARCHITECTURE = "arm64"
ALIAS = "live"
SECONDS_PER_DAY = 24 * 60 * 60


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a function may use, and how long failures and log lines are kept."""

    timeout_seconds: int
    memory_mb: int
    reserved_concurrency: int | None
    provisioned_concurrency: int
    max_retries: int
    max_event_age_seconds: int
    dlq_retention_days: int
    log_retention_days: int


@dataclass(frozen=True, kw_only=True)
class Guard:
    """The keys that encrypt what the function leaves behind, and the ceiling of its role."""

    boundary_arn: Input[str]
    data_key_arn: Input[str]
    logs_key_arn: Input[str]
    queue_service: str
    """SQS as KMS sees it: sqs.<region>.amazonaws.com."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """Where in a VPC a function runs."""

    subnet_ids: Input[Sequence[Input[str]]]
    security_group_id: Input[str]


class Function(pulumi.ComponentResource):
    """One function behind its alias `live`, under a role of its own.

    An asynchronous event that fails is tried again, then goes to the function's own encrypted
    dead-letter queue. `statements` are what the job itself needs, beyond what every function does.
    """

    def __init__(
        self,
        name: str,
        *,
        description: str,
        code: pulumi.Archive,
        layers: Sequence[Input[str]],
        environment: Mapping[str, Input[str]],
        statements: Sequence[Statement],
        log_group_name: str,
        limits: Limits,
        guard: Guard,
        dlq_variable: str | None = None,
        network: Network | None = None,
    ) -> None:
        super().__init__("microstack:compute:Function", name)
        self._name = name
        self._child = ResourceOptions(parent=self)
        self._limits = limits
        self.dlq = self._queue(guard)
        self.log_group = self._logs(log_group_name, guard)
        own = self._own_statements(guard)
        attach = _attach_to_vpc() if network else []
        role, role_policy = self._role([*own, *attach, *statements], guard)
        queue_url = {dlq_variable: self.dlq.url} if dlq_variable else {}
        self.function = aws.lambda_.Function(
            name,
            description=description,
            runtime=RUNTIME,
            architectures=[ARCHITECTURE],
            handler=f"{name}.handler.handler",
            code=code,
            layers=list(layers),
            role=role.arn,
            timeout=limits.timeout_seconds,
            memory_size=limits.memory_mb,
            reserved_concurrent_executions=limits.reserved_concurrency,
            publish=True,
            environment={"variables": {**environment, **queue_url}},
            dead_letter_config={"target_arn": self.dlq.arn},
            tracing_config={"mode": "Active"},
            logging_config={"log_format": "JSON", "log_group": self.log_group.name},
            vpc_config=_vpc_config(network) if network else None,
            # Lambda checks at once that the role may write to the queue
            opts=ResourceOptions(parent=self, depends_on=[role_policy, self.log_group]),
        )
        self.alias = self._alias()
        self._retries()
        self.register_outputs({"arn": self.function.arn, "alias_arn": self.alias.arn})

    def _queue(self, guard: Guard) -> aws.sqs.Queue:
        return aws.sqs.Queue(
            f"{self._name}-dlq",
            kms_master_key_id=guard.data_key_arn,
            message_retention_seconds=self._limits.dlq_retention_days * SECONDS_PER_DAY,
            opts=self._child,
        )

    def _logs(self, name: str, guard: Guard) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            f"{self._name}-logs",
            name=name,
            kms_key_id=guard.logs_key_arn,
            retention_in_days=self._limits.log_retention_days,
            opts=self._child,
        )

    def _role(
        self, statements: Sequence[Statement], guard: Guard
    ) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        role = aws.iam.Role(
            f"{self._name}-role",
            assume_role_policy=trust("lambda"),
            permissions_boundary=guard.boundary_arn,
            opts=self._child,
        )
        role_policy = aws.iam.RolePolicy(
            f"{self._name}-policy", role=role.name, policy=policy(*statements), opts=self._child
        )
        return role, role_policy

    def _own_statements(self, guard: Guard) -> list[Statement]:
        """What every function does: write its log, its traces and its failed events."""
        return [
            Statement(
                sid="WriteOwnLog",
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=Output.concat(self.log_group.arn, ":*"),
            ),
            Statement(
                sid="WriteTraces",
                actions=["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
                resources=ANY,
                reason="X-Ray's write actions know no resources (service authorization reference)",
            ),
            Statement(sid="KeepFailures", actions=["sqs:SendMessage"], resources=self.dlq.arn),
            Statement(
                sid="EncryptFailures",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=guard.data_key_arn,
                conditions={"StringEquals": {"kms:ViaService": guard.queue_service}},
            ),
        ]

    def _alias(self) -> aws.lambda_.Alias:
        alias = aws.lambda_.Alias(
            f"{self._name}-{ALIAS}",
            name=ALIAS,
            description="The version that callers reach.",
            function_name=self.function.name,
            function_version=self.function.version,
            opts=self._child,
        )
        if self._limits.provisioned_concurrency:
            aws.lambda_.ProvisionedConcurrencyConfig(
                f"{self._name}-warm",
                function_name=self.function.name,
                qualifier=alias.name,
                provisioned_concurrent_executions=self._limits.provisioned_concurrency,
                opts=self._child,
            )
        return alias

    def _retries(self) -> None:
        """The same rule for callers of the function and of its alias: AWS keeps one for each."""
        for suffix, qualifier in (("retries", None), (f"{ALIAS}-retries", self.alias.name)):
            aws.lambda_.FunctionEventInvokeConfig(
                f"{self._name}-{suffix}",
                function_name=self.function.name,
                qualifier=qualifier,
                maximum_retry_attempts=self._limits.max_retries,
                maximum_event_age_in_seconds=self._limits.max_event_age_seconds,
                opts=self._child,
            )


def _vpc_config(network: Network) -> aws.lambda_.FunctionVpcConfigArgsDict:
    return {
        "subnet_ids": network.subnet_ids,
        "security_group_ids": [network.security_group_id],
    }


def _attach_to_vpc() -> list[Statement]:
    """What Lambda needs to put the function into a VPC; the function's own code may not do it."""
    return [
        Statement(
            sid="AttachToVpc",
            actions=NETWORK_INTERFACES,
            resources=ANY,
            reason="Lambda refuses a role that may not do this on all network interfaces",
        ),
        Statement(
            sid="OnlyLambdaAttaches",
            effect="Deny",
            actions=NETWORK_INTERFACES,
            resources=ANY,
            # the key is there only when the function's own code calls (Lambda developer guide)
            conditions={"Null": {"lambda:SourceFunctionArn": "false"}},
        ),
    ]

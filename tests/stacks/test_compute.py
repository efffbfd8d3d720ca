from __future__ import annotations

import json

import pytest

from shared.registry.jobs import JOBS, Job
from shared.settings.compute import Compute
from tests.stacks.conftest import below
from tests.stacks.recorder import ACCOUNT, Program, local, run

every_job = pytest.mark.parametrize("job", JOBS)


def granted(compute: Program, job: str) -> dict[str, object]:
    """Action → resource of everything that a job's role may do."""
    document = compute.one("iam/rolePolicy:RolePolicy", f"{job}-policy").document("policy")
    return {
        f"{action} {statement['Sid']}": statement["Resource"]
        for statement in document["Statement"]
        for action in statement["Action"]
    }


@every_job
def test_every_function_runs_on_the_newest_runtime_on_arm(compute: Program, job: Job) -> None:
    function = compute.one("lambda/function:Function", job).inputs
    assert function["runtime"] == "python3.14"
    assert function["architectures"] == ["arm64"]
    assert function["handler"] == f"{job}.handler.handler"
    assert function["memorySize"] == 256
    assert function["timeout"] == Compute().function(job).timeout_seconds
    assert function["publish"] is True
    assert function["tracingConfig"] == {"mode": "Active"}
    assert function["layers"] == [compute_layer_arn()]
    assert f"{job}/handler.py" in function["code"]["assets"]


def compute_layer_arn() -> str:
    return f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:microstack-local-common"


@every_job
def test_every_function_has_a_log_group_made_first(
    security: Program, compute: Program, job: str
) -> None:
    group = compute.one("cloudwatch/logGroup:LogGroup", f"{job}-logs")
    assert group.inputs == {
        "name": f"/microstack/local/{job}",
        "kmsKeyId": security.outputs["logs_key_arn"],
        "retentionInDays": 7,
    }
    function = compute.one("lambda/function:Function", job)
    assert function.inputs["loggingConfig"] == {
        "logFormat": "JSON",
        "logGroup": f"/microstack/local/{job}",
    }
    assert {f"{job}-logs", f"{job}-policy"} <= function.depends_on


@every_job
def test_every_function_keeps_its_failures(security: Program, compute: Program, job: str) -> None:
    queue = compute.one("sqs/queue:Queue", f"{job}-dlq")
    assert queue.inputs == {
        "kmsMasterKeyId": security.outputs["data_key_arn"],
        "messageRetentionSeconds": 14 * 24 * 3600,
    }
    function = compute.one("lambda/function:Function", job).inputs
    assert function["deadLetterConfig"] == {
        "targetArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:{job}-dlq-made"
    }


@every_job
def test_events_are_tried_thrice_at_most_by_function_and_alias(compute: Program, job: str) -> None:
    kind = "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
    rule = {
        "functionName": f"{job}-made",
        "maximumRetryAttempts": 2,
        "maximumEventAgeInSeconds": 3600,
    }
    assert compute.one(kind, f"{job}-retries").inputs == rule
    assert compute.one(kind, f"{job}-live-retries").inputs == {**rule, "qualifier": "live"}


@every_job
def test_callers_reach_the_published_version_by_the_alias(compute: Program, job: str) -> None:
    alias = compute.one("lambda/alias:Alias", f"{job}-live").inputs
    assert alias["name"] == "live"
    assert alias["functionName"] == f"{job}-made"
    assert alias["functionVersion"] == "7"


@every_job
def test_every_role_is_bounded_and_only_lambda_takes_it(
    security: Program, compute: Program, job: str
) -> None:
    role = compute.one("iam/role:Role", f"{job}-role")
    assert role.inputs["permissionsBoundary"] == security.outputs["permissions_boundary_arn"]
    assert role.document("assumeRolePolicy")["Statement"] == [
        {
            "Sid": "Trust",
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": ["sts:AssumeRole"],
        }
    ]
    assert "managedPolicyArns" not in role.inputs
    assert compute.all("iam/rolePolicyAttachment:RolePolicyAttachment") == {}


@every_job
def test_only_traces_are_allowed_on_everything(compute: Program, job: str) -> None:
    for action, resource in granted(compute, job).items():
        assert "*" not in action
        if not action.startswith("xray:"):
            assert "*" not in (resource if isinstance(resource, list) else [resource])


@every_job
def test_every_role_writes_its_own_log_and_failures_only(compute: Program, job: str) -> None:
    allowed = granted(compute, job)
    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/microstack/local/{job}:*"
    logs = {action: on for action, on in allowed.items() if action.startswith("logs:")}
    assert logs == {
        "logs:CreateLogStream WriteOwnLog": group,
        "logs:PutLogEvents WriteOwnLog": group,
    }
    sends = {action: on for action, on in allowed.items() if action.startswith("sqs:")}
    assert sends == {
        "sqs:SendMessage KeepFailures": f"arn:aws:sqs:us-east-1:{ACCOUNT}:{job}-dlq-made"
    }


def own_grants(compute: Program, job: str) -> dict[str, object]:
    shared = ("WriteOwnLog", "WriteTraces", "KeepFailures", "EncryptFailures")
    return {
        action: on for action, on in granted(compute, job).items() if not action.endswith(shared)
    }


def test_process_may_store_and_archive_and_no_more(
    security: Program, data: Program, compute: Program
) -> None:
    tables = data.outputs["table_arns"]
    assert own_grants(compute, "process") == {
        "dynamodb:PutItem StoreRecords": [tables["records"], tables["idempotency"]],
        "kms:Decrypt Decrypt": security.outputs["data_key_arn"],
        "s3:PutObject ArchiveEvents": f"{data.outputs['bucket_arns']['logs']}/logs/*",
        "kms:GenerateDataKey Encrypt": security.outputs["logs_key_arn"],
    }


def test_ingest_may_read_uploads_and_store_and_no_more(
    security: Program, data: Program, compute: Program
) -> None:
    tables, uploads = data.outputs["table_arns"], data.outputs["bucket_arns"]["uploads"]
    assert own_grants(compute, "ingest") == {
        "s3:GetObject ReadUploads": f"{uploads}/*",
        "s3:GetObjectVersion ReadUploads": f"{uploads}/*",
        "dynamodb:PutItem StoreRecords": tables["records"],
        "dynamodb:UpdateItem ClaimUploads": tables["idempotency"],
        "kms:Decrypt Decrypt": security.outputs["data_key_arn"],
    }


def test_retrieve_may_read_and_no_more(security: Program, data: Program, compute: Program) -> None:
    records = data.outputs["table_arns"]["records"]
    assert own_grants(compute, "retrieve") == {
        "dynamodb:GetItem ReadRecords": records,
        "dynamodb:Query ReadRecords": records,
        "kms:Decrypt Decrypt": security.outputs["data_key_arn"],
        "secretsmanager:GetSecretValue ReadSigningKey": security.outputs["secret_arn"],
        "kms:Decrypt DecryptSigningKey": security.outputs["secrets_key_arn"],
    }


@pytest.mark.parametrize("job", ["users", "items"])
def test_documents_are_kept_in_their_own_table_only(
    security: Program, data: Program, compute: Program, job: str
) -> None:
    table = data.outputs["table_arns"][job]
    actions = ("DeleteItem", "GetItem", "PutItem", "Scan", "UpdateItem")
    assert own_grants(compute, job) == {
        **{f"dynamodb:{action} Keep{job.capitalize()}": table for action in actions},
        "kms:Decrypt Decrypt": security.outputs["data_key_arn"],
        "secretsmanager:GetSecretValue ReadSigningKey": security.outputs["secret_arn"],
        "kms:Decrypt DecryptSigningKey": security.outputs["secrets_key_arn"],
    }


def test_status_may_read_one_parameter_and_no_more(security: Program, compute: Program) -> None:
    assert own_grants(compute, "status") == {
        "ssm:GetParameter ReadAppConfig": security.outputs["parameter_arns"]["app_config"]
    }


@every_job
def test_keys_are_used_by_way_of_a_service_only(compute: Program, job: str) -> None:
    document = compute.one("iam/rolePolicy:RolePolicy", f"{job}-policy").document("policy")
    keyed = [item for item in document["Statement"] if item["Action"][0].startswith("kms:")]
    assert keyed
    for statement in keyed:
        via = statement["Condition"]["StringEquals"]["kms:ViaService"]
        services = via if isinstance(via, list) else [via]
        assert all(service.endswith(".us-east-1.amazonaws.com") for service in services)


def test_functions_are_told_names_and_never_values(
    security: Program, data: Program, compute: Program
) -> None:
    def told(job: str) -> dict[str, str]:
        function = compute.one("lambda/function:Function", job).inputs
        variables: dict[str, str] = function["environment"]["variables"]
        return variables

    every = {
        "PROJECT": "microstack",
        "ENVIRONMENT": "local",
        "VERSION": "0.1.0",
        "LOG_LEVEL": "INFO",
    }
    tables = {
        "RECORDS_TABLE": data.outputs["table_names"]["records"],
        "IDEMPOTENCY_TABLE": data.outputs["table_names"]["idempotency"],
    }
    assert told("process") == {
        **every,
        **tables,
        "LOGS_BUCKET": data.outputs["bucket_names"]["logs"],
        "LOGS_KEY_ARN": security.outputs["logs_key_arn"],
    }
    assert told("ingest") == {
        **every,
        **tables,
        "INGEST_DLQ_URL": compute.outputs["dlq_urls"]["ingest"],
    }
    assert told("retrieve") == {
        **every,
        "RECORDS_TABLE": tables["RECORDS_TABLE"],
        "SECRET_NAME": security.outputs["secret_arn"],
    }
    for job in ("users", "items"):
        assert told(job) == {
            **every,
            f"{job.upper()}_TABLE": data.outputs["table_names"][job],
            "SECRET_NAME": security.outputs["secret_arn"],
        }
    assert told("status") == {**every, "APP_CONFIG_PARAMETER": "/microstack/local/app_config"}


def test_uploads_call_ingest_from_this_bucket_of_this_account(
    data: Program, compute: Program
) -> None:
    permission = compute.one("lambda/permission:Permission", "uploads-call")
    assert permission.inputs == {
        "action": "lambda:InvokeFunction",
        "function": "ingest-made",
        "qualifier": "live",
        "principal": "s3.amazonaws.com",
        "sourceAccount": ACCOUNT,
        "sourceArn": data.outputs["bucket_arns"]["uploads"],
    }
    notification = compute.one("s3/bucketNotification:BucketNotification", "uploads")
    assert notification.inputs["bucket"] == data.outputs["bucket_names"]["uploads"]
    [target] = notification.inputs["lambdaFunctions"]
    assert target["lambdaFunctionArn"] == "ingest-made:live"
    assert target["events"] == ["s3:ObjectCreated:*"]
    assert "uploads-call" in notification.depends_on


def test_settings_of_one_function_leave_the_others_alone(security: Program, data: Program) -> None:
    functions = {
        "process": {"timeout_seconds": 180, "memory_mb": 512, "reserved_concurrency": 6},
        "status": {"provisioned_concurrency": 0},
    }
    config = {
        **local("compute"),
        "functions": json.dumps(functions),
        "provisioned_concurrency": "5",
        "ingest_prefix": "in/",
        "ingest_suffix": ".json",
    }
    program = run("compute", upstream=below(security, data), config=config)
    process = program.one("lambda/function:Function", "process").inputs
    assert (process["timeout"], process["memorySize"]) == (180, 512)
    assert process["reservedConcurrentExecutions"] == 6
    retrieve = program.one("lambda/function:Function", "retrieve").inputs
    assert (retrieve["timeout"], retrieve["memorySize"]) == (15, 256)
    assert "reservedConcurrentExecutions" not in retrieve
    assert program.outputs["timeouts"]["process"] == 180
    warm = program.all("lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig")
    assert set(warm) == {f"{job}-warm" for job in JOBS if job != "status"}
    assert warm["process-warm"].inputs == {
        "functionName": "process-made",
        "qualifier": "live",
        "provisionedConcurrentExecutions": 5,
    }
    [target] = program.one("s3/bucketNotification:BucketNotification", "uploads").inputs[
        "lambdaFunctions"
    ]
    assert (target["filterPrefix"], target["filterSuffix"]) == ("in/", ".json")


def test_nothing_is_kept_warm_by_default(compute: Program) -> None:
    kind = "lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig"
    assert compute.all(kind) == {}

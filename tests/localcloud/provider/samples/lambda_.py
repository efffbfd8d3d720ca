"""Samples of Lambda."""

from __future__ import annotations

import hashlib
from typing import Any

from localcloud.provider.base.archives import zip_bytes
from localcloud.provider.base.values import ARCHIVE, ASSET, SIGNATURE
from localcloud.provider.services.lambda_.settings import function_name
from tests.localcloud.provider.samples import Clients, Made, Needs, Props, Sample

FUNCTION = "aws:lambda/function:Function"
ALIAS = "aws:lambda/alias:Alias"
PERMISSION = "aws:lambda/permission:Permission"
ROLE = "aws:iam/role:Role"
LAYER = "aws:lambda/layerVersion:LayerVersion"
HERE = "us-east-1:000000000000"
STREAM = f"arn:aws:dynamodb:{HERE}:table/none/stream/2026-01-01T00:00:00.000"


def code(text: str, name: str = "app.py") -> Props:
    """Give an archive of one file, as an engine sends it."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    asset = {SIGNATURE: ASSET, "text": text, "hash": digest}
    return {SIGNATURE: ARCHIVE, "assets": {name: asset}, "hash": digest}


ANSWER = "def handler(event, context):\n    return 'one'\n"
OTHER_ANSWER = "def handler(event, context):\n    return 'two'\n"


def _function(**more: Any) -> Any:
    def inputs(needs: Needs) -> Props:
        return {
            "role": needs["role"].outputs["arn"],
            "runtime": "python3.12",
            "handler": "app.handler",
            "code": code(ANSWER),
            **more,
        }

    return inputs


def _settings(needs: Needs) -> Props:
    return {
        "role": needs["other"].outputs["arn"],
        "handler": "app.other",
        "runtime": "python3.13",
        "description": None,
        "timeout": 15,
        "memorySize": 256,
        "architectures": ["arm64"],
        "code": code(OTHER_ANSWER),
        "sourceCodeHash": "anything",
        "layers": [needs["layer"].outputs["arn"]],
        "environment": {"variables": {"TABLE": "records"}},
        "kmsKeyArn": f"arn:aws:kms:{HERE}:key/11111111-2222-3333-4444-555555555555",
        "deadLetterConfig": {"targetArn": f"arn:aws:sqs:{HERE}:letters"},
        "tracingConfig": {"mode": "Active"},
        "loggingConfig": {"logFormat": "JSON", "applicationLogLevel": "DEBUG"},
        "vpcConfig": {"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]},
        "ephemeralStorage": {"size": 1024},
        "reservedConcurrentExecutions": 3,
        "publish": True,
    }


def _slow_down(clients: Clients, made: Made) -> None:
    clients("lambda").update_function_configuration(FunctionName=made.id, Timeout=99)


def _upload(clients: Clients, made: Made) -> None:
    clients("lambda").update_function_code(
        FunctionName=made.id, ZipFile=zip_bytes(code(OTHER_ANSWER))
    )


def _point_elsewhere(clients: Clients, made: Made) -> None:
    function, name = made.id.split(":")[-2:]
    clients("lambda").update_alias(FunctionName=function, Name=name, FunctionVersion="7")


def _forbid(clients: Clients, made: Made) -> None:
    clients("lambda").remove_permission(FunctionName=made.outputs["function"], StatementId=made.id)


def _retry_never(clients: Clients, made: Made) -> None:
    clients("lambda").put_function_event_invoke_config(FunctionName=made.id, MaximumRetryAttempts=0)


def _one_instance(clients: Clients, made: Made) -> None:
    function, qualifier = made.id.split(",")
    clients("lambda").put_provisioned_concurrency_config(
        FunctionName=function, Qualifier=qualifier, ProvisionedConcurrentExecutions=1
    )


def _remove_layer(clients: Clients, made: Made) -> None:
    clients("lambda").delete_layer_version(
        LayerName=made.outputs["layerName"], VersionNumber=int(made.outputs["version"])
    )


def _switch_off(clients: Clients, made: Made) -> None:
    clients("lambda").update_event_source_mapping(UUID=made.id, Enabled=False)


_FROM_S3 = "code in S3 is tried by tests of its own, which put the object there first"

SAMPLES = [
    Sample(
        token=FUNCTION,
        needs={"role": ROLE, "other": ROLE, "layer": LAYER},
        inputs=_function(description="answers", tags={"a": "1"}),
        updates=_settings,
        replace={"name": "other"},
        drift=_slow_down,
        drifted=("timeout",),
        imports=False,  # the code cannot be read back
        not_tried={
            **dict.fromkeys(("s3Bucket", "s3Key", "s3ObjectVersion"), _FROM_S3),
            "packageType": "zips only: it has one value",
        },
    ),
    Sample(
        token=FUNCTION,
        label="published",
        needs={"role": ROLE},
        inputs=_function(
            publish=True,
            reservedConcurrentExecutions=2,
            environment={"variables": {"A": "1"}},
            layers=[],
            deadLetterConfig={"targetArn": f"arn:aws:sns:{HERE}:letters"},
            vpcConfig={"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]},
        ),
        updates={
            "environment": None,
            "vpcConfig": None,
            "deadLetterConfig": None,
            "reservedConcurrentExecutions": None,
            "code": code(OTHER_ANSWER),
        },
        drift=_upload,
        drifted=("code", "publish"),
        imports=False,  # the code cannot be read back
    ),
    Sample(
        token=ALIAS,
        needs={"function": FUNCTION},
        inputs=lambda needs: {
            "name": f"live-{needs.unique}",
            "functionName": needs["function"].outputs["arn"],
            "functionVersion": "$LATEST",
            "description": "what is live",
        },
        updates={
            "description": None,
            "functionVersion": "1",
            "routingConfig": {"additionalVersionWeights": {"2": 0.5}},
        },
        replace={"name": "other"},
        moves=("functionName",),
        drift=_point_elsewhere,
        drifted=("functionVersion",),
    ),
    Sample(
        token=LAYER,
        inputs={
            "layerName": "shared",
            "code": code("VALUE = 1\n", "python/shared.py"),
            "description": "shared code",
            "compatibleRuntimes": ["python3.12", "python3.13"],
            "compatibleArchitectures": ["arm64"],
        },
        replace={
            "layerName": "other",
            "code": code("VALUE = 2\n", "python/shared.py"),
            "description": None,
            "licenseInfo": "MIT",
            "compatibleRuntimes": ["python3.13"],
            "compatibleArchitectures": ["x86_64"],
            "sourceCodeHash": "anything",
        },
        drift=_remove_layer,
        not_tried=dict.fromkeys(("s3Bucket", "s3Key", "s3ObjectVersion"), _FROM_S3),
        imports=False,  # the code cannot be read back
    ),
    Sample(
        token=PERMISSION,
        needs={"function": FUNCTION},
        inputs=lambda needs: {
            "function": needs["function"].outputs["name"],
            "action": "lambda:InvokeFunction",
            "principal": "s3.amazonaws.com",
            "sourceArn": "arn:aws:s3:::uploads",
            "sourceAccount": "000000000000",
        },
        replace={
            "statementId": "other",
            "action": "lambda:GetFunction",
            "principal": "sns.amazonaws.com",
            "sourceArn": "arn:aws:s3:::others",
            "sourceAccount": None,
            "principalOrgId": "o-1234567890",
            "eventSourceToken": "token",
            "functionUrlAuthType": "AWS_IAM",
        },
        moves=("function",),
        drift=_forbid,
        imports=False,  # a statement's id does not say whose it is
    ),
    Sample(
        token=PERMISSION,
        label="alias",
        needs={"alias": ALIAS},
        inputs=lambda needs: {
            "function": needs["alias"].outputs["functionName"],
            "qualifier": needs["alias"].outputs["name"],
            "action": "lambda:InvokeFunction",
            "principal": "apigateway.amazonaws.com",
            "sourceArn": f"arn:aws:execute-api:{HERE}:abc/*/GET/health",
        },
        replace={"qualifier": None},
        imports=False,
    ),
    Sample(
        token="aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        needs={"function": FUNCTION},
        inputs=lambda needs: {
            "functionName": needs["function"].outputs["name"],
            "maximumRetryAttempts": 1,
            "destinationConfig": {"onFailure": {"destination": f"arn:aws:sqs:{HERE}:failed"}},
        },
        updates={
            "maximumRetryAttempts": 0,
            "maximumEventAgeInSeconds": 60,
            "destinationConfig": {"onSuccess": {"destination": f"arn:aws:sqs:{HERE}:done"}},
        },
        moves=("functionName",),
        not_tried={"qualifier": "has its own sample"},
        drift=_retry_never,
        drifted=("maximumRetryAttempts", "destinationConfig"),
    ),
    Sample(
        token="aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        label="alias",
        needs={"alias": ALIAS},
        inputs=lambda needs: {
            "functionName": function_name(needs["alias"].outputs["functionName"]),
            "qualifier": needs["alias"].outputs["name"],
            "maximumRetryAttempts": 1,
        },
        updates={"maximumRetryAttempts": 0},
        replace={"qualifier": None},
        moves=("functionName", "qualifier"),
    ),
    Sample(
        token="aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig",
        needs={"alias": ALIAS},
        inputs=lambda needs: {
            "functionName": needs["alias"].outputs["functionName"],
            "qualifier": needs["alias"].outputs["name"],
            "provisionedConcurrentExecutions": 2,
        },
        updates={"provisionedConcurrentExecutions": 5},
        moves=("functionName", "qualifier"),
        drift=_one_instance,
        drifted=("provisionedConcurrentExecutions",),
    ),
    Sample(
        token="aws:lambda/eventSourceMapping:EventSourceMapping",
        needs={"function": FUNCTION, "other": FUNCTION},
        inputs=lambda needs: {
            "functionName": needs["function"].outputs["name"],
            "eventSourceArn": f"arn:aws:sqs:{HERE}:orders",
            "tags": {"a": "1"},
        },
        updates=lambda needs: {
            "functionName": needs["other"].outputs["arn"],
            "enabled": False,
            "batchSize": 5,
            "maximumBatchingWindowInSeconds": 1,
            "functionResponseTypes": ["ReportBatchItemFailures"],
            "filterCriteria": {"filters": [{"pattern": '{"body": [{"exists": true}]}'}]},
            "scalingConfig": {"maximumConcurrency": 3},
        },
        replace={"eventSourceArn": f"arn:aws:sqs:{HERE}:other"},
        drift=_switch_off,
        drifted=("enabled",),
        not_tried={
            "startingPosition": "has its own sample",
            "bisectBatchOnFunctionError": "has its own sample",
            "destinationConfig": "has its own sample",
            "maximumRecordAgeInSeconds": "has its own sample",
            "maximumRetryAttempts": "has its own sample",
            "parallelizationFactor": "has its own sample",
            "kmsKeyArn": "the emulator drops it",
        },
    ),
    Sample(
        token="aws:lambda/eventSourceMapping:EventSourceMapping",
        label="stream",
        needs={"function": FUNCTION},
        inputs=lambda needs: {
            "functionName": needs["function"].outputs["arn"],
            "eventSourceArn": STREAM,
            "startingPosition": "LATEST",
            "enabled": False,
            "maximumRetryAttempts": 2,
        },
        updates={
            "bisectBatchOnFunctionError": True,
            "maximumRecordAgeInSeconds": 60,
            "maximumRetryAttempts": 1,
            "parallelizationFactor": 2,
            "destinationConfig": {"onFailure": {"destinationArn": f"arn:aws:sqs:{HERE}:failed"}},
        },
        replace={"startingPosition": "TRIM_HORIZON"},
    ),
]

"""What a function might try: every kind of thing that the system has, and the account's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.registry.tables import TABLES
from tests.e2e.live.roles import Call
from tests.e2e.live.system import System

TEXT = "c21va2U="


def attempts(system: System) -> list[Call]:
    """All calls; each would be harmless if it were let through."""
    kinds = (_tables, _buckets, _parameters, _secrets, _keys, _queues, _functions, _logs, _account)
    return [call for kind in kinds for call in kind(system)]


def _tables(system: System) -> Iterator[Call]:
    for table, arn in system.outputs["data"]["table_arns"].items():
        name = {"TableName": system.table(table)}
        parts = (TABLES[table].hash_key, TABLES[table].range_key)
        key = {part: {"S": "never"} for part in parts if part}
        condition = {"ConditionExpression": "id = :no", "ExpressionAttributeValues": _no()}
        for action, method, arguments in (
            ("GetItem", "get_item", {"Key": key}),
            ("PutItem", "put_item", {"Item": key, **condition}),
            ("UpdateItem", "update_item", {"Key": key, **condition}),
            ("DeleteItem", "delete_item", {"Key": key, **condition}),
            ("Query", "query", {"KeyConditionExpression": f"{next(iter(key))} = :no",
                                "ExpressionAttributeValues": _no()}),
            ("Scan", "scan", {"Limit": 1}),
            ("DescribeTable", "describe_table", {}),
            ("UpdateTable", "update_table", {"DeletionProtectionEnabled": True}),
        ):  # fmt: skip
            yield Call(f"dynamodb:{action}", arn, method, {**name, **arguments})


def _no() -> dict[str, Any]:
    return {":no": {"S": "never at all"}}


def _buckets(system: System) -> Iterator[Call]:
    for bucket, arn in system.outputs["data"]["bucket_arns"].items():
        name = {"Bucket": system.bucket(bucket)}
        yield Call("s3:ListBucket", arn, "list_objects_v2", name)
        yield Call("s3:GetBucketPolicy", arn, "get_bucket_policy", name)
        yield Call("s3:DeleteBucketPolicy", arn, "delete_bucket_policy", name)
        for key in ("never", "logs/never"):
            path, thing = f"{arn}/{key}", {**name, "Key": key}
            yield Call("s3:GetObject", path, "get_object", thing)
            yield Call("s3:DeleteObject", path, "delete_object", thing)
            yield Call("s3:PutObject", path, "put_object", {**thing, "Body": TEXT})


def _parameters(system: System) -> Iterator[Call]:
    outputs = system.outputs["network-security"]
    for key, arn in outputs["parameter_arns"].items():
        name = {"Name": outputs["parameter_names"][key]}
        yield Call("ssm:GetParameter", arn, "get_parameter", {**name, "WithDecryption": True})
        yield Call("ssm:GetParameterHistory", arn, "get_parameter_history", name)
        value = {"Value": TEXT, "Type": "String"}
        yield Call("ssm:PutParameter", arn, "put_parameter", {**name, **value})


def _secrets(system: System) -> Iterator[Call]:
    arn = system.outputs["network-security"]["secret_arn"]
    name = {"SecretId": arn}
    yield Call("secretsmanager:GetSecretValue", arn, "get_secret_value", name)
    yield Call(
        "secretsmanager:PutSecretValue", arn, "put_secret_value", {**name, "SecretString": TEXT}
    )
    yield Call("secretsmanager:ListSecrets", "*", "list_secrets", {})


def _keys(system: System) -> Iterator[Call]:
    for output, arn in system.outputs["network-security"].items():
        if output.endswith("_key_arn"):
            key = {"KeyId": arn}
            spec = {"KeySpec": "AES_256"}
            yield Call("kms:GenerateDataKey", arn, "generate_data_key", {**key, **spec})
            yield Call("kms:Encrypt", arn, "encrypt", {**key, "Plaintext": TEXT})
            yield Call("kms:Decrypt", arn, "decrypt", {**key, "CiphertextBlob": TEXT})
            yield Call("kms:GetKeyPolicy", arn, "get_key_policy", key)


def _queues(system: System) -> Iterator[Call]:
    sqs = system.client("sqs")
    for url in system.outputs["compute"]["dlq_urls"].values():
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
        queue = {"QueueUrl": url}
        yield Call("sqs:SendMessage", arn["QueueArn"], "send_message", {**queue, "MessageBody": ""})
        yield Call("sqs:ReceiveMessage", arn["QueueArn"], "receive_message", queue)


def _functions(system: System) -> Iterator[Call]:
    for job, arn in system.outputs["compute"]["function_arns"].items():
        name = {"FunctionName": system.function(job)}
        dry = {"InvocationType": "DryRun"}
        yield Call("lambda:InvokeFunction", arn, "invoke", {**name, **dry})
        yield Call("lambda:GetFunction", arn, "get_function", name)
        yield Call("lambda:UpdateFunctionConfiguration", arn, "update_function_configuration", name)


def _logs(system: System) -> Iterator[Call]:
    for group in system.outputs["compute"]["log_group_names"].values():
        arn = f"arn:aws:logs:{system.region}:000000000000:log-group:{group}"
        name = {"logGroupName": group}
        stream = {**name, "logStreamName": "never"}
        yield Call("logs:CreateLogStream", f"{arn}:*", "create_log_stream", stream)
        events = {"logEvents": [{"timestamp": 0, "message": "never"}]}
        yield Call("logs:PutLogEvents", f"{arn}:*", "put_log_events", {**stream, **events})
        yield Call("logs:FilterLogEvents", arn, "filter_log_events", name)
        yield Call("logs:DeleteLogGroup", arn, "delete_log_group", name)


def _account(system: System) -> Iterator[Call]:
    role = "arn:aws:iam::000000000000:role/never"
    topic = system.outputs["observability"]["topic_arn"]
    for action, method, arguments in (
        ("iam:ListUsers", "list_users", {}),
        ("iam:GetRole", "get_role", {"RoleName": "never"}),
        ("iam:CreateUser", "create_user", {"UserName": "never"}),
        ("iam:CreateAccessKey", "create_access_key", {"UserName": "never"}),
        ("lambda:ListFunctions", "list_functions", {}),
        ("s3:ListAllMyBuckets", "list_buckets", {}),
        ("dynamodb:ListTables", "list_tables", {}),
        ("sns:Publish", "publish", {"TopicArn": topic, "Message": "never"}),
        ("sts:AssumeRole", "assume_role", {"RoleArn": role, "RoleSessionName": "never"}),
        ("cloudwatch:SetAlarmState", "set_alarm_state",
         {"AlarmName": "never", "StateValue": "OK", "StateReason": "never"}),
        ("apigateway:GET", "get_rest_apis", {}),
        ("ec2:DescribeInstances", "describe_instances", {}),
    ):  # fmt: skip
        yield Call(action, "*", method, arguments)

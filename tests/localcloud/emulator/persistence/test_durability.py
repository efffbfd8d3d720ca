"""What was acknowledged is there after kill -9: one test per service, through boto3."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.localcloud.emulator.conftest import Lab

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
    }
)
BUCKET_POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": "arn:aws:s3:::uploads/secret",
            }
        ],
    }
)


def _body(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def code(text: str, name: str = "index.py") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, text)
    return file.getvalue()


def test_ssm_keeps_values_versions_and_tags(lab: Lab) -> None:
    ssm = lab.client("ssm")
    ssm.put_parameter(Name="/a/plain", Value="1", Type="String", Tags=[{"Key": "k", "Value": "v"}])
    ssm.put_parameter(Name="/a/plain", Value="2", Type="String", Overwrite=True)
    ssm.put_parameter(Name="/a/secret", Value="s", Type="SecureString")
    ssm.put_parameter(Name="/a/gone", Value="x", Type="String")
    ssm.delete_parameter(Name="/a/gone")
    before = _body(ssm.get_parameters_by_path(Path="/a", WithDecryption=True))
    history = _body(ssm.get_parameter_history(Name="/a/plain"))

    lab.crash_and_restart()

    ssm = lab.client("ssm")
    assert _body(ssm.get_parameters_by_path(Path="/a", WithDecryption=True)) == before
    assert _body(ssm.get_parameter_history(Name="/a/plain")) == history
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/a/plain")
    assert tags["TagList"] == [{"Key": "k", "Value": "v"}]


def test_secrets_manager_keeps_versions_policy_and_deletion_date(lab: Lab) -> None:
    secrets = lab.client("secretsmanager")
    secrets.create_secret(Name="one", SecretString="old")
    secrets.put_secret_value(SecretId="one", SecretString="new")
    secrets.put_resource_policy(SecretId="one", ResourcePolicy=POLICY)
    secrets.create_secret(Name="leaving", SecretString="x")
    secrets.delete_secret(SecretId="leaving", RecoveryWindowInDays=7)

    lab.crash_and_restart()

    secrets = lab.client("secretsmanager")
    assert secrets.get_secret_value(SecretId="one")["SecretString"] == "new"
    previous = secrets.get_secret_value(SecretId="one", VersionStage="AWSPREVIOUS")
    assert previous["SecretString"] == "old"
    assert secrets.get_resource_policy(SecretId="one")["ResourcePolicy"]
    assert secrets.describe_secret(SecretId="leaving")["DeletedDate"]


def test_kms_still_decrypts_what_it_encrypted(lab: Lab) -> None:
    kms = lab.client("kms")
    key = kms.create_key(Tags=[{"TagKey": "k", "TagValue": "v"}])["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key)
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key)
    sealed = kms.encrypt(KeyId="alias/mine", Plaintext=b"word")["CiphertextBlob"]
    signer = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    signed = {"KeyId": signer, "Message": b"m", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}
    signature = kms.sign(**signed)["Signature"]
    leaving = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=leaving, PendingWindowInDays=7)

    lab.crash_and_restart()

    kms = lab.client("kms")
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"word"
    assert kms.verify(**signed, Signature=signature)["SignatureValid"]
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
    assert kms.list_resource_tags(KeyId=key)["Tags"] == [{"TagKey": "k", "TagValue": "v"}]
    assert kms.describe_key(KeyId=leaving)["KeyMetadata"]["KeyState"] == "PendingDeletion"


def test_iam_keeps_users_keys_roles_policies_and_enforces_them(lab: Lab) -> None:
    iam = lab.client("iam")
    iam.create_user(UserName="reader")
    iam.put_user_policy(
        UserName="reader",
        PolicyName="p",
        PolicyDocument=POLICY.replace("s3:GetObject", "ssm:GetParameter"),
    )
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    boundary = iam.create_policy(PolicyName="edge", PolicyDocument=POLICY)["Policy"]["Arn"]
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=boundary)
    iam.attach_role_policy(RoleName="r", PolicyArn=boundary)
    iam.put_role_policy(RoleName="r", PolicyName="inline", PolicyDocument=POLICY)
    lab.client("ssm").put_parameter(Name="/p", Value="1", Type="String")

    lab.crash_and_restart()

    iam = lab.client("iam")
    role = iam.get_role(RoleName="r")["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    assert iam.list_role_policies(RoleName="r")["PolicyNames"] == ["inline"]
    attached = iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [boundary]
    reader = lab.client_as("ssm", key["AccessKeyId"], key["SecretAccessKey"])
    assert reader.get_parameter(Name="/p")["Parameter"]["Value"] == "1"
    with pytest.raises(ClientError, match="AccessDenied"):
        reader.put_parameter(Name="/p", Value="2", Type="String", Overwrite=True)


def test_assumed_roles_stay_assumed(lab: Lab) -> None:
    iam, sts = lab.client("iam"), lab.client("sts")
    account = sts.get_caller_identity()["Account"]
    trust = TRUST.replace('"Service": "lambda.amazonaws.com"', f'"AWS": "{account}"')
    role = iam.create_role(RoleName="worn", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    key = sts.assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]

    lab.crash_and_restart()

    worn = lab.client_as("sts", key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])
    assert ":assumed-role/worn/session" in worn.get_caller_identity()["Arn"]


def create_table(dynamodb: Any, name: str) -> None:
    dynamodb.create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": "symbol", "KeyType": "HASH"},
            {"AttributeName": "at", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "symbol", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "N"},
        ],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        Tags=[{"Key": "k", "Value": "v"}],
    )


def row(symbol: str, at: int, value: str) -> dict[str, Any]:
    return {"symbol": {"S": symbol}, "at": {"N": str(at)}, "v": {"S": value}}


def test_dynamodb_keeps_tables_settings_and_items(lab: Lab) -> None:
    dynamodb = lab.client("dynamodb")
    create_table(dynamodb, "records")
    dynamodb.update_continuous_backups(
        TableName="records",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    ttl = {"Enabled": True, "AttributeName": "expires"}
    dynamodb.update_time_to_live(TableName="records", TimeToLiveSpecification=ttl)
    for at in range(30):
        dynamodb.put_item(TableName="records", Item=row("A", at, "x" * 200))
    key = {"symbol": {"S": "A"}, "at": {"N": "3"}}
    dynamodb.delete_item(TableName="records", Key=key)
    key["at"] = {"N": "4"}
    dynamodb.update_item(
        TableName="records",
        Key=key,
        UpdateExpression="SET v = :v",
        ExpressionAttributeValues={":v": {"S": "changed"}},
    )
    puts = [{"Put": {"TableName": "records", "Item": row("B", at, "t")}} for at in range(3)]
    dynamodb.transact_write_items(TransactItems=puts)
    requests = [{"PutRequest": {"Item": row("C", at, "b")}} for at in range(3)]
    dynamodb.batch_write_item(RequestItems={"records": requests})
    before = dynamodb.scan(TableName="records")["Items"]
    described = dynamodb.describe_table(TableName="records")["Table"]

    for _ in range(2):  # the second time, what is on disk was loaded and then changed
        lab.crash_and_restart()
        dynamodb = lab.client("dynamodb")
        after = dynamodb.scan(TableName="records")["Items"]
        assert sorted(after, key=repr) == sorted(before, key=repr)
        assert dynamodb.describe_table(TableName="records")["Table"] == described
        dynamodb.put_item(TableName="records", Item=row("A", 5, "again"))
        before = dynamodb.scan(TableName="records")["Items"]
        described = dynamodb.describe_table(TableName="records")["Table"]

    backups = dynamodb.describe_continuous_backups(TableName="records")
    status = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert status["PointInTimeRecoveryStatus"] == "ENABLED"
    live = dynamodb.describe_time_to_live(TableName="records")["TimeToLiveDescription"]
    assert live["TimeToLiveStatus"] == "ENABLED"


def test_dynamodb_streams_go_on_where_they_were(lab: Lab) -> None:
    dynamodb = lab.client("dynamodb")
    create_table(dynamodb, "records")
    for at in range(3):
        dynamodb.put_item(TableName="records", Item=row("A", at, "before"))

    lab.crash_and_restart()

    dynamodb = lab.client("dynamodb")
    dynamodb.put_item(TableName="records", Item=row("A", 3, "after"))
    lab.crash_and_restart()
    arn = lab.client("dynamodb").describe_table(TableName="records")["Table"]["LatestStreamArn"]
    streams = lab.client("dynamodbstreams")
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator)["Records"]
    assert [record["dynamodb"]["Keys"]["at"]["N"] for record in records] == ["0", "1", "2", "3"]
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in records]
    assert numbers == sorted(set(numbers))


def test_s3_keeps_objects_versions_and_every_setting(lab: Lab) -> None:
    s3 = lab.client("s3")
    s3.create_bucket(Bucket="uploads")
    settings: dict[str, dict[str, Any]] = {
        "bucket_versioning": {"VersioningConfiguration": {"Status": "Enabled"}},
        "bucket_policy": {"Policy": BUCKET_POLICY},
        "bucket_tagging": {"Tagging": {"TagSet": [{"Key": "k", "Value": "v"}]}},
        "public_access_block": {
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": False,
                "RestrictPublicBuckets": True,
            }
        },
        "bucket_ownership_controls": {
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        },
        "bucket_encryption": {
            "ServerSideEncryptionConfiguration": {
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            }
        },
        "bucket_lifecycle_configuration": {
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "ID": "old",
                        "Status": "Enabled",
                        "Filter": {"Prefix": ""},
                        "Expiration": {"Days": 30},
                    }
                ]
            }
        },
    }
    for name, value in settings.items():
        getattr(s3, f"put_{name}")(Bucket="uploads", **value)
    first = s3.put_object(Bucket="uploads", Key="a/b", Body=b"one", Metadata={"m": "1"})
    s3.put_object(Bucket="uploads", Key="a/b", Body=b"two", Tagging="t=1")
    s3.put_object(Bucket="uploads", Key="hidden", Body=b"x")
    s3.delete_object(Bucket="uploads", Key="hidden")
    before = {name: _body(getattr(s3, f"get_{name}")(Bucket="uploads")) for name in settings}
    versions = _body(s3.list_object_versions(Bucket="uploads"))

    lab.crash_and_restart()

    s3 = lab.client("s3")
    after = {name: _body(getattr(s3, f"get_{name}")(Bucket="uploads")) for name in settings}
    assert after == before
    assert _body(s3.list_object_versions(Bucket="uploads")) == versions
    assert s3.get_object(Bucket="uploads", Key="a/b")["Body"].read() == b"two"
    assert s3.get_object_tagging(Bucket="uploads", Key="a/b")["TagSet"][0]["Key"] == "t"
    old = s3.get_object(Bucket="uploads", Key="a/b", VersionId=first["VersionId"])
    assert old["Body"].read() == b"one"
    assert old["Metadata"] == {"m": "1"}
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket="uploads", Key="hidden")


def test_s3_finishes_an_upload_in_parts_that_began_before(lab: Lab) -> None:
    s3 = lab.client("s3")
    s3.create_bucket(Bucket="uploads")
    where = {"Bucket": "uploads", "Key": "big"}
    upload = s3.create_multipart_upload(**where)["UploadId"]
    part = b"p" * 5 * 1024 * 1024
    first = s3.upload_part(**where, UploadId=upload, PartNumber=1, Body=part)["ETag"]

    lab.crash_and_restart()

    s3 = lab.client("s3")
    second = s3.upload_part(**where, UploadId=upload, PartNumber=2, Body=b"end")["ETag"]
    parts = [{"PartNumber": 1, "ETag": first}, {"PartNumber": 2, "ETag": second}]
    s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": parts})
    lab.crash_and_restart()
    assert lab.client("s3").get_object(**where)["Body"].read() == part + b"end"


def test_lambda_keeps_code_layers_versions_aliases_and_settings(lab: Lab) -> None:
    lab.client("iam").create_role(RoleName="f", AssumeRolePolicyDocument=TRUST)
    role = "arn:aws:iam::000000000000:role/f"
    queue = lab.client("sqs").create_queue(QueueName="dlq")["QueueUrl"]
    functions = lab.client("lambda")
    layer = functions.publish_layer_version(
        LayerName="common", Content={"ZipFile": code("SHARED = 1", "python/shared.py")}
    )["LayerVersionArn"]
    functions.create_function(
        FunctionName="f",
        Runtime="python3.12",
        Role=role,
        Handler="index.handler",
        Code={"ZipFile": code("def handler(event, context):\n    print('x')\n    return 1\n")},
        Layers=[layer],
        Environment={"Variables": {"A": "1"}},
        Publish=True,
    )
    functions.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=3)
    functions.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=1)
    functions.add_permission(
        FunctionName="f",
        StatementId="s",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
    )
    arn = lab.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    source = functions.create_event_source_mapping(
        FunctionName="f", EventSourceArn=arn["Attributes"]["QueueArn"], Enabled=False
    )["UUID"]
    newer = code("import shared\ndef handler(event, context):\n    print('x')\n    return 2\n")
    functions.update_function_code(FunctionName="f", ZipFile=newer)

    lab.crash_and_restart()

    functions = lab.client("lambda")
    assert functions.invoke(FunctionName="f")["Payload"].read() == b"2"
    assert functions.invoke(FunctionName="f", Qualifier="live")["Payload"].read() == b"1"
    got = functions.get_function(FunctionName="f")
    assert got["Configuration"]["Layers"][0]["Arn"] == layer
    assert got["Configuration"]["Environment"]["Variables"] == {"A": "1"}
    assert got["Concurrency"]["ReservedConcurrentExecutions"] == 3
    retries = functions.get_function_event_invoke_config(FunctionName="f")
    assert retries["MaximumRetryAttempts"] == 1
    assert "s3.amazonaws.com" in functions.get_policy(FunctionName="f")["Policy"]
    assert functions.get_event_source_mapping(UUID=source)["State"] == "Disabled"


def test_sqs_keeps_messages_also_those_in_flight(lab: Lab) -> None:
    sqs = lab.client("sqs")
    queue = sqs.create_queue(
        QueueName="q", Attributes={"VisibilityTimeout": "600"}, tags={"k": "v"}
    )["QueueUrl"]
    for number in range(40):
        sqs.send_message(QueueUrl=queue, MessageBody=f"{number} " + "x" * 100)
    taken = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=2)["Messages"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=taken[0]["ReceiptHandle"])

    lab.crash_and_restart()

    sqs = lab.client("sqs")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    assert [int(counts[name]) for name in names] == [38, 1]
    assert sqs.list_queue_tags(QueueUrl=queue)["Tags"] == {"k": "v"}
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=taken[1]["ReceiptHandle"])
    lab.crash_and_restart()
    counts = lab.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)
    assert [int(counts["Attributes"][name]) for name in names] == [38, 0]


def test_sns_keeps_subscriptions_and_what_it_delivered_to_a_queue(lab: Lab) -> None:
    sns, sqs = lab.client("sns"), lab.client("sqs")
    topic = sns.create_topic(Name="t", Tags=[{"Key": "k", "Value": "v"}])["TopicArn"]
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn["QueueArn"],
            }
        ],
    }
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(policy)})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.org")
    sns.publish(TopicArn=topic, Message="before")

    lab.crash_and_restart()

    sns, sqs = lab.client("sns"), lab.client("sqs")
    kinds = {
        s["Protocol"] for s in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    }
    assert kinds == {"sqs", "email"}
    sns.publish(TopicArn=topic, Message="after")
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert [json.loads(m["Body"])["Message"] for m in messages] == ["before", "after"]


def test_logs_and_metric_filters_stay(lab: Lab) -> None:
    logs = lab.client("logs")
    logs.create_log_group(logGroupName="g", tags={"k": "v"})
    logs.put_retention_policy(logGroupName="g", retentionInDays=14)
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    filters = [{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}]
    logs.put_metric_filter(
        logGroupName="g", filterName="f", filterPattern="ERROR", metricTransformations=filters
    )
    now = 1_900_000_000_000
    for number in range(100):
        events = [{"timestamp": now + number, "message": f"line {number} " + "x" * 60}]
        logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)

    lab.crash_and_restart()

    logs = lab.client("logs")
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 14
    assert logs.describe_metric_filters(logGroupName="g")["metricFilters"][0]["filterName"] == "f"
    events = logs.get_log_events(logGroupName="g", logStreamName="s", startFromHead=True)["events"]
    assert [event["message"].split()[1] for event in events] == [str(n) for n in range(100)]


def test_cloudwatch_keeps_alarms_dashboards_and_metrics(lab: Lab) -> None:
    watch = lab.client("cloudwatch")
    alarm = {
        "AlarmName": "a",
        "MetricName": "m",
        "Namespace": "n",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    watch.put_metric_alarm(**alarm)
    watch.put_composite_alarm(AlarmName="c", AlarmRule="ALARM(a)")
    watch.put_dashboard(DashboardName="d", DashboardBody=json.dumps({"widgets": []}))
    watch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="test")

    lab.crash_and_restart()

    watch = lab.client("cloudwatch")
    found = watch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    assert found["MetricAlarms"][0]["StateValue"] == "ALARM"
    assert found["CompositeAlarms"][0]["AlarmName"] == "c"
    assert json.loads(watch.get_dashboard(DashboardName="d")["DashboardBody"]) == {"widgets": []}


def test_api_gateway_keeps_rest_apis_whole(lab: Lab) -> None:
    api = lab.client("apigateway")
    rest = api.create_rest_api(name="r", tags={"k": "v"})["id"]
    root = api.get_resources(restApiId=rest)["items"][0]["id"]
    where = {"restApiId": rest, "resourceId": root, "httpMethod": "GET"}
    api.create_model(restApiId=rest, name="M", contentType="application/json", schema="{}")
    validator = api.create_request_validator(restApiId=rest, name="v", validateRequestBody=True)
    api.put_method(**where, authorizationType="AWS_IAM", requestValidatorId=validator["id"])
    api.put_integration(
        **where, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}
    )
    api.put_gateway_response(restApiId=rest, responseType="BAD_REQUEST_BODY", statusCode="400")
    api.create_deployment(restApiId=rest, stageName="live")
    plan = api.create_usage_plan(name="p", apiStages=[{"apiId": rest, "stage": "live"}])["id"]
    key = api.create_api_key(name="k", value="x" * 24)["id"]
    api.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
    calls: list[tuple[str, dict[str, Any]]] = [
        ("get_rest_api", {"restApiId": rest}),
        ("get_resources", {"restApiId": rest}),
        ("get_method", where),
        ("get_models", {"restApiId": rest}),
        ("get_gateway_responses", {"restApiId": rest}),
        ("get_stage", {"restApiId": rest, "stageName": "live"}),
        ("get_usage_plan_keys", {"usagePlanId": plan}),
    ]
    before = [_body(getattr(api, call)(**arguments)) for call, arguments in calls]

    lab.crash_and_restart()

    api = lab.client("apigateway")
    assert [_body(getattr(api, call)(**arguments)) for call, arguments in calls] == before


def test_http_apis_stay(lab: Lab) -> None:
    api = lab.client("apigatewayv2")
    http = api.create_api(Name="h", ProtocolType="HTTP", CorsConfiguration={"AllowOrigins": ["x"]})
    integration = api.create_integration(
        ApiId=http["ApiId"],
        IntegrationType="AWS_PROXY",
        IntegrationUri="arn:aws:lambda:us-east-1:000000000000:function:f",
        PayloadFormatVersion="1.0",
    )["IntegrationId"]
    target = f"integrations/{integration}"
    api.create_route(ApiId=http["ApiId"], RouteKey="GET /a", Target=target)
    api.create_stage(ApiId=http["ApiId"], StageName="$default", AutoDeploy=True)
    before = _body(api.get_routes(ApiId=http["ApiId"])), _body(api.get_stages(ApiId=http["ApiId"]))

    lab.crash_and_restart()

    api = lab.client("apigatewayv2")
    after = _body(api.get_routes(ApiId=http["ApiId"])), _body(api.get_stages(ApiId=http["ApiId"]))
    assert after == before


def test_events_dns_certificates_and_networks_stay(lab: Lab) -> None:
    events, dns = lab.client("events"), lab.client("route53")
    acm, ec2 = lab.client("acm"), lab.client("ec2", "us-west-2")
    events.put_rule(Name="r", ScheduleExpression="rate(1 day)")
    zone = dns.create_hosted_zone(Name="example.org", CallerReference="1")["HostedZone"]["Id"]
    record = {
        "Name": "a.example.org",
        "Type": "TXT",
        "TTL": 60,
        "ResourceRecords": [{"Value": '"x"'}],
    }
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=change)
    certificate = acm.request_certificate(
        DomainName="example.org", ValidationMethod="DNS", Tags=[{"Key": "k", "Value": "v"}]
    )["CertificateArn"]
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]

    lab.crash_and_restart()

    assert lab.client("events").describe_rule(Name="r")["ScheduleExpression"] == "rate(1 day)"
    records = lab.client("route53").list_resource_record_sets(HostedZoneId=zone)
    assert "a.example.org." in {r["Name"] for r in records["ResourceRecordSets"]}
    acm, ec2 = lab.client("acm"), lab.client("ec2", "us-west-2")
    assert acm.describe_certificate(CertificateArn=certificate)["Certificate"]["DomainName"]
    assert ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"] == vpc
    assert ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["GroupName"] == "g"

"""The inventory sees one of everything, and nothing in a fresh account."""

from __future__ import annotations

import json
from typing import Any

from localcloud.emulator.inventory import GLOBAL, REGIONAL, leftovers
from tests.localcloud.emulator.conftest import Lab
from tests.localcloud.emulator.sample_functions import TRUST, archive, make_function

REGIONS = ("us-east-1", "us-west-2")
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
    }
)


def found(lab: Lab) -> list[str]:
    return leftovers(lab.emulator.environment(), REGIONS)


def test_a_fresh_account_is_empty_also_after_it_was_looked_at(lab: Lab) -> None:
    assert found(lab) == []
    lab.client("ec2").describe_subnets()
    lab.client("kms").list_aliases()
    assert found(lab) == []


def test_one_of_everything_is_seen(lab: Lab) -> None:
    for make in (_identities, _keys_and_values, _compute, _messages, _watching, _apis, _network):
        make(lab)
    everything = found(lab)
    kinds = {listing.kind for listing in (*GLOBAL, *REGIONAL)}
    unseen = {kind for kind in kinds if not any(f" {kind} " in line for line in everything)}
    assert unseen == set()


def test_the_region_and_the_name_are_told(lab: Lab) -> None:
    lab.client("sqs", "us-west-2").create_queue(QueueName="q")
    lab.client("s3").create_bucket(Bucket="uploads")
    queue, bucket = sorted(found(lab), reverse=True)
    assert queue.startswith("us-west-2 sqs queue http")
    assert bucket == "global s3 bucket uploads"


def test_what_is_waiting_for_its_end_is_gone(lab: Lab) -> None:
    kms, secrets = lab.client("kms"), lab.client("secretsmanager")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    secrets.create_secret(Name="s", SecretString="x")
    assert len(found(lab)) == 2
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    secrets.delete_secret(SecretId="s", RecoveryWindowInDays=7)
    assert found(lab) == []


def _identities(lab: Lab) -> None:
    iam = lab.client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    iam.create_policy(PolicyName="p", PolicyDocument=POLICY)
    iam.create_user(UserName="u")
    iam.create_group(GroupName="g")
    iam.create_instance_profile(InstanceProfileName="i")
    iam.create_open_id_connect_provider(Url="https://example.org", ThumbprintList=["a" * 40])


def _keys_and_values(lab: Lab) -> None:
    kms = lab.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key)
    lab.client("ssm").put_parameter(Name="/p", Value="v", Type="String")
    lab.client("secretsmanager").create_secret(Name="s", SecretString="x")
    lab.client("s3").create_bucket(Bucket="uploads")
    dynamodb = lab.client("dynamodb")
    dynamodb.create_table(
        TableName="records",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.create_backup(TableName="records", BackupName="backup")


def _compute(lab: Lab) -> None:
    make_function(lab, "f", "def handler(event, context):\n    return 1\n")
    functions = lab.client("lambda")
    functions.publish_layer_version(LayerName="l", Content={"ZipFile": archive("", "python/a.py")})
    queue = lab.client("sqs").create_queue(QueueName="source")["QueueUrl"]
    attributes = lab.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])
    functions.create_event_source_mapping(
        FunctionName="f", EventSourceArn=attributes["Attributes"]["QueueArn"], Enabled=False
    )
    lab.client("stepfunctions").create_state_machine(
        name="m",
        roleArn="arn:aws:iam::000000000000:role/f",
        definition=json.dumps({"StartAt": "a", "States": {"a": {"Type": "Succeed"}}}),
    )


def _messages(lab: Lab) -> None:
    topic = lab.client("sns").create_topic(Name="t")["TopicArn"]
    lab.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.org")
    events = lab.client("events")
    events.put_rule(Name="r", ScheduleExpression="rate(1 day)")
    events.create_event_bus(Name="bus")
    lab.client("kinesis").create_stream(StreamName="stream", ShardCount=1)
    lab.client("scheduler").create_schedule(
        Name="s",
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": topic, "RoleArn": "arn:aws:iam::000000000000:role/f"},
    )


def _watching(lab: Lab) -> None:
    logs, watch = lab.client("logs"), lab.client("cloudwatch")
    logs.create_log_group(logGroupName="g")
    logs.put_metric_filter(
        logGroupName="g",
        filterName="f",
        filterPattern="x",
        metricTransformations=[{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}],
    )
    logs.put_resource_policy(policyName="p", policyDocument=POLICY)
    watch.put_metric_alarm(
        AlarmName="a",
        MetricName="m",
        Namespace="n",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
    )
    watch.put_composite_alarm(AlarmName="c", AlarmRule="ALARM(a)")
    watch.put_dashboard(DashboardName="d", DashboardBody=json.dumps({"widgets": []}))
    query: dict[str, Any] = {"ResourceTypeFilters": ["AWS::AllSupported"], "TagFilters": []}
    lab.client("resource-groups").create_group(
        Name="rg", ResourceQuery={"Type": "TAG_FILTERS_1_0", "Query": json.dumps(query)}
    )


def _apis(lab: Lab) -> None:
    rest, http = lab.client("apigateway"), lab.client("apigatewayv2")
    rest.create_rest_api(name="r")
    rest.create_api_key(name="k", value="x" * 24)
    rest.create_usage_plan(name="p")
    certificate = lab.client("acm").request_certificate(
        DomainName="example.org", ValidationMethod="DNS"
    )["CertificateArn"]
    rest.create_domain_name(
        domainName="rest.example.org",
        regionalCertificateArn=certificate,
        endpointConfiguration={"types": ["REGIONAL"]},
    )
    http.create_api(Name="h", ProtocolType="HTTP")
    http.create_domain_name(
        DomainName="http.example.org",
        DomainNameConfigurations=[{"CertificateArn": certificate, "EndpointType": "REGIONAL"}],
    )
    dns = lab.client("route53")
    dns.create_hosted_zone(Name="example.org", CallerReference="1")
    dns.create_health_check(
        CallerReference="1",
        HealthCheckConfig={"Type": "HTTP", "FullyQualifiedDomainName": "example.org"},
    )


def _network(lab: Lab) -> None:
    ec2 = lab.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)
    ec2.create_route_table(VpcId=vpc)
    ec2.create_network_acl(VpcId=vpc)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3")
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)
    ec2.create_network_interface(SubnetId=subnet)
    ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)
    ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::uploads",
    )

"""Everything that exists in an account: what is left over when everything should be gone.

Not counted: what an account has from its first day (default VPC, default event bus, AWS's own key
aliases, the administrator of bootstrap.py), and what AWS itself keeps after a deletion (a key or a
secret waiting for its deletion date, ended gateways and instances).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import boto3

from localcloud.emulator.server.bootstrap import USER

Client = Any
Found = Mapping[str, Any]
Keep = Callable[[Client, Any], bool]


def _always(client: Client, found: Any) -> bool:
    return True


@dataclass(frozen=True)
class Listing:
    """One list call of a service, and how its answer names things."""

    service: str
    kind: str
    """What one of them is called, in the report."""
    operation: str
    key: str
    """Key of the list in the answer; dots lead into it."""
    name: str = ""
    """Key of an element's name; empty when the elements are names."""
    counts: Keep = _always
    """Whether this one is a leftover."""
    arguments: tuple[tuple[str, Any], ...] = ()

    def leftovers(self, client: Client) -> Iterator[str]:
        """Kind and name of each."""
        for found in self._all(client):
            if self.counts(client, found):
                yield f"{self.kind} {found[self.name] if self.name else found}"

    def _all(self, client: Client) -> Iterator[Any]:
        arguments = dict(self.arguments)
        if client.can_paginate(self.operation):
            answers = iter(client.get_paginator(self.operation).paginate(**arguments))
        else:
            answers = iter([getattr(client, self.operation)(**arguments)])
        for answer in answers:
            for part in self.key.split("."):
                answer = answer.get(part) or {}
            yield from answer


def _live_key(client: Client, key: Found) -> bool:
    described = client.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
    return bool(described["KeyManager"] != "AWS" and described["KeyState"] != "PendingDeletion")


def _own_alias(client: Client, alias: Found) -> bool:
    return not alias["AliasName"].startswith("alias/aws/")


def _own_role(client: Client, role: Found) -> bool:
    return not role["Path"].startswith("/aws-service-role/")


def _not_bootstrap(client: Client, user: Found) -> bool:
    return bool(user["UserName"] != USER)


def _own_network(client: Client, network: Found) -> bool:
    return not network.get("IsDefault", False)


def _outside_default_vpc(client: Client, found: Found) -> bool:
    """For what a VPC holds; what came with the VPC itself goes with it, and is no leftover."""
    vpcs = {a["VpcId"] for a in found.get("Attachments", [])} or {found.get("VpcId")}
    only = [{"Name": "is-default", "Values": ["true"]}]
    default = {vpc["VpcId"] for vpc in client.describe_vpcs(Filters=only)["Vpcs"]}
    return not vpcs & default


def _alive(*gone: str) -> Keep:
    def alive(client: Client, found: Found) -> bool:
        state = found.get("State") or found.get("Status")
        return (state["Name"] if isinstance(state, dict) else state) not in gone

    return alive


def _own_bus(client: Client, bus: Found) -> bool:
    return bool(bus["Name"] != "default")


GLOBAL = (
    Listing("iam", "role", "list_roles", "Roles", "RoleName", _own_role),
    Listing("iam", "policy", "list_policies", "Policies", "Arn", arguments=(("Scope", "Local"),)),
    Listing("iam", "user", "list_users", "Users", "UserName", _not_bootstrap),
    Listing("iam", "group", "list_groups", "Groups", "GroupName"),
    Listing(
        "iam",
        "instance profile",
        "list_instance_profiles",
        "InstanceProfiles",
        "InstanceProfileName",
    ),
    Listing(
        "iam",
        "identity provider",
        "list_open_id_connect_providers",
        "OpenIDConnectProviderList",
        "Arn",
    ),
    Listing("s3", "bucket", "list_buckets", "Buckets", "Name"),
    Listing("route53", "hosted zone", "list_hosted_zones", "HostedZones", "Id"),
    Listing("route53", "health check", "list_health_checks", "HealthChecks", "Id"),
)

REGIONAL = (
    Listing("kms", "key", "list_keys", "Keys", "KeyId", _live_key),
    Listing("kms", "key alias", "list_aliases", "Aliases", "AliasName", _own_alias),
    Listing("ssm", "parameter", "describe_parameters", "Parameters", "Name"),
    Listing("secretsmanager", "secret", "list_secrets", "SecretList", "Name"),
    Listing("dynamodb", "table", "list_tables", "TableNames"),
    Listing("dynamodb", "backup", "list_backups", "BackupSummaries", "BackupArn"),
    Listing("lambda", "function", "list_functions", "Functions", "FunctionName"),
    Listing("lambda", "layer", "list_layers", "Layers", "LayerName"),
    Listing(
        "lambda",
        "event source mapping",
        "list_event_source_mappings",
        "EventSourceMappings",
        "UUID",
    ),
    Listing("sqs", "queue", "list_queues", "QueueUrls"),
    Listing("sns", "topic", "list_topics", "Topics", "TopicArn"),
    Listing("sns", "subscription", "list_subscriptions", "Subscriptions", "SubscriptionArn"),
    Listing("logs", "log group", "describe_log_groups", "logGroups", "logGroupName"),
    Listing("logs", "metric filter", "describe_metric_filters", "metricFilters", "filterName"),
    Listing("logs", "log policy", "describe_resource_policies", "resourcePolicies", "policyName"),
    Listing(
        "cloudwatch",
        "alarm",
        "describe_alarms",
        "MetricAlarms",
        "AlarmName",
        arguments=(("AlarmTypes", ["MetricAlarm"]),),
    ),
    Listing(
        "cloudwatch",
        "composite alarm",
        "describe_alarms",
        "CompositeAlarms",
        "AlarmName",
        arguments=(("AlarmTypes", ["CompositeAlarm"]),),
    ),
    Listing("cloudwatch", "dashboard", "list_dashboards", "DashboardEntries", "DashboardName"),
    Listing("apigateway", "REST API", "get_rest_apis", "items", "id"),
    Listing("apigateway", "API key", "get_api_keys", "items", "id"),
    Listing("apigateway", "usage plan", "get_usage_plans", "items", "id"),
    Listing("apigateway", "domain name", "get_domain_names", "items", "domainName"),
    Listing("apigatewayv2", "HTTP API", "get_apis", "Items", "ApiId"),
    Listing("apigatewayv2", "HTTP domain name", "get_domain_names", "Items", "DomainName"),
    Listing("acm", "certificate", "list_certificates", "CertificateSummaryList", "CertificateArn"),
    Listing("events", "rule", "list_rules", "Rules", "Name"),
    Listing("events", "event bus", "list_event_buses", "EventBuses", "Name", _own_bus),
    Listing("scheduler", "schedule", "list_schedules", "Schedules", "Name"),
    Listing("resource-groups", "resource group", "list_groups", "GroupIdentifiers", "GroupName"),
    Listing("stepfunctions", "state machine", "list_state_machines", "stateMachines", "name"),
    Listing("kinesis", "stream", "list_streams", "StreamNames"),
    Listing("ec2", "VPC", "describe_vpcs", "Vpcs", "VpcId", _own_network),
    Listing("ec2", "subnet", "describe_subnets", "Subnets", "SubnetId", _outside_default_vpc),
    Listing(
        "ec2",
        "security group",
        "describe_security_groups",
        "SecurityGroups",
        "GroupId",
        _outside_default_vpc,
    ),
    Listing(
        "ec2",
        "route table",
        "describe_route_tables",
        "RouteTables",
        "RouteTableId",
        _outside_default_vpc,
    ),
    Listing(
        "ec2",
        "internet gateway",
        "describe_internet_gateways",
        "InternetGateways",
        "InternetGatewayId",
        _outside_default_vpc,
    ),
    Listing(
        "ec2",
        "network ACL",
        "describe_network_acls",
        "NetworkAcls",
        "NetworkAclId",
        _outside_default_vpc,
    ),
    Listing(
        "ec2",
        "VPC endpoint",
        "describe_vpc_endpoints",
        "VpcEndpoints",
        "VpcEndpointId",
        _alive("deleted", "deleting"),
    ),
    Listing(
        "ec2",
        "NAT gateway",
        "describe_nat_gateways",
        "NatGateways",
        "NatGatewayId",
        _alive("deleted", "deleting"),
    ),
    Listing(
        "ec2",
        "network interface",
        "describe_network_interfaces",
        "NetworkInterfaces",
        "NetworkInterfaceId",
    ),
    Listing("ec2", "address", "describe_addresses", "Addresses", "AllocationId"),
    Listing("ec2", "flow log", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    Listing("ec2", "volume", "describe_volumes", "Volumes", "VolumeId"),
)


def leftovers(environment: Mapping[str, str], regions: Sequence[str]) -> list[str]:
    """Describe everything that is there, as "region service kind name", sorted.

    `environment` is Emulator.environment(). Global services are asked once, in the first region.
    """
    session = boto3.session.Session(
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
    url = environment["AWS_ENDPOINT_URL"]
    found = list(_found(session, url, "global", regions[0], GLOBAL))
    for region in regions:
        found += _found(session, url, region, region, REGIONAL)
    return sorted(found)


def _found(
    session: Any, url: str, label: str, region: str, listings: Iterable[Listing]
) -> Iterator[str]:
    clients: dict[str, Client] = {}
    for listing in listings:
        service = listing.service
        if service not in clients:
            clients[service] = session.client(service, region_name=region, endpoint_url=url)
        for name in listing.leftovers(clients[service]):
            yield f"{label} {service} {name}"

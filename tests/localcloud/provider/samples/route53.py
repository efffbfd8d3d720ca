"""Samples of Route 53."""

from __future__ import annotations

from tests.localcloud.provider.samples import Clients, Made, Sample


def _comment(clients: Clients, made: Made) -> None:
    clients("route53").update_hosted_zone_comment(Id=made.id, Comment="by hand")


def _redirect(clients: Clients, made: Made) -> None:
    record = {
        "Name": made.outputs["fqdn"],
        "Type": "A",
        "TTL": 60,
        "ResourceRecords": [{"Value": "192.0.2.9"}],
    }
    clients("route53").change_resource_record_sets(
        HostedZoneId=made.outputs["zoneId"],
        ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]},
    )


ZONE = "aws:route53/zone:Zone"
RECORD = "aws:route53/record:Record"

HEALTH_CHECK = "aws:route53/healthCheck:HealthCheck"


def _look_elsewhere(clients: Clients, made: Made) -> None:
    clients("route53").update_health_check(HealthCheckId=made.id, ResourcePath="/elsewhere")


SAMPLES = [
    Sample(
        token=HEALTH_CHECK,
        inputs={
            "type": "HTTPS",
            "fqdn": "api.example.com",
            "port": 443,
            "resourcePath": "/health",
            "requestInterval": 30,
            "failureThreshold": 3,
            "tags": {"a": "1"},
        },
        updates={
            "fqdn": "www.example.com",
            "port": 8443,
            "resourcePath": "/live/health",
            "failureThreshold": 2,
        },
        replace={"type": "HTTP", "requestInterval": 10, "measureLatency": True},
        drift=_look_elsewhere,
        drifted=("resourcePath",),
    ),
    Sample(
        token=ZONE,
        inputs=lambda needs: {"name": f"{needs.unique}.example.com", "tags": {"a": "1"}},
        updates={"comment": "described"},
        replace={"name": "other.example.com"},
        drift=_comment,
        drifted=("comment",),
    ),
    Sample(
        token=RECORD,
        needs={"zone": ZONE},
        inputs=lambda needs: {
            "zoneId": needs["zone"].id,
            "name": "www",
            "type": "A",
            "ttl": 60,
            "records": ["192.0.2.1", "192.0.2.2"],
        },
        updates={"ttl": 300, "records": ["192.0.2.3"]},
        replace={"name": "other", "type": "AAAA", "setIdentifier": "one"},
        moves=("zoneId",),
        drift=_redirect,
        drifted=("records",),
        not_tried={
            "healthCheckId": "has its own sample",
            "latencyRoutingPolicies": "has its own sample",
        },
        imports=False,  # a short name cannot be told from the whole one
    ),
    Sample(
        token=RECORD,
        label="weighted",
        needs={"zone": ZONE},
        inputs=lambda needs: {
            "zoneId": needs["zone"].id,
            "name": f"_w_x.{needs['zone'].outputs['name']}",
            "type": "CNAME",
            "ttl": 60,
            "records": ["one.example.net"],
            "setIdentifier": "one_1",
            "weightedRoutingPolicies": [{"weight": 10}],
        },
        updates={"weightedRoutingPolicies": [{"weight": 0}]},
        imports=False,
    ),
    Sample(
        token=RECORD,
        label="failover",
        needs={"zone": ZONE, "check": HEALTH_CHECK},
        inputs=lambda needs: {
            "zoneId": needs["zone"].id,
            "name": needs["zone"].outputs["name"],
            "type": "A",
            "setIdentifier": "west",
            "healthCheckId": needs["check"].id,
            "failoverRoutingPolicies": [{"type": "PRIMARY"}],
            "aliases": [{"zoneId": "Z2FDTNDATAQYW2", "name": "d1.cloudfront.net"}],
        },
        updates={
            "failoverRoutingPolicies": [{"type": "SECONDARY"}],
            "aliases": [
                {
                    "zoneId": "Z2FDTNDATAQYW2",
                    "name": "d2.cloudfront.net",
                    "evaluateTargetHealth": True,
                }
            ],
        },
        imports=False,
    ),
    Sample(
        token=RECORD,
        label="latency",
        needs={"zone": ZONE},
        inputs=lambda needs: {
            "zoneId": needs["zone"].id,
            "name": "*.api",
            "type": "TXT",
            "ttl": 60,
            "records": ["v=spf1 -all"],
            "setIdentifier": "west",
            "latencyRoutingPolicies": [{"region": "us-west-2"}],
        },
        updates={"latencyRoutingPolicies": [{"region": "us-east-1"}]},
        imports=False,
    ),
]

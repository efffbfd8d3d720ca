"""Domain names of HTTP APIs, and which API answers below which path of them."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import Aws, Prop, Props, ResourceType, present, sent
from localcloud.provider.services.apigateway.addresses import HTTP_TAGS, arn, within
from localcloud.provider.services.apigatewayv2.spelling import camel, pascal

# Members of a domain's configuration that AWS answers and nobody may ask for.
_ANSWERED = {"hostedZoneId", "targetDomainName"}
_NAMES = {"apiGatewayDomainName": "targetDomainName"}
_SHOWN = (
    "certificateArn",
    "endpointType",
    "securityPolicy",
    "hostedZoneId",
    "ipAddressType",
    "ownershipVerificationCertificateArn",
    "targetDomainName",
)


class DomainName(ResourceType):
    """A domain with its certificate; a DNS record must point at the configuration's target."""

    token = "aws:apigatewayv2/domainName:DomainName"
    service = "apigatewayv2"
    tags = HTTP_TAGS
    props = {
        "domainName": Prop(required=True, replaces=True),
        "domainNameConfiguration": Prop(
            required=True,
            fields={
                "hostedZoneId": Prop(computed=True),
                "targetDomainName": Prop(computed=True),
                "ipAddressType": Prop(computed=True),
                "ownershipVerificationCertificateArn": Prop(computed=True),
            },
        ),
        "mutualTlsAuthentication": Prop(),
        "routingMode": Prop(default="API_MAPPING_ONLY"),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the domain name."""
        aws.client("apigatewayv2").create_domain_name(
            DomainName=inputs["domainName"],
            DomainNameConfigurations=[_configuration(inputs)],
            Tags=sent(inputs),
            **present(
                MutualTlsAuthentication=pascal(inputs.get("mutualTlsAuthentication")),
                RoutingMode=inputs.get("routingMode"),
            ),
        )
        return str(inputs["domainName"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the domain name and where DNS must point."""
        found = aws.client("apigatewayv2").get_domain_name(DomainName=id)
        answered = camel((found.get("DomainNameConfigurations") or [{}])[0])
        named = {_NAMES.get(name, name): value for name, value in answered.items()}
        return {
            "domainName": id,
            "domainNameConfiguration": {name: named[name] for name in _SHOWN if name in named},
            "mutualTlsAuthentication": camel(found.get("MutualTlsAuthentication")),
            "routingMode": found.get("RoutingMode"),
            "apiMappingSelectionExpression": found.get("ApiMappingSelectionExpression"),
            "arn": arn(aws, "domainnames", id),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Send the whole configuration."""
        trust = new.get("mutualTlsAuthentication") or {"truststoreUri": ""}  # empty: switched off
        aws.client("apigatewayv2").update_domain_name(
            DomainName=id,
            DomainNameConfigurations=[_configuration(new)],
            MutualTlsAuthentication=pascal(trust),
            RoutingMode=new.get("routingMode") or "API_MAPPING_ONLY",
        )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the domain name and its mappings."""
        aws.client("apigatewayv2").delete_domain_name(DomainName=id)

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """A domain exists once."""
        return str(inputs["domainName"])


class ApiMapping(ResourceType):
    """Which stage of which API answers below a path of a domain."""

    token = "aws:apigatewayv2/apiMapping:ApiMapping"
    service = "apigatewayv2"
    props = {
        "domainName": Prop(required=True, replaces=True),
        "apiId": Prop(required=True),
        "stage": Prop(required=True),
        "apiMappingKey": Prop(),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the mapping."""
        answer = aws.client("apigatewayv2").create_api_mapping(
            DomainName=inputs["domainName"],
            ApiId=inputs["apiId"],
            Stage=inputs["stage"],
            **present(ApiMappingKey=inputs.get("apiMappingKey")),
        )
        return str(answer["ApiMappingId"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the mapping."""
        domain = within(known, "domainName")
        found = aws.client("apigatewayv2").get_api_mapping(DomainName=domain, ApiMappingId=id)
        return {
            "domainName": domain,
            "apiId": found.get("ApiId"),
            "stage": found.get("Stage"),
            "apiMappingKey": found.get("ApiMappingKey"),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Point the path at another API or stage, or move it."""
        aws.client("apigatewayv2").update_api_mapping(
            DomainName=new["domainName"],
            ApiMappingId=id,
            ApiId=new["apiId"],
            Stage=new["stage"],
            ApiMappingKey=new.get("apiMappingKey") or "",
        )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the mapping."""
        aws.client("apigatewayv2").delete_api_mapping(
            DomainName=known["domainName"], ApiMappingId=id
        )

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """A domain has each path once."""
        client, path = aws.client("apigatewayv2"), inputs.get("apiMappingKey") or ""
        found = client.get_api_mappings(DomainName=inputs["domainName"]).get("Items", [])
        ids = [i["ApiMappingId"] for i in found if (i.get("ApiMappingKey") or "") == path]
        return str(ids[0]) if ids else None


def _configuration(inputs: Props) -> dict[str, Any]:
    given = inputs["domainNameConfiguration"]
    return pascal({name: value for name, value in given.items() if name not in _ANSWERED})

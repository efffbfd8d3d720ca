"""Domain names of one's own, and which API answers below which path of them.

Both APIs of API Gateway know the same domains. Changes go through the newer one (apigatewayv2),
which the emulator has; it lacks UpdateDomainName and UpdateBasePathMapping of the older one.
"""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import Aws, Prop, Props, ResourceType, present, sent
from localcloud.provider.services.apigateway.addresses import REST_TAGS, arn

_ROOT = "(none)"  # how the API spells an empty base path


class DomainName(ResourceType):
    """A domain with its certificate; a DNS record must point at `regionalDomainName`."""

    token = "aws:apigateway/domainName:DomainName"
    service = "apigateway"
    delete_before_replace = True  # another endpoint type keeps the name
    tags = REST_TAGS
    props = {
        "domainName": Prop(required=True, replaces=True),
        "certificateArn": Prop(),
        "regionalCertificateArn": Prop(),
        "endpointConfiguration": Prop(
            computed=True,
            replaces=True,
            fields={"types": Prop(), "ipAddressType": Prop(computed=True)},
        ),
        "securityPolicy": Prop(computed=True),
        "mutualTlsAuthentication": Prop(),
        "ownershipVerificationCertificateArn": Prop(),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the domain name."""
        endpoint = inputs.get("endpointConfiguration") or {}
        kinds = endpoint.get("types")
        configuration = present(
            types=[kinds] if isinstance(kinds, str) else kinds,
            ipAddressType=endpoint.get("ipAddressType"),
        )
        aws.client("apigateway").create_domain_name(
            domainName=inputs["domainName"],
            tags=sent(inputs),
            **present(
                certificateArn=inputs.get("certificateArn"),
                regionalCertificateArn=inputs.get("regionalCertificateArn"),
                endpointConfiguration=configuration,
                securityPolicy=inputs.get("securityPolicy"),
                mutualTlsAuthentication=inputs.get("mutualTlsAuthentication"),
                ownershipVerificationCertificateArn=inputs.get(
                    "ownershipVerificationCertificateArn"
                ),
            ),
        )
        return str(inputs["domainName"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the domain name and where DNS must point."""
        found = aws.client("apigateway").get_domain_name(domainName=id)
        endpoint = found.get("endpointConfiguration") or {}
        trust = found.get("mutualTlsAuthentication") or {}
        return {
            "domainName": id,
            **{name: found.get(name) for name in _SAME_NAME},
            "endpointConfiguration": present(
                types=(endpoint.get("types") or [None])[0],
                ipAddressType=endpoint.get("ipAddressType"),
            ),
            "mutualTlsAuthentication": present(
                truststoreUri=trust.get("truststoreUri"),
                truststoreVersion=trust.get("truststoreVersion"),
            ),
            "arn": arn(aws, "domainnames", id),
            "cloudfrontDomainName": found.get("distributionDomainName"),
            "cloudfrontZoneId": found.get("distributionHostedZoneId"),
            "regionalDomainName": found.get("regionalDomainName"),
            "regionalZoneId": found.get("regionalHostedZoneId"),
            "domainNameId": found.get("domainNameId"),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Send the whole configuration through the newer API."""
        endpoint = new.get("endpointConfiguration") or old.get("endpointConfiguration") or {}
        kind = endpoint.get("types") or "REGIONAL"
        certificate = "regionalCertificateArn" if kind == "REGIONAL" else "certificateArn"
        trust = new.get("mutualTlsAuthentication") or {}
        aws.client("apigatewayv2").update_domain_name(
            DomainName=id,
            DomainNameConfigurations=[
                present(
                    EndpointType=kind,
                    CertificateArn=new.get(certificate),
                    SecurityPolicy=new.get("securityPolicy") or old.get("securityPolicy"),
                    OwnershipVerificationCertificateArn=new.get(
                        "ownershipVerificationCertificateArn"
                    ),
                )
            ],
            MutualTlsAuthentication={
                "TruststoreUri": trust.get("truststoreUri", ""),  # empty switches it off
                **present(TruststoreVersion=trust.get("truststoreVersion")),
            },
        )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the domain name and its mappings."""
        aws.client("apigateway").delete_domain_name(domainName=id)

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """A domain exists once."""
        return str(inputs["domainName"])


_SAME_NAME = (
    "certificateArn",
    "regionalCertificateArn",
    "securityPolicy",
    "ownershipVerificationCertificateArn",
)


class BasePathMapping(ResourceType):
    """Which stage of which REST API answers below a path of a domain."""

    token = "aws:apigateway/basePathMapping:BasePathMapping"
    service = "apigateway"
    props = {
        "domainName": Prop(required=True, replaces=True),
        "basePath": Prop(replaces=True),
        "restApi": Prop(required=True),
        "stageName": Prop(),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the mapping."""
        aws.client("apigateway").create_base_path_mapping(
            domainName=inputs["domainName"],
            restApiId=inputs["restApi"],
            **present(basePath=inputs.get("basePath"), stage=inputs.get("stageName")),
        )
        return self.id_of(aws, inputs)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Find the mapping in the domain's list: the root's name does not survive in a URL."""
        domain, _, path = id.partition("/")
        pages = aws.client("apigateway").get_paginator("get_base_path_mappings")
        for page in pages.paginate(domainName=domain):
            for item in page.get("items", []):
                if item.get("basePath", _ROOT) == (path or _ROOT):
                    return {
                        "domainName": domain,
                        "basePath": path,
                        "restApi": item.get("restApiId"),
                        "stageName": item.get("stage"),
                    }
        return None

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Point the path at another API or stage."""
        client, domain = aws.client("apigatewayv2"), new["domainName"]
        client.update_api_mapping(
            DomainName=domain,
            ApiMappingId=_mapping_id(client, domain, new.get("basePath") or ""),
            ApiId=new["restApi"],
            **present(Stage=new.get("stageName")),
        )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the mapping."""
        domain, _, path = id.partition("/")
        aws.client("apigateway").delete_base_path_mapping(domainName=domain, basePath=path or _ROOT)

    def id_of(self, aws: Aws, inputs: Props) -> str:
        """A domain has each path once."""
        return f"{inputs['domainName']}/{inputs.get('basePath') or ''}"


def _mapping_id(client: Any, domain: str, path: str) -> str | None:
    items = client.get_api_mappings(DomainName=domain).get("Items", [])
    return next((i["ApiMappingId"] for i in items if i.get("ApiMappingKey", "") == path), None)

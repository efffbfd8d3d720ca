"""Certificate Manager: certificates that AWS issues, and the wait until it has."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import (
    TOKEN_INPUT,
    TOKEN_TAG,
    Aws,
    Prop,
    Props,
    ResourceType,
    TagCalls,
    by_id,
    pairs,
    present,
    sent,
)
from localcloud.provider.base.tags import TagMap

_ISSUE_SECONDS = 75 * 60  # what Pulumi's AWS provider waits for DNS validation


class CertificateTags(TagCalls):
    """ACM takes tags away by whole tags, not by keys."""

    def write(self, client: Any, id: str, known: Props, *, put: TagMap, drop: list[str]) -> None:
        """Set the tags in `put` and remove those named in `drop`."""
        if drop:
            gone = [{"Key": key} for key in drop]
            client.remove_tags_from_certificate(CertificateArn=id, Tags=gone)
        if put:
            client.add_tags_to_certificate(CertificateArn=id, Tags=pairs(put))


class Certificate(ResourceType):
    """A certificate that AWS issues; importing a key and certificate is refused."""

    token = "aws:acm/certificate:Certificate"
    service = "acm"
    creation_token = True
    props = {
        "domainName": Prop(required=True, replaces=True),
        "subjectAlternativeNames": Prop(replaces=True, computed=True, unordered=True),
        "validationMethod": Prop(required=True, replaces=True),
        "keyAlgorithm": Prop(
            replaces=True, computed=True, normalize=lambda name: name.replace("-", "_")
        ),
    }
    tags = CertificateTags(
        read_call="list_tags_for_certificate", argument="CertificateArn", address=by_id
    )
    retry_codes = {"ResourceInUseException": ""}  # what used it was deleted a moment ago

    def create(self, aws: Aws, inputs: Props) -> str:
        """Ask for it; the token makes AWS answer a second request with the same certificate."""
        made = aws.client("acm").request_certificate(
            DomainName=inputs["domainName"],
            ValidationMethod=inputs["validationMethod"],
            IdempotencyToken=inputs[TOKEN_INPUT],
            Tags=pairs(sent(inputs)),
            **present(
                SubjectAlternativeNames=inputs.get("subjectAlternativeNames"),
                KeyAlgorithm=inputs.get("keyAlgorithm"),
            ),
        )
        return str(made["CertificateArn"])

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """AWS needs some seconds to say which DNS records it wants to see."""
        if inputs["validationMethod"] == "DNS":
            aws.wait(lambda: _has_records(aws, id), what="the validation records", timeout=300)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """AWS repeats the domain among the alternative names; the program need not."""
        found = aws.client("acm").describe_certificate(CertificateArn=id)["Certificate"]
        options = found.get("DomainValidationOptions", [])
        names = found.get("SubjectAlternativeNames", [])
        if found["DomainName"] not in known.get("subjectAlternativeNames", ()):
            names = [name for name in names if name != found["DomainName"]]
        forgotten = known.get("keyAlgorithm") if aws.emulated else None  # always RSA there
        return {
            "arn": id,
            "domainName": found["DomainName"],
            "subjectAlternativeNames": names,
            "validationMethod": options[0]["ValidationMethod"] if options else "NONE",
            "keyAlgorithm": forgotten or found.get("KeyAlgorithm"),
            "status": found["Status"],
            "type": found.get("Type"),
            "domainValidationOptions": [_record(option) for option in options],
        }

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete it."""
        aws.client("acm").delete_certificate(CertificateArn=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Look for the certificate that carries our token."""
        client = aws.client("acm")
        for page in client.get_paginator("list_certificates").paginate():
            for found in page["CertificateSummaryList"]:
                arn = str(found["CertificateArn"])
                if self.tags.read(client, arn, {}).get(TOKEN_TAG) == inputs[TOKEN_INPUT]:
                    return arn
        return None


def _has_records(aws: Aws, id: str) -> bool:
    found = aws.client("acm").describe_certificate(CertificateArn=id)["Certificate"]
    options = found.get("DomainValidationOptions", [])
    return bool(options) and all("ResourceRecord" in option for option in options)


def _record(option: dict[str, Any]) -> Props:
    record = option.get("ResourceRecord", {})
    return {
        "domainName": option["DomainName"],
        **present(
            resourceRecordName=record.get("Name"),
            resourceRecordType=record.get("Type"),
            resourceRecordValue=record.get("Value"),
        ),
    }


class CertificateValidation(ResourceType):
    """The wait until a certificate is issued; there is no such thing in AWS. Its id is the ARN."""

    token = "aws:acm/certificateValidation:CertificateValidation"
    service = "acm"
    props = {
        "certificateArn": Prop(required=True, replaces=True),
        "validationRecordFqdns": Prop(replaces=True, unordered=True, provider_only=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Wait."""
        arn = str(inputs["certificateArn"])
        aws.wait(lambda: self.read(aws, arn, {}), what="the certificate", timeout=_ISSUE_SECONDS)
        return arn

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """It exists while the certificate is issued."""
        found = aws.client("acm").describe_certificate(CertificateArn=id)["Certificate"]
        return {"certificateArn": id} if found["Status"] == "ISSUED" else None

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """There is nothing to delete."""

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Waiting again is as good as finding."""
        return None


TYPES = [Certificate(), CertificateValidation()]

"""Samples of Certificate Manager."""

from __future__ import annotations

from tests.localcloud.provider.samples import Clients, Made, Sample


def _remove(clients: Clients, made: Made) -> None:
    clients("acm").delete_certificate(CertificateArn=made.id)


CERTIFICATE = "aws:acm/certificate:Certificate"

SAMPLES = [
    Sample(
        token=CERTIFICATE,
        inputs={
            "domainName": "api.example.com",
            "subjectAlternativeNames": ["www.example.com", "example.com"],
            "validationMethod": "DNS",
            "keyAlgorithm": "RSA_2048",
            "tags": {"purpose": "test"},
        },
        replace={
            "domainName": "other.example.com",
            "subjectAlternativeNames": ["other.example.com"],
            "validationMethod": "EMAIL",
            "keyAlgorithm": "EC_prime256v1",
        },
        drift=_remove,
    ),
    Sample(
        token="aws:acm/certificateValidation:CertificateValidation",
        needs={"certificate": CERTIFICATE},
        inputs=lambda needs: {
            "certificateArn": needs["certificate"].id,
            "validationRecordFqdns": ["_x.api.example.com"],
        },
        replace={"validationRecordFqdns": ["_y.api.example.com"]},
        moves=("certificateArn",),
        drift=_remove,
        stays="it is only the wait for a certificate, which goes with the certificate",
        found=False,
    ),
]

"""Samples of Systems Manager."""

from __future__ import annotations

from tests.localcloud.provider.samples import Clients, Made, Sample


def _overwrite(clients: Clients, made: Made) -> None:
    clients("ssm").put_parameter(Name=made.id, Value="by hand", Overwrite=True)


PARAMETER = "aws:ssm/parameter:Parameter"

SAMPLES = [
    Sample(
        token=PARAMETER,
        inputs={"type": "String", "value": "one", "description": "a value", "tags": {"a": "1"}},
        updates={
            "value": "two",
            "description": None,
            "allowedPattern": "^t.*",
            "tier": "Advanced",
            "type": "StringList",
        },
        replace={"name": "/other", "dataType": "aws:ec2:image", "type": "SecureString"},
        drift=_overwrite,
        drifted=("value",),
        not_tried={"insecureValue": "has its own sample", "keyId": "has its own sample"},
    ),
    Sample(
        token=PARAMETER,
        label="secure",
        needs={"key": "aws:kms/key:Key"},
        inputs=lambda needs: {
            "name": f"/conformance/{needs.unique}/password",
            "type": "SecureString",
            "value": "hidden",
            "keyId": needs["key"].outputs["keyId"],
        },
        updates={"keyId": "alias/aws/ssm", "value": "still hidden"},
        replace={"type": "String"},
        along={"type": {"keyId": None}},
    ),
    Sample(
        token=PARAMETER,
        label="insecure",
        inputs={"type": "String", "insecureValue": "plain"},
        updates={"insecureValue": "still plain"},
        imports=False,  # AWS does not know under which of the two names the program gave the value
    ),
]

"""Samples of the Key Management Service."""

from __future__ import annotations

import json
from typing import Any

from tests.localcloud.provider.samples import Clients, Made, Sample


def policy(*actions: str) -> str:
    """Give a key policy that lets the account use the key."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
        "Action": list(actions),
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)


def _stop_rotation(clients: Clients, made: Made) -> None:
    clients("kms").disable_key_rotation(KeyId=made.id)


def _remove(clients: Clients, made: Made) -> None:
    clients("kms").delete_alias(AliasName=made.id)


KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"

SAMPLES = [
    Sample(
        token=KEY,
        inputs={
            "description": "for a test",
            "enableKeyRotation": True,
            "deletionWindowInDays": 7,
            "policy": policy("kms:*"),
            "tags": {"purpose": "test"},
        },
        updates={
            "description": "for another test",
            "rotationPeriodInDays": 180,
            "policy": policy("kms:*", "kms:Decrypt"),
            "isEnabled": False,
            "deletionWindowInDays": 8,
        },
        replace={
            "keyUsage": "SIGN_VERIFY",
            "customerMasterKeySpec": "RSA_2048",
            "multiRegion": True,
        },
        drift=_stop_rotation,
        drifted=("enableKeyRotation",),
        not_tried={"enableKeyRotation": "has its own sample"},
    ),
    Sample(
        token=KEY,
        label="bare",
        inputs={"isEnabled": False, "multiRegion": True},
        updates={"isEnabled": True, "enableKeyRotation": True},
    ),
    Sample(
        token=ALIAS,
        needs={"key": KEY, "other": KEY},
        inputs=lambda needs: {"targetKeyId": needs["key"].outputs["arn"]},
        updates=lambda needs: {"targetKeyId": needs["other"].id},
        replace={"name": "alias/other", "namePrefix": "alias/x"},
        drift=_remove,
    ),
]

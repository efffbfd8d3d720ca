"""Policy documents and tags as IAM answers them."""

from __future__ import annotations

import json
from typing import Any

from localcloud.provider.base.resource import Props


def document_text(document: Any) -> str:
    """Give a policy document as text: boto3 has parsed it already."""
    return document if isinstance(document, str) else json.dumps(document)


def tags_in(answer: Props) -> dict[str, str]:
    """Give the tags that IAM answers along with a thing."""
    return {tag["Key"]: tag["Value"] for tag in answer.get("Tags", [])}

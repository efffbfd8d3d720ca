"""What every stack file holds from the start: where the stack is, and the tags of its resources."""

from __future__ import annotations

from typing import Any

from orchestrator.checkout.stacks import Stack
from shared.tags import default_tags


def initial_config(stack: Stack) -> dict[str, Any]:
    """Key → value. Without them resources are made in another region, or without tags."""
    return {"aws:region": stack.region, "aws:defaultTags": {"tags": stack_tags(stack)}}


def stack_tags(stack: Stack) -> dict[str, str]:
    """The default tags of a stack."""
    layer = stack.layer.name
    return default_tags(
        layer,
        environment=str(stack.environment),  # YAML knows no subclasses
        stack=stack.name,
        region=stack.region,
    )

"""What a type takes, and the program's inputs completed and checked against it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from localcloud.provider.base import names
from localcloud.provider.base import tags as tagging
from localcloud.provider.base.compare import Prop
from localcloud.provider.base.errors import not_implemented
from localcloud.provider.base.resource import ResourceType
from localcloud.provider.base.values import Props, empty

_TOKEN_DIGITS = 32  # the least that AWS takes as an idempotency token
_REGION = Prop(replaces=True, computed=True)
_TAGS = Prop()


@cache
def all_props(kind: ResourceType) -> Mapping[str, Prop]:
    """All inputs that a type takes, with those that the base adds."""
    added: dict[str, Prop] = {"region": _REGION} if kind.regional else {}
    if kind.tags:
        added |= {"tags": _TAGS, "tagsAll": _TAGS}
    return {**added, **kind.props}


def check(
    kind: ResourceType,
    logical: str,
    news: Props,
    olds: Props,
    *,
    seed: bytes,
    default_tags: Mapping[str, str],
) -> tuple[Props, list[tuple[str, str]]]:
    """Complete the program's inputs, and say what is wrong with them as (property, reason)."""
    inputs = {k: v for k, v in news.items() if not k.startswith("__") and k != "tagsAll"}
    failures = _refusals(kind, inputs)
    if kind.name:
        names.fill(kind.name, logical, inputs, olds, seed)
    if kind.creation_token:
        token = olds.get(tagging.TOKEN_INPUT)
        inputs[tagging.TOKEN_INPUT] = token or names.digits(seed, "token", _TOKEN_DIGITS)
    if kind.tags:
        _add_tags(inputs, default_tags)
    return inputs, failures or list(kind.validate(inputs))


def _refusals(kind: ResourceType, inputs: Props) -> list[tuple[str, str]]:
    props = all_props(kind)
    unknown = [
        (name, not_implemented(f"{name} of {kind.token}"))
        for name in sorted(set(inputs) - set(props))
    ]
    named = kind.name.property if kind.name else None
    absent = [
        (name, f"{kind.token} needs {name}")
        for name, prop in props.items()
        if prop.required and name not in inputs and name != named
    ]
    return unknown + absent


def _add_tags(inputs: Props, default_tags: Mapping[str, str]) -> None:
    merged = tagging.merge(default_tags, inputs.get("tags"))
    if not empty(merged):
        inputs["tagsAll"] = merged

"""Whether what the program wants is what AWS has, however differently the two spell it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from localcloud.provider.base.values import ARCHIVE, ASSET, SIGNATURE, UNKNOWN, Props, empty


@dataclass(frozen=True, kw_only=True)
class Prop:
    """What the base must know of one input property (camelCase, as the SDK sends it)."""

    required: bool = False
    replaces: bool = False  # a change needs a new resource
    default: Any = None  # what AWS uses when the input is absent
    computed: bool = False  # AWS fills it in when absent: then whatever it has is right
    unordered: bool = False  # a list compared as a multiset, at any depth inside
    json: bool = False  # a string (or object) compared as a JSON value; IAM policies by meaning
    secret: bool = False  # the output of the same name is always secret
    write_only: bool = False  # AWS never returns it: read keeps the known value
    normalize: Callable[[Any], Any] | None = None  # applied to both sides before comparing
    provider_only: bool = (
        False  # drives the provider only, never sent to AWS (forceDestroy, triggers)
    )
    fields: Mapping[str, Prop] = field(default_factory=dict)  # of a nested object or list of them


PLAIN = Prop()


def same(prop: Prop, desired: Any, actual: Any, unordered: bool = False) -> bool:
    """Whether `actual` is what `desired` asks for; an absent desired value asks for the default."""
    if desired is UNKNOWN or actual is UNKNOWN:
        return False
    if empty(desired) and prop.computed:
        return True
    desired, actual = _ready(prop, desired), _ready(prop, actual)
    return _equal(prop, desired, actual, unordered or prop.unordered)


def _ready(prop: Prop, value: Any) -> Any:
    value = prop.default if empty(value) else value
    if prop.normalize and not empty(value):
        value = prop.normalize(value)
    return json_value(value) if prop.json else value


def _equal(prop: Prop, desired: Any, actual: Any, unordered: bool) -> bool:
    if empty(desired) and empty(actual):
        return True
    if _both(Mapping, desired, actual):  # an absent object still has its fields' defaults
        return _equal_objects(prop, desired or {}, actual or {}, unordered)
    if _both(list, desired, actual):
        return _equal_lists(prop, desired or [], actual or [], unordered)
    return bool(desired == actual) or _text(desired) == _text(actual)


def _both(kind: type, desired: Any, actual: Any) -> bool:
    return (isinstance(desired, kind) or empty(desired)) and (
        isinstance(actual, kind) or empty(actual)
    )


def _equal_objects(
    prop: Prop, desired: Mapping[str, Any], actual: Mapping[str, Any], unordered: bool
) -> bool:
    if desired.get(SIGNATURE) in (ASSET, ARCHIVE):
        return bool(desired.get("hash") == actual.get("hash"))
    return all(
        same(prop.fields.get(name, PLAIN), desired.get(name), actual.get(name), unordered)
        for name in {**desired, **actual}
    )


def _equal_lists(prop: Prop, desired: list[Any], actual: list[Any], unordered: bool) -> bool:
    if len(desired) != len(actual):
        return False
    if not unordered:
        return all(_same_item(prop, d, a, False) for d, a in zip(desired, actual, strict=True))
    left = list(actual)
    for item in desired:
        found = next((i for i, a in enumerate(left) if _same_item(prop, item, a, True)), None)
        if found is None:
            return False
        left.pop(found)
    return True


def _same_item(prop: Prop, desired: Any, actual: Any, unordered: bool) -> bool:
    if desired is UNKNOWN or actual is UNKNOWN:
        return False
    return _equal(prop, desired, actual, unordered)


def _text(value: Any) -> Any:
    """Numbers and booleans as text: maps of strings arrive as either."""
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    return value


def json_value(value: Any) -> Any:
    """Parse JSON text; an IAM policy is brought to one of its many equal forms."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return value
    if isinstance(value, Mapping) and "Statement" in value:
        return _policy(value)
    return value


def json_text(value: Any) -> str:
    """Give the JSON text to send for an input that may be text or an object."""
    return value if isinstance(value, str) else json.dumps(value)


def _policy(document: Mapping[str, Any]) -> Props:
    statements = document["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    return {**document, "Statement": [_sorted_sets(statement) for statement in listed]}


def _sorted_sets(value: Any) -> Any:
    """Lists inside a statement are sets, and a set of one may stand without its brackets."""
    if isinstance(value, Mapping):
        return {key: _sorted_sets(item) for key, item in value.items()}
    if isinstance(value, list):
        items = sorted((_text(item) for item in value), key=str)
        return items[0] if len(items) == 1 else items
    return _text(value)


def filled(prop: Prop, desired: Any, actual: Any) -> Any:
    """Give the program's object with the fields that AWS fills in; UNKNOWN while nobody knows."""
    if not isinstance(desired, Mapping):
        return desired
    by_aws = [name for name, inner in prop.fields.items() if inner.computed]
    if actual is UNKNOWN:
        actual = dict.fromkeys(by_aws, UNKNOWN)
    found = actual if isinstance(actual, Mapping) else {}
    added = {name: found[name] for name in by_aws if not empty(found.get(name))}
    return {**desired, **{k: v for k, v in added.items() if empty(desired.get(k))}}


def changed(props: Mapping[str, Prop], olds: Props, news: Props) -> list[str]:
    """Names of the inputs by which `news` asks for something other than `olds` says is there."""
    names = [name for name in {**olds, **news} if not name.startswith("__")]
    return sorted(
        name for name in names if not same(props.get(name, PLAIN), news.get(name), olds.get(name))
    )


def project(props: Mapping[str, Prop], known: Props, actual: Props) -> Props:
    """Give the inputs that describe `actual`, in the words of `known` wherever they still hold.

    What AWS holds beyond the known inputs is added, unless it is a default or AWS's own to fill in:
    so a change made by hand shows as a difference. Without known inputs (import) everything counts.
    """
    inputs = {name: value for name, value in known.items() if name.startswith("__")}
    for name, prop in props.items():
        value = _projected(prop, known.get(name), actual.get(name), importing=not known)
        if value is not None:
            inputs[name] = value
    return inputs


def _projected(prop: Prop, known: Any, actual: Any, *, importing: bool) -> Any:
    if prop.provider_only or prop.write_only:
        return known
    if importing:
        return None if empty(actual) else actual
    if same(prop, known, actual):
        return known
    return None if empty(actual) else actual

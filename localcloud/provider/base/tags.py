"""Tags: the program's own and the provider's default ones merged, and how each service stores them.

Inputs and outputs carry `tags` (the resource's own) and `tagsAll` (with the default tags). A random
creation token is stored as one more tag and hidden from both.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from localcloud.provider.base.values import UNKNOWN, Props

TOKEN_TAG = "microstack:token"
TOKEN_INPUT = "__token"

TagMap = dict[str, str]


class Tags(Protocol):
    """How one service reads and writes tags; `client` is the boto3 client of the type's service."""

    @property
    def at_create(self) -> bool:
        """Whether create() sends the tags itself; else the base writes them after."""

    def read(self, client: Any, id: str, known: Props) -> TagMap:
        """All tags as AWS has them."""

    def write(self, client: Any, id: str, known: Props, *, put: TagMap, drop: list[str]) -> None:
        """Set the tags in `put` and remove those named in `drop`."""


def by_id(id: str, known: Props) -> Any:
    """Address the resource by its Pulumi id."""
    return id


def by_arn(id: str, known: Props) -> Any:
    """Address the resource by its `arn` output."""
    return known["arn"]


@dataclass(frozen=True, kw_only=True)
class TagCalls:
    """The usual dialect: three client methods that take the resource's address and tags.

    `field` is where the tags stand, in the answer of `read_call` and the arguments of `write_call`.
    `shape` says whether they are a list of key/value pairs or a dictionary.
    """

    read_call: str = "list_tags_for_resource"
    write_call: str = "tag_resource"
    drop_call: str = "untag_resource"
    argument: str = "ResourceArn"
    address: Callable[[str, Props], Any] = by_arn
    field: str = "Tags"
    write_field: str = ""  # where it has another name in a call than in the answer
    drop_field: str = "TagKeys"
    shape: Literal["list", "dict"] = "list"
    key: str = "Key"
    value: str = "Value"
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    at_create: bool = True  # create() sends the tags itself; else the base writes them after

    def read(self, client: Any, id: str, known: Props) -> TagMap:
        """All tags as AWS has them."""
        answer = getattr(client, self.read_call)(**self._target(id, known)).get(self.field) or {}
        return self.parse(answer)

    def write(self, client: Any, id: str, known: Props, *, put: TagMap, drop: list[str]) -> None:
        """Set the tags in `put` and remove those named in `drop`."""
        target = self._target(id, known)
        if drop:
            getattr(client, self.drop_call)(**target, **{self.drop_field: drop})
        if put:
            getattr(client, self.write_call)(
                **target, **{self.write_field or self.field: self.render(put)}
            )

    def render(self, tags: Mapping[str, str]) -> Any:
        """Tags as this service wants them in a call."""
        if self.shape == "dict":
            return dict(tags)
        return [{self.key: key, self.value: value} for key, value in tags.items()]

    def parse(self, answer: Any) -> TagMap:
        """Tags as this service answers them."""
        if self.shape == "dict":
            return dict(answer)
        return {item[self.key]: item.get(self.value, "") for item in answer}

    def _target(self, id: str, known: Props) -> dict[str, Any]:
        return {self.argument: self.address(id, known), **self.extra}


def pairs(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Tags as the list of pairs that most create calls want."""
    return [{key: name, value: text} for name, text in tags.items()]


def merge(defaults: Mapping[str, str], own: Any) -> Any:
    """`tagsAll`: default tags, overridden by the resource's own."""
    if own is UNKNOWN:
        return UNKNOWN
    return {**defaults, **(own or {})}


def sent(inputs: Props) -> TagMap:
    """Give what is really written on the resource: `tagsAll` and the hidden creation token."""
    token = inputs.get(TOKEN_INPUT)
    return {**inputs.get("tagsAll", {}), **({TOKEN_TAG: token} if token else {})}


def visible(actual: Mapping[str, str]) -> TagMap:
    """All tags but our token and those that AWS itself puts on (`aws:…`)."""
    return {k: v for k, v in actual.items() if k != TOKEN_TAG and not k.startswith("aws:")}


def own(actual: Mapping[str, str], known: Props, defaults: Mapping[str, str]) -> TagMap:
    """Those of the actual tags that are the resource's own, not explained by default tags."""
    mine, inherited = known.get("tags") or {}, known.get("tagsAll") or {}
    return {
        key: value
        for key, value in actual.items()
        if key in mine or (inherited.get(key) != value and defaults.get(key) != value)
    }

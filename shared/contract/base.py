"""How a layer promises and how it is read: what the classes of shared/contracts.py are made of.

Without Pulumi, which takes half a second to load: only `publish` and `read`, which are for
programs, bring it in. Whoever has the outputs of a deployed stack at hand reads them by the same
classes: `plain(Compute.of(outputs).alias_name)`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from types import EllipsisType
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Protocol,
    Self,
    TypeVar,
    dataclass_transform,
    overload,
)

from shared.contract.promise import Promise
from shared.registry.layers import owner_of

if TYPE_CHECKING:
    import pulumi

    from shared.contract.upstream import Members

Key = TypeVar("Key", bound=str)
Value = TypeVar("Value")


class NotPublished(LookupError):
    """The outputs of a stack lack what its layer promises; the text names it."""


def promise(about: str, *, secret: bool = False, default: EllipsisType | None = ...) -> Any:
    """A field of a contract: what it is, and whether its value must stay encrypted.

    `default=None` makes it optional: what is None is not published, and reads as None.
    """
    return _field(Promise(about=about, secret=secret, optional=default is None))


def members(
    about: str, *, of: Collection[Key] | None = None, default: EllipsisType | None = ...
) -> Members[Key, Any]:
    """A field of plain values by short name; `of` lists the names, where they are known."""
    known = tuple(of or ())
    made: Any = _field(Promise(about=about, optional=default is None, by_name=True, members=known))
    return made  # type: ignore[no-any-return]  # a dataclass field until the class is made


def _field(said: Promise) -> Any:
    metadata = {"promise": said}
    if said.optional:  # a factory, for a plain default would stand in the way of __getattr__
        return field(default_factory=lambda: None, metadata=metadata)
    return field(metadata=metadata)


class Source(Protocol):
    """Where the values of a contract that was read come from."""

    def value(self, name: str, promise: Promise) -> Any:
        """The value of a field; None for an optional one that is not there."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(promise, members))
class Contract:
    """What one layer promises; subclasses are frozen dataclasses of promises."""

    layer: ClassVar[str]
    version: ClassVar[int] = 1

    def __init_subclass__(cls) -> None:
        """Make every contract a frozen dataclass with keyword arguments."""
        dataclass(frozen=True, kw_only=True)(cls)

    @classmethod
    def promises(cls) -> dict[str, Promise]:
        """What is said of each field."""
        return {item.name: item.metadata["promise"] for item in fields(cls)}  # type: ignore[arg-type]  # dataclass by __init_subclass__

    def publish(self) -> None:
        """Export every field, and `contract` with what this program used of its upstreams."""
        from shared.contract import upstream

        values = {name: getattr(self, name) for name in self.promises()}
        upstream.publish(self.layer, self.version, self.promises(), values)

    @classmethod
    def read(cls, *, region: str = "") -> Self:
        """The upstream's promises in this stack's region, or in another of its environment.

        Raises UpstreamError if the upstream has no such stack.
        """
        from shared.contract import upstream

        return cls._from(upstream.Published.of(cls.layer, region))

    @classmethod
    def of(cls, outputs: Mapping[str, Any]) -> Self:
        """The promises of a deployed stack, from its outputs: each is read through `plain`.

        A field or member that is not there is NotPublished.
        """
        return cls._from(_Deployed(cls.layer, outputs))

    @classmethod
    def _from(cls, source: Source) -> Self:
        made: Self = object.__new__(cls)
        object.__setattr__(made, "_source", source)
        return made

    if not TYPE_CHECKING:  # or mypy would take every misspelt field for Any

        def __getattr__(self, name: str) -> Any:
            """A field of a contract that was read, on first sight."""
            known = self.promises()
            if name not in known:
                raise AttributeError(f"The contract of layer {self.layer} has no field {name!r}.")
            value = self.__dict__["_source"].value(name, known[name])
            object.__setattr__(self, name, value)
            return value


@overload
def plain(value: pulumi.Output[Value]) -> Value: ...
@overload
def plain(value: pulumi.Output[Value] | None) -> Value | None: ...
def plain(value: Any) -> Any:
    """A field or member of `X.of(outputs)`: the value itself, where programs have an output."""
    return value


@dataclass(frozen=True)
class _Deployed:
    """The outputs of a stack, already there."""

    layer: str
    outputs: Mapping[str, Any]

    def value(self, name: str, promise: Promise) -> Any:
        if name not in self.outputs:
            if promise.optional:
                return None
            raise _lacks(self.layer, name)
        found = self.outputs[name]
        return _PlainMembers(self.layer, name, found) if promise.by_name else found


@dataclass(frozen=True)
class _PlainMembers:
    """What stands for shared.contract.upstream.Members where no program runs."""

    layer: str
    field: str
    whole: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        if key not in self.whole:
            raise _lacks(self.layer, f"{self.field}[{key!r}]")
        return self.whole[key]


def _lacks(layer: str, what: str) -> NotPublished:
    return NotPublished(f"layer {layer} ({owner_of(layer)}) does not publish {what}")

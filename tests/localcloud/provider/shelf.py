"""A resource type over a dictionary: shows what the base does, call by call."""

from __future__ import annotations

from typing import Any, ClassVar

from localcloud.provider.base.aws import Aws, Connections, Settings
from localcloud.provider.base.resource import AutoName, Prop, Props, ResourceType


class Shelf(ResourceType):
    """Keeps books; `broken` names methods that fail, `log` the calls made."""

    token = "aws:test/shelf:Shelf"
    service = "test"
    name: ClassVar[AutoName | None] = AutoName()
    props = {
        "name": Prop(replaces=True),
        "size": Prop(default=1),
        "colour": Prop(computed=True),
        "code": Prop(write_only=True),
        "force": Prop(provider_only=True),
        "key": Prop(secret=True),
    }
    volatile = frozenset({"version"})

    def __init__(self) -> None:
        self.store: dict[str, Props] = {}
        self.log: list[str] = []
        self.broken: dict[str, Exception] = {}

    def create(self, aws: Aws, inputs: Props) -> str:
        self._called("create")
        self.store[inputs["name"]] = {"colour": "white", "version": 1, **self._kept(inputs)}
        return str(inputs["name"])

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        self._called("complete")

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        self._called("read")
        return dict(self.store[id]) if id in self.store else None

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self._called("update " + " ".join(sorted(changed)))
        kept = self.store[id]
        self.store[id] = {**self._kept(new), "colour": "white", "version": kept["version"] + 1}

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        self._called("delete")
        del self.store[id]

    def _kept(self, inputs: Props) -> Props:
        names = set(self.props) - {"code", "force"}
        return {name: value for name, value in inputs.items() if name in names}

    def _called(self, call: str) -> None:
        self.log.append(call)
        error: Any = self.broken.get(call.split()[0])
        if error:
            raise error


class Unbuilt(Shelf):
    """The same, of a kind that the emulator lacks."""

    token = "aws:test/unbuilt:Unbuilt"
    emulated = False

    def placeholder(self, aws: Aws, inputs: Props) -> tuple[str, Props]:
        return "on-paper", {"arn": "arn:paper"}


def nowhere(*, emulated: bool = True) -> Aws:
    """Give an AWS that nothing must call."""
    return Aws(Connections(Settings(region="us-east-1", emulated=emulated)), "us-east-1")

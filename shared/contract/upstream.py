"""The Pulumi side of contracts: what a program exports, and what it reads of other stacks.

Every stack exports, beside what it promises, the reserved output `contract`: the schema version,
and what its program really used of other stacks (shared/contract/used.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeAlias, TypeVar

import grpc
import pulumi
from google.protobuf import struct_pb2
from pulumi.runtime.proto import resource_pb2

from shared.contract.promise import Promise
from shared.contract.used import OUTPUT, Used
from shared.errors import StackError, UpstreamError
from shared.registry.layers import owner_of
from shared.stack_name import StackName

Key = TypeVar("Key", bound=str)
Value = TypeVar("Value")


class Members(Generic[Key, Value]):
    """Outputs by short name: `data.table_names["records"]`."""

    def __init__(
        self,
        whole: pulumi.Output[dict[str, Value]],
        names: Collection[str],
        *,
        notice: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.names = tuple(names)
        self._whole = whole
        self._notice = notice

    def __getitem__(self, key: Key) -> pulumi.Output[Value]:
        self._notice(key)
        member: pulumi.Output[Value] = self._whole[key]
        return member

    @property
    def whole(self) -> pulumi.Output[dict[str, Value]]:
        """All of them as one output."""
        for name in self.names:
            self._notice(name)
        return self._whole


ByName: TypeAlias = Members[Key, str]


def by_name(values: Mapping[Key, pulumi.Output[Value]]) -> Members[Key, Value]:
    """Outputs by short name in the form in which a contract publishes them."""
    return Members(
        pulumi.Output.all(**{str(key): value for key, value in values.items()}), [*values]
    )


_used: defaultdict[tuple[str, str], dict[str, dict[str, set[str]]]] = defaultdict(dict)
"""(project, stack) of a running program → upstream layer → field that it used → members of it."""
_regions: defaultdict[tuple[str, str], dict[str, set[str]]] = defaultdict(dict)
"""(project, stack) of a running program → upstream layer → regions where it was read."""


def publish(
    layer: str, version: int, promises: Mapping[str, Promise], values: Mapping[str, Any]
) -> None:
    """Export what a layer promises, and `contract`. What is None is left out."""
    for name, value in values.items():
        if value is None:
            continue
        if isinstance(value, Members):
            _refuse_other_members(layer, name, promises[name], value)
        whole = value.whole if isinstance(value, Members) else pulumi.Output.from_input(value)
        pulumi.export(name, pulumi.Output.secret(whole) if promises[name].secret else whole)
    program = (pulumi.get_project(), pulumi.get_stack())
    here = {StackName.parse(program[1]).region}
    elsewhere = {layer: regions for layer, regions in _regions[program].items() if regions != here}
    used = Used(_used[program], elsewhere)
    pulumi.export(OUTPUT, {"layer": layer, "version": version, **used.exported()})


def _refuse_other_members(
    layer: str, field: str, promise: Promise, made: Members[str, Any]
) -> None:
    """What readers may rely on is what is listed, neither less nor more."""
    if promise.members and set(made.names) != set(promise.members):
        raise StackError(
            f"Layer {layer} promises {field} of {', '.join(sorted(promise.members))}, and its "
            f"program makes {', '.join(sorted(made.names))}: let both say the same "
            f"(shared/contracts.py, stacks/{layer}/__main__.py)."
        )


@dataclass(frozen=True)
class Published:
    """The outputs of an upstream stack."""

    layer: str
    stack: str
    outputs: Mapping[str, Collection[str] | None]
    """Name → its members, of what holds values by name."""
    reference: pulumi.StackReference
    used: dict[str, set[str]]

    @classmethod
    def of(cls, layer: str, region: str) -> Published:
        """Those of a layer's stack in this environment, in this region or in another.

        Raises UpstreamError if there is no such stack.
        """
        stack = pulumi.get_stack()
        program = (pulumi.get_project(), stack)
        used = _used[program].setdefault(layer, {})  # read, though no field yet
        here = StackName.parse(stack)
        _regions[program].setdefault(layer, set()).add(region or here.region)
        if region:
            stack = str(replace(here, region=region))
        name = f"{pulumi.get_organization()}/{layer}/{stack}"
        outputs = _outputs(name)
        if outputs is None:
            raise _missing(layer, stack, "is not deployed")
        if not outputs:
            raise _missing(layer, stack, "has no outputs: it was destroyed, or never deployed")
        return cls(layer, stack, outputs, pulumi.StackReference(name), used)

    def value(self, name: str, promise: Promise) -> Any:
        """A field, noted as used; UpstreamError if it is promised and not there yet."""
        if name not in self.outputs and not promise.optional:
            raise _missing(self.layer, self.stack, f"does not publish {name} yet")
        used = self.used.setdefault(name, set())
        if name not in self.outputs:
            return None
        output = self.reference.require_output(name)
        if not promise.by_name:
            return output
        names = self.outputs[name]

        def notice(member: str) -> None:
            self._refuse(name, member, promise, names)
            used.add(member)

        return Members(output, names or promise.members, notice=notice)

    def _refuse(
        self, field: str, member: str, promise: Promise, published: Collection[str] | None
    ) -> None:
        what = f"{field}[{member!r}]"
        if not promise.knows(member):
            raise StackError(
                f"Layer {pulumi.get_project()} reads {what} of layer {self.layer} "
                f"({owner_of(self.layer)}), which promises {', '.join(promise.members)}: correct "
                f"the name, or let {self.layer} promise it (shared/contracts.py)."
            )
        if published is not None and member not in published:
            raise _missing(self.layer, self.stack, f"does not publish {what} yet")


def _outputs(stack: str) -> dict[str, Collection[str] | None] | None:
    """What a stack exports by now, with the members of each; None if there is no such stack.

    Asked of the monitor itself: the SDK's own invoke keeps a failure that we caught and raises it
    at the end of the program, in place of our sentence.
    """
    request = resource_pb2.ResourceInvokeRequest(tok="pulumi:pulumi:readStackOutputs")
    request.args.update({"name": stack})
    monitor: Any = pulumi.runtime.settings.get_monitor()
    try:
        response = monitor.Invoke(request)
    except grpc.RpcError:
        return None
    return {
        name: tuple(value) if isinstance(value, struct_pb2.Struct) else None
        for name, value in getattr(response, "return")["outputs"].items()
    }


def _missing(layer: str, stack: str, what: str) -> UpstreamError:
    reader = pulumi.get_project()
    return UpstreamError(
        f"Layer {reader} reads layer {layer} ({owner_of(layer)}), but stack {stack} of {layer} "
        f"{what}; deploy it first with: ./invoke up {layer}{_selection(stack)}"
    )


def _selection(stack: str) -> str:
    """The options that choose this stack in a command."""
    environment, _, region = stack.partition("-")
    chosen = "" if environment == "local" else f" --env {environment}"
    return f"{chosen} --region {region}" if region else chosen

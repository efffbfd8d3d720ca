"""A sample per registered type: what the conformance test makes, changes, disturbs, removes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from localcloud.provider import registry

Props = dict[str, Any]


@dataclass(frozen=True)
class Made:
    """A resource that exists while a test runs."""

    id: str
    outputs: Props


@dataclass(frozen=True)
class Needs:
    """What a sample may build on: the resources it asked for, and a text that nobody else uses."""

    unique: str
    made: Mapping[str, Made]

    def __getitem__(self, name: str) -> Made:
        """Give the resource made for this need."""
        return self.made[name]


Values = Mapping[str, Any] | Callable[[Needs], Mapping[str, Any]]
Clients = Callable[..., Any]  # clients("ssm") or clients("ssm", "us-west-2") -> boto3 client


@dataclass(frozen=True, kw_only=True)
class Sample:
    """How to exercise one type.

    `needs` names other samples by a short name, used as `needs["key"].outputs["arn"]`: by their
    token, or by "token#label". `updates` holds new values of inputs that change in place, tried one
    after the other (None takes the input out), `replace` values that need a new resource, each with
    the inputs that must change `along`. `moves` names the inputs that replace when the sample is
    put on a second set of what it needs, made of other samples where `elsewhere` says so. `drift`
    changes the resource by hand (boto3), and `drifted` names the inputs by which that must show.
    `not_tried` names inputs that no update is tried for, each with the reason.
    """

    token: str
    inputs: Values
    label: str = ""
    needs: Mapping[str, str] = field(default_factory=dict)
    updates: Values = field(default_factory=dict)
    replace: Values = field(default_factory=dict)
    along: Mapping[str, Props] = field(default_factory=dict)
    moves: tuple[str, ...] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    drift: Callable[[Clients, Made], None] | None = None
    drifted: tuple[str, ...] = ()
    not_tried: Mapping[str, str] = field(default_factory=dict)
    stays: str = ""  # why AWS still shows it after it was deleted, where it does
    found: bool = True  # False: making it again is as good as finding it
    imports: bool = True  # False: cannot be read without knowing the inputs


def evaluated(values: Values, needs: Needs) -> Props:
    """Give the values themselves, where they depend on what was made before."""
    return dict(values(needs) if callable(values) else values)


@cache
def samples() -> tuple[Sample, ...]:
    """All samples of the registered services, from samples/<service>.py.

    A service without such a file has none: test_a_registered_type_has_a_sample names its types.
    """
    names = [f"{__name__}.{name}" for name in registry.SERVICES]
    modules = [import_module(name) for name in names if find_spec(name)]
    return tuple(sample for module in modules for sample in module.SAMPLES)


def sample_of(name: str) -> Sample:
    """Give the first sample of a type, or with "token#label" the one of that label."""
    token, _, label = name.partition("#")
    found = [sample for sample in samples() if sample.token == token]
    return next(sample for sample in found if label in ("", sample.label))

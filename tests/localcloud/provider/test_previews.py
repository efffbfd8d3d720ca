"""A preview asks about values that nobody knows yet, at any depth: Check and Diff must cope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from localcloud.provider import registry
from localcloud.provider.base.values import SIGNATURE, UNKNOWN, from_struct, to_struct
from tests.localcloud.provider.driver import Driver, Resource, urn
from tests.localcloud.provider.samples import Made, Props, Sample, evaluated, samples


class _Stand(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "any"


class _Needs:
    """Stands in for resources that a sample builds on: ids and outputs are any text."""

    unique = "any"

    def __getitem__(self, name: str) -> Made:
        return Made("any", _Stand())


def _veiled(value: Any) -> Iterator[Any]:
    """Give the value with each of its parts unknown in turn."""
    yield UNKNOWN
    if isinstance(value, dict) and SIGNATURE not in value:
        for key, item in value.items():
            yield from ({**value, key: veiled} for veiled in _veiled(item))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from ([*value[:index], v, *value[index + 1 :]] for v in _veiled(item))


def _name(sample: Sample) -> str:
    return sample.token.rsplit(":", 1)[-1] + (f"-{sample.label}" if sample.label else "")


@pytest.mark.parametrize("sample", samples(), ids=_name)
def test_a_preview_copes_with_each_part_unknown(driver: Driver, sample: Sample) -> None:
    known: Props = evaluated(sample.inputs, _Needs())  # type: ignore[arg-type]  # stands in
    checked = _check(driver, sample.token, known)
    on_record = Resource(sample.token, urn(sample.token, "it"), "id", checked, checked)
    for name in registry.types()[sample.token].props:
        for veiled in _veiled(known.get(name)):
            news = _check(driver, sample.token, {**known, name: veiled})
            assert name in driver.diff(on_record, news).diffs, f"{name}: {veiled}"


def _check(driver: Driver, token: str, news: Props) -> Props:
    """Check without minding what is refused: only a crash counts here."""
    request = provider_pb2.CheckRequest(urn=urn(token, "it"), news=to_struct(news))
    response = driver.provider.Check(request, driver.context)
    return from_struct(response.inputs)

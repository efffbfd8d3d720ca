"""Every registered type does what a Pulumi resource must, on a real emulator.

A type is tested the day it is registered: without a sample, or with an input that no update is
tried for, the first tests fail.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from localcloud.provider import registry
from localcloud.provider.base.inputs import all_props
from tests.localcloud.provider.conftest import REGION
from tests.localcloud.provider.driver import Driver, Resource
from tests.localcloud.provider.samples import (
    Clients,
    Made,
    Props,
    Sample,
    evaluated,
    sample_of,
    samples,
)

_ABROAD = "eu-central-1"  # a region that no sample names

_LIVE = [s for s in samples() if registry.types()[s.token].emulated]
_RECORDED = [s for s in samples() if not registry.types()[s.token].emulated]


def _name(sample: Sample) -> str:
    return sample.token.rsplit(":", 1)[-1] + (f"-{sample.label}" if sample.label else "")


def _each(chosen: list[Sample]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("sample", chosen, ids=_name)


def _changes(driver: Driver, on_record: Resource, wanted: Props) -> list[str]:
    """Names of the inputs that a program with these inputs would change now."""
    news = driver.check(on_record.token, wanted, olds=on_record.inputs)
    return list(driver.diff(on_record, news).diffs)


def _refreshed(driver: Driver, on_record: Resource) -> Resource:
    found = driver.read(on_record)
    assert found is not None, "it is there, but reading does not find it"
    return found


def _without_nones(values: dict[str, Any]) -> Props:
    return {name: value for name, value in values.items() if value is not None}


# Coverage


@pytest.mark.parametrize("token", sorted(registry.types()))
def test_a_registered_type_has_a_sample(token: str) -> None:
    service = token.split(":")[1].partition("/")[0]
    assert any(sample.token == token for sample in samples()), (
        f"add one to tests/localcloud/provider/samples/{service}.py (localcloud/provider/README.md)"
    )


@pytest.mark.parametrize("token", sorted(registry.types()))
def test_every_input_is_tried(token: str) -> None:
    kind, mine = registry.types()[token], [s for s in samples() if s.token == token]
    if not kind.emulated:
        return
    tried = {name for sample in mine for name in _sampled_names(sample)}
    base = set(all_props(kind)) - set(kind.props)
    untried = {n for n, prop in kind.props.items() if not prop.provider_only} - tried - base
    assert not untried, f"no sample tries a change of {sorted(untried)}"


def _sampled_names(sample: Sample) -> set[str]:
    """Names tried, found out with a stand-in for what the sample would build on."""
    names = {*sample.not_tried, *sample.moves}
    for values in (sample.updates, sample.replace):
        names |= set(values(_AnyNeeds()) if callable(values) else values)  # type: ignore[arg-type]  # stands in
    return names


class _AnyNeeds:
    """Answers any question of a sample's function with a text."""

    unique = "any"

    def __getitem__(self, name: str) -> Made:
        return Made("any", _AnyOutputs())


class _AnyOutputs(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "any"


# Life cycle


@_each(_LIVE)
def test_what_was_made_reads_back_without_difference(driver: Driver, sample: Sample) -> None:
    with driver.made(sample) as (resource, wanted, _):
        assert _changes(driver, resource, wanted) == []
        found = _refreshed(driver, resource)
        assert _changes(driver, found, wanted) == []
        assert found.inputs == resource.inputs
        missing = set(resource.outputs) - set(found.outputs)
        assert not missing, f"outputs at creation that reading does not know: {missing}"
        differing = {k for k, v in resource.outputs.items() if found.outputs[k] != v}
        assert not differing, f"outputs at creation that read otherwise: {differing}"


@_each(_LIVE)
def test_each_update_is_made_in_place_and_reads_back(driver: Driver, sample: Sample) -> None:
    with driver.made(sample) as (resource, wanted, needs):
        for name, value in evaluated(sample.updates, needs).items():
            wanted = _without_nones({**wanted, name: value})
            news = driver.check(sample.token, wanted, olds=resource.inputs)
            found = driver.diff(resource, news)
            assert name in found.diffs, f"the change of {name} is not seen"
            assert not found.replaces, f"the change of {name} must not replace"
            resource = driver.update(resource, news)
            assert _changes(driver, resource, wanted) == []
            refreshed = _refreshed(driver, resource)
            assert _changes(driver, refreshed, wanted) == [], f"after the change of {name}"
            assert refreshed.inputs == news, f"after the change of {name}"


@_each(_LIVE)
def test_one_whose_creation_was_cut_off_is_put_right_or_removed(
    driver: Driver, sample: Sample
) -> None:
    """It exists, its id is on record, and of its outputs nothing was ever read."""
    with driver.made(sample) as (resource, wanted, _):
        shown = {name: v for name, v in resource.inputs.items() if not name.startswith("__")}
        cut_off = replace(resource, outputs=shown)
        repaired = driver.update(cut_off, resource.inputs)
        assert set(resource.outputs) <= set(repaired.outputs)
        assert _changes(driver, _refreshed(driver, repaired), wanted) == []
        driver.delete(cut_off)
        assert sample.stays or driver.read(resource) is None


@_each([s for s in _LIVE if s.drift])
def test_a_change_made_by_hand_is_seen_and_put_right(
    driver: Driver, clients: Clients, sample: Sample
) -> None:
    assert sample.drift is not None
    with driver.made(sample) as (resource, wanted, _):
        sample.drift(clients, Made(resource.id, resource.outputs))
        drifted = driver.read(resource)
        if not sample.drifted:
            assert drifted is None, "it was removed by hand, and reading still finds it"
            return
        assert drifted is not None
        assert set(sample.drifted) <= set(_changes(driver, drifted, wanted))
        news = driver.check(sample.token, wanted, olds=drifted.inputs)
        repaired = driver.update(drifted, news)
        assert _changes(driver, _refreshed(driver, repaired), wanted) == []


@pytest.mark.parametrize("token", sorted(s.token for s in _LIVE))
def test_a_sample_disturbs_the_resource_by_hand(token: str) -> None:
    assert any(sample.drift for sample in samples() if sample.token == token)


@_each(_LIVE)
def test_a_replacement_is_made_there_and_back(driver: Driver, sample: Sample) -> None:
    """One after the other in the order that the provider asks for, and the new one stays whole."""
    with driver.made(sample) as (resource, wanted, needs), ExitStack() as others:
        changes: list[tuple[tuple[str, ...], Props]] = [
            ((name,), {**wanted, name: value, **sample.along.get(name, {})})
            for name, value in evaluated(sample.replace, needs).items()
        ]
        if sample.moves:
            elsewhere = replace(sample, needs={**sample.needs, **sample.elsewhere})
            there = others.enter_context(driver.needs_of(elsewhere))
            changes.append((sample.moves, evaluated(sample.inputs, there)))
        if registry.types()[sample.token].regional and not sample.needs:
            wanted = {**wanted, "region": REGION}
            changes.append((("region",), {**wanted, "region": _ABROAD}))
        for because, changed in changes:
            replaced = _replaced(driver, sample, resource, _without_nones(changed), because)
            resource = _replaced(driver, sample, replaced, wanted, because)
            others.callback(driver.delete, resource)


def _replaced(
    driver: Driver, sample: Sample, old: Resource, wanted: Props, because: tuple[str, ...]
) -> Resource:
    """Replace a resource as an engine does, and look at both after each step."""
    found = driver.diff(old, driver.check(sample.token, wanted, olds=old.inputs))
    assert set(because) <= set(found.replaces), f"{because} must replace: {found.replaces}"
    if found.deleteBeforeReplace:
        driver.delete(old)
        assert sample.stays or driver.read(old) is None, (
            f"{because}: deleted first, and still there"
        )
    new = driver.create(sample.token, wanted)
    try:
        assert _changes(driver, new, wanted) == [], because
        beside = _refreshed(driver, new)
        assert _changes(driver, beside, wanted) == [], because
        if not found.deleteBeforeReplace:
            driver.delete(old)
            alone = _refreshed(driver, new)
            assert _changes(driver, alone, wanted) == [], f"{because}: after the old one's deletion"
            assert alone.outputs == beside.outputs, f"{because}: after the old one's deletion"
            assert sample.stays or driver.read(old) is None, f"{because}: still there"
    except BaseException:
        driver.delete(new)
        raise
    return new


@_each(_LIVE)
def test_a_deleted_one_is_gone_and_may_be_deleted_again(driver: Driver, sample: Sample) -> None:
    with driver.made(sample) as (resource, _, _):
        driver.delete(resource)
        assert sample.stays or driver.read(resource) is None
        driver.delete(resource)


@_each([s for s in _LIVE if s.found])
def test_what_an_interrupted_create_made_is_found(driver: Driver, sample: Sample) -> None:
    with driver.needs_of(sample) as needs:
        inputs = driver.check(sample.token, evaluated(sample.inputs, needs))
        lost = Resource(sample.token, f"urn:pulumi:test::c::{sample.token}::it", "", inputs, {})
        assert driver.read(lost) is None, "found before anything was made"
        resource = driver.create(sample.token, inputs)
        try:
            lost.inputs = resource.inputs
            found = driver.read(lost)
            assert found is not None, "made, and not found"
            assert found.id == resource.id
            assert _changes(driver, found, inputs) == []
        finally:
            driver.delete(resource)


@_each([s for s in _LIVE if s.imports])
def test_an_imported_one_equals_the_program_that_describes_it(
    driver: Driver, sample: Sample
) -> None:
    with driver.made(sample) as (resource, wanted, _):
        bare = Resource(sample.token, resource.urn, resource.id, {}, {})
        imported = _refreshed(driver, bare)
        kind = registry.types()[sample.token]
        unreadable = {n for n, p in kind.props.items() if p.provider_only or p.write_only}
        assert set(_changes(driver, imported, wanted)) <= unreadable


@_each([s for s in _LIVE if registry.types()[s.token].tags])
def test_tags_change_in_place_and_drift_is_seen(driver: Driver, sample: Sample) -> None:
    with driver.made(sample) as (resource, wanted, _):
        for tags in ({"a": "1", "b": "2"}, {"b": "3"}, {}):
            news = driver.check(sample.token, {**wanted, "tags": tags}, olds=resource.inputs)
            assert not driver.diff(resource, news).replaces
            resource = driver.update(resource, news)
            found = _refreshed(driver, resource)
            assert found.outputs.get("tagsAll", {}) == tags
            assert _changes(driver, found, {**wanted, "tags": tags}) == []


@_each([s for s in _LIVE if registry.types()[s.token].tags])
def test_default_tags_are_put_on_from_the_start(
    environment: dict[str, str], sample: Sample
) -> None:
    tags = {"Project": "microstack", "Owner": "team"}
    driver = Driver(environment, {"region": "us-east-1", "defaultTags": {"tags": tags}})
    with driver.made(sample) as (resource, wanted, _):
        found = _refreshed(driver, resource)
        assert found.outputs["tagsAll"] == {**tags, **wanted.get("tags", {})}
        assert found.outputs.get("tags", {}) == wanted.get("tags", {})
        assert _changes(driver, found, wanted) == []


# What the emulator lacks


@_each(_RECORDED)
def test_what_the_emulator_lacks_is_recorded_and_marked(driver: Driver, sample: Sample) -> None:
    with driver.made(sample) as (resource, wanted, needs):
        assert resource.id
        assert resource.outputs["notEmulated"] is True
        found = _refreshed(driver, resource)
        assert found.outputs["notEmulated"] is True
        assert _changes(driver, found, wanted) == []
        for name, value in evaluated(sample.updates, needs).items():
            news = driver.check(sample.token, {**wanted, name: value}, olds=resource.inputs)
            updated = driver.update(resource, news)
            assert updated.outputs["notEmulated"] is True
            assert updated.outputs[name] == value


def test_a_sample_is_of_a_registered_type() -> None:
    for sample in samples():
        assert sample.token in registry.types()
        for token in sample.needs.values():
            assert sample_of(token)

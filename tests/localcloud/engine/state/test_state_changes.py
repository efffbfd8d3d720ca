from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from localcloud.engine.state.model import ResourceState
from localcloud.engine.state.state_changes import differs
from tests.localcloud.engine.stacks import resource

BASE = resource("a")
OTHER: dict[str, Any] = {
    "urn": "x",
    "type": "x",
    "custom": False,
    "id": "x",
    "inputs": {"x": 1},
    "outputs": {"x": 1},
    "parent": "x",
    "provider": "x",
    "dependencies": ["x"],
    "property_dependencies": {"x": ["y"]},
    "protect": True,
    "taint": True,
    "external": True,
    "delete": True,
    "pending_replacement": True,
    "retain_on_delete": True,
    "deleted_with": "x",
    "replace_with": ["x"],
    "additional_secret_outputs": ["x"],
    "aliases": ["x"],
    "custom_timeouts": {"create": 1.0},
    "import_id": "x",
    "ignore_changes": ["x"],
    "hide_diff": ["x"],
    "replace_on_changes": ["x"],
    "replacement_trigger": 1,
    "resource_hooks": {"x": ["y"]},
}
UNIMPORTANT = {
    "created",
    "modified",
    "source_position",
    "stack_trace",
    "init_errors",
    "extra",
    "handle",
}


def test_every_field_is_thought_of() -> None:
    assert {field.name for field in fields(ResourceState)} == OTHER.keys() | UNIMPORTANT


@pytest.mark.parametrize("field", OTHER)
def test_what_matters_is_written(field: str) -> None:
    assert differs(BASE, replace(BASE, **{field: OTHER[field]}))


def test_what_does_not_matter_is_not_written() -> None:
    assert not differs(BASE, replace(BASE, created="x", modified="x", source_position="x"))


def test_the_order_of_dependencies_does_not_matter() -> None:
    one = replace(BASE, dependencies=["a", "b"], property_dependencies={"x": ["a", "b"], "y": []})
    two = replace(BASE, dependencies=["b", "a"], property_dependencies={"x": ["b", "a"]})
    assert not differs(one, two)

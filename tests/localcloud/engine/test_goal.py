from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto import alias_pb2, callback_pb2, resource_pb2

from localcloud.engine.goal import (
    Alias,
    BadRegistration,
    Goal,
    UnsupportedOption,
    goal_of,
    lowered,
    seconds,
)
from localcloud.engine.values import UNKNOWN, OutputValue, Secret

Request = resource_pb2.RegisterResourceRequest


@pytest.mark.parametrize(
    ("text", "expected"),
    [("30s", 30), ("1h30m", 5400), ("1.5m", 90), ("250ms", 0.25), ("2m5s", 125)],
)
def test_durations(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "5", "soon", "5 m", "-5m"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(BadRegistration):
        seconds(text)


def test_what_is_not_said_is_none() -> None:
    goal = goal_of(Request(type="a:b:C", name="n", custom=True), "")
    assert (goal.protect, goal.retain_on_delete, goal.delete_before_replace) == (None, None, None)
    assert goal.replacement_trigger is None


def test_false_is_said() -> None:
    request = Request(
        type="a:b:C",
        name="n",
        custom=True,
        protect=False,
        retainOnDelete=False,
        deleteBeforeReplaceDefined=True,
    )
    goal = goal_of(request, "")
    assert (goal.protect, goal.retain_on_delete, goal.delete_before_replace) == (
        False,
        False,
        False,
    )


def test_children_take_over_what_they_do_not_say() -> None:
    parent = Goal("t", "p", False, protect=True, retain_on_delete=True, deleted_with="urn")
    silent, loud = Goal("t", "c", True), Goal("t", "c", True, protect=False)
    silent.inherit(parent)
    loud.inherit(parent)
    assert (silent.protect, silent.retain_on_delete, silent.deleted_with) == (True, True, "urn")
    assert loud.protect is False


def test_aliases_are_urns_or_parts() -> None:
    request = Request(
        type="a:b:C",
        name="n",
        aliasURNs=["urn:1"],
        aliases=[
            alias_pb2.Alias(urn="urn:2"),
            alias_pb2.Alias(spec=alias_pb2.Alias.Spec(name="x", noParent=True)),
        ],
    )
    assert goal_of(request, "").aliases == (
        Alias(urn="urn:1"),
        Alias(urn="urn:2"),
        Alias(name="x", no_parent=True),
    )


def test_an_sdk_that_does_not_say_what_properties_need_means_everything() -> None:
    request = Request(type="a:b:C", name="n", custom=True, dependencies=["u2", "u1"])
    request.object.update({"x": 1})
    assert goal_of(request, "").property_dependencies == {"x": ["u1", "u2"]}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"remote": True}, "remote components"),
        ({"transforms": [callback_pb2.Callback(target="t", token="x")]}, "transforms"),
        ({"packageRef": "x"}, "parameterized packages"),
        ({"pluginDownloadURL": "x"}, "pluginDownloadURL"),
        ({"envVarMappings": {"a": "b"}}, "envVarMappings"),
        ({"snippetId": "x"}, "snippets"),
        ({"hooks": Request.ResourceHooksBinding(before_create=["h"])}, "hooks"),
    ],
)
def test_options_that_are_not_here_are_refused_by_name(fields: Any, named: str) -> None:
    with pytest.raises(UnsupportedOption, match=f"resource 'n' .a:b:C. uses {named}, which"):
        goal_of(Request(type="a:b:C", name="n", custom=True, **fields), "")


def test_empty_hooks_are_no_hooks() -> None:
    goal_of(Request(type="a:b:C", name="n", hooks=Request.ResourceHooksBinding()), "")


def test_every_field_of_a_registration_is_read_or_refused() -> None:
    """A newer SDK may bring options that nobody here has thought of."""
    known = {
        "type", "name", "parent", "custom", "object", "protect", "dependencies", "provider",
        "propertyDependencies", "deleteBeforeReplace", "version", "ignoreChanges",
        "acceptSecrets", "additionalSecretOutputs", "aliasURNs", "importId", "customTimeouts",
        "deleteBeforeReplaceDefined", "supportsPartialValues", "acceptResources", "providers",
        "replaceOnChanges", "retainOnDelete", "aliases", "deletedWith", "replace_with",
        "replacement_trigger", "aliasSpecs", "sourcePosition", "stackTrace",
        "parentStackTraceHandle", "supportsResultReporting", "hideDiffs", "accepts_byte_string",
    }  # fmt: skip
    from localcloud.engine.goal import _REFUSED

    assert {field.name for field in Request.DESCRIPTOR.fields} == known | _REFUSED.keys()


def test_output_values_become_plain_secret_and_unknown() -> None:
    value = {
        "a": OutputValue([OutputValue(1)], secret=True),
        "b": OutputValue(None, known=False),
        "c": Secret({"d": OutputValue(2)}),
    }
    assert lowered(value) == {"a": Secret([1]), "b": UNKNOWN, "c": Secret({"d": 2})}

from __future__ import annotations

import inspect
from typing import Any

import pulumi
import pytest
from pulumi.runtime.proto import alias_pb2, callback_pb2, resource_pb2

from localcloud.engine.steps.goal import (
    Alias,
    BadRegistration,
    Goal,
    UnsupportedOption,
    downgrade_output_values,
    goal_from_request,
    seconds,
)
from localcloud.engine.values.values import UNKNOWN, OutputValue, Secret
from tests.localcloud.engine.lab import Lab

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
    goal = goal_from_request(Request(type="a:b:C", name="n", custom=True), "")
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
    goal = goal_from_request(request, "")
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
    assert goal_from_request(request, "").aliases == (
        Alias(urn="urn:1"),
        Alias(urn="urn:2"),
        Alias(name="x", no_parent=True),
    )


def test_an_sdk_that_does_not_say_what_properties_need_means_everything() -> None:
    request = Request(type="a:b:C", name="n", custom=True, dependencies=["u2", "u1"])
    request.object.update({"x": 1})
    assert goal_from_request(request, "").property_dependencies == {"x": ["u1", "u2"]}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"remote": True}, "remote components"),
        ({"transforms": [callback_pb2.Callback(target="t", token="x")]}, "transforms"),
        ({"packageRef": "x"}, "parameterized packages"),
        ({"pluginDownloadURL": "x"}, "plugin_download_url"),
        ({"pluginChecksums": {"linux-amd64": b"x"}}, "plugin_checksums"),
        ({"envVarMappings": {"a": "b"}}, "env_var_mappings"),
        ({"snippetId": "x"}, "snippets"),
        ({"hooks": Request.ResourceHooksBinding(before_create=["h"])}, "hooks"),
    ],
)
def test_fields_that_are_not_here_are_refused_by_name(fields: Any, named: str) -> None:
    with pytest.raises(UnsupportedOption, match=f"resource 'n' .a:b:C. uses {named}, which"):
        goal_from_request(Request(type="a:b:C", name="n", custom=True, **fields), "")


IMPLEMENTED = {
    "parent", "depends_on", "protect", "provider", "providers", "delete_before_replace",
    "ignore_changes", "version", "aliases", "additional_secret_outputs", "id", "import_",
    "custom_timeouts", "transformations", "urn", "replace_on_changes", "replacement_trigger",
    "retain_on_delete", "deleted_with", "replace_with", "hide_diffs",
}  # fmt: skip
REFUSED = {
    "transforms": ["[lambda args: None]"],
    "state_migrations": ["[lambda args: None]"],
    "hooks": [
        "pulumi.ResourceHookBinding(after_create=[print])",
        "pulumi.ResourceHookBinding(before_delete=[pulumi.ResourceHook('told', print)])",
        "pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook('again', lambda args: True)])",
    ],
    "plugin_download_url": ["'https://x.test'"],
    "env_var_mappings": ["{'A': 'B'}"],
}
"""Option of the SDK's ResourceOptions -> values for it, as a program writes them."""


def test_every_option_of_the_sdk_is_implemented_or_refused() -> None:
    options = inspect.signature(pulumi.ResourceOptions).parameters
    assert set(options) == IMPLEMENTED | REFUSED.keys()


@pytest.mark.parametrize(
    ("option", "value"), [(option, value) for option in REFUSED for value in REFUSED[option]]
)
def test_an_option_that_is_not_here_is_refused_by_name(lab: Lab, option: str, value: str) -> None:
    program = f"Thing('first')\nThing('p', opts=Opts({option}={value}))"
    sentence = (
        rf"^resource 'p' \(fake:index:Thing\) uses {option}, which the embedded engine does not "
        r"implement \(the Pulumi CLI does: --deployer cli\)\.$"
    )
    for run in (lab.preview, lab.up):
        with pytest.raises(UnsupportedOption, match=sentence):
            run(program)
    assert not any(name.startswith("p") for name in lab.world.names())


@pytest.mark.parametrize("option", ["transforms", "hooks", "state_migrations"])
def test_components_are_refused_them_too(lab: Lab, option: str) -> None:
    with pytest.raises(UnsupportedOption, match=f"resource 'g' .test:index:Group. uses {option}"):
        lab.up(f"Group('g', opts=Opts({option}={REFUSED[option][0]}))")
    assert lab.world.names() == []


def test_a_hook_that_no_resource_is_bound_to_does_nothing(lab: Lab) -> None:
    program = "pulumi.ResourceHook('told', print)\npulumi.ErrorHook('again', print)\nThing('a')"
    assert lab.up(program).changes == {"create": 2}


def test_empty_hooks_are_no_hooks() -> None:
    goal_from_request(Request(type="a:b:C", name="n", hooks=Request.ResourceHooksBinding()), "")


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
    from localcloud.engine.steps.goal import _REFUSED

    assert {field.name for field in Request.DESCRIPTOR.fields} == known | _REFUSED.keys()


def test_output_values_become_plain_secret_and_unknown() -> None:
    value = {
        "a": OutputValue([OutputValue(1)], secret=True),
        "b": OutputValue(None, known=False),
        "c": Secret({"d": OutputValue(2)}),
    }
    assert downgrade_output_values(value) == {"a": Secret([1]), "b": UNKNOWN, "c": Secret({"d": 2})}

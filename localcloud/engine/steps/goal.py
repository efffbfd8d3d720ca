"""What a program asks for with one resource, read from its RegisterResource message.

Options that this engine does not implement are refused here, by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from pulumi.runtime.proto import resource_pb2

from localcloud.engine.errors import EngineError
from localcloud.engine.provider.assets import with_hashes
from localcloud.engine.values import urns
from localcloud.engine.values.values import UNKNOWN, OutputValue, Secret
from localcloud.engine.values.wire import from_struct, from_value


class UnsupportedOption(EngineError):
    """A program uses something that this engine does not implement."""


class BadRegistration(EngineError):
    """A program describes a resource in a way that no engine accepts."""


@dataclass(frozen=True)
class Alias:
    """A name that a resource had before: a whole URN, or the parts that were different."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False


@dataclass
class Goal:
    """The wanted state of a resource (Pulumi's resource.Goal); None stands for "not given"."""

    type: str
    name: str
    custom: bool
    inputs: dict[str, Any] = field(default_factory=dict)
    parent: str = ""
    provider: str = ""
    providers: dict[str, str] = field(default_factory=dict)
    version: str = ""
    protect: bool | None = None
    dependencies: list[str] = field(default_factory=list)
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    delete_before_replace: bool | None = None
    ignore_changes: list[str] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    additional_secret_outputs: list[str] = field(default_factory=list)
    aliases: tuple[Alias, ...] = ()
    import_id: str = ""
    timeouts: dict[str, float] = field(default_factory=dict)
    retain_on_delete: bool | None = None
    deleted_with: str = ""
    replace_with: list[str] = field(default_factory=list)
    replacement_trigger: Any = None
    hide_diff: list[str] = field(default_factory=list)
    source_position: str = ""

    @property
    def is_provider(self) -> bool:
        """Return whether it is a provider resource."""
        return urns.is_provider_type(self.type)

    def inherit(self, parent: Goal) -> None:
        """Take over what a child has from its parent unless it sets it itself."""
        self.deleted_with = self.deleted_with or parent.deleted_with
        if self.protect is None:
            self.protect = parent.protect
        if self.retain_on_delete is None:
            self.retain_on_delete = parent.retain_on_delete


# Fields of the request that ask for something that is not here, and what a program calls it.
_REFUSED = {
    "transforms": "transforms",
    "hooks": "hooks",
    "packageRef": "parameterized packages",
    "state_migrations": "state_migrations",
    "envVarMappings": "env_var_mappings",
    "pluginDownloadURL": "plugin_download_url",
    "pluginChecksums": "plugin_checksums",
    "snippetId": "snippets",
    "remote": "remote components",
}


def unsupported(who: str, what: str) -> UnsupportedOption:
    """Return the error that names who uses what, and where it would work."""
    return UnsupportedOption(
        f"{who} uses {what}, which the embedded engine does not implement"
        " (the Pulumi CLI does: --deployer cli)."
    )


def refuse_unsupported(request: Any, what: str) -> None:
    """Fail with the name of the first option in a message that is not implemented."""
    for descriptor, value in request.ListFields():
        option = _REFUSED.get(descriptor.name)
        if option is None or (descriptor.name == "hooks" and not value.ListFields()):
            continue
        raise unsupported(what, option)


def goal_from_request(request: resource_pb2.RegisterResourceRequest, folder: str) -> Goal:
    """Read a registration; relative asset paths start at `folder`."""
    refuse_unsupported(request, f"resource {request.name!r} ({request.type})")
    if request.custom and not urns.is_type_token(request.type):
        raise BadRegistration(f"{request.type!r} is not a type token (package:module:Name).")
    inputs = with_hashes(downgrade_output_values(from_struct(request.object)), folder)
    has_dbr = request.deleteBeforeReplaceDefined or request.deleteBeforeReplace
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        inputs=inputs,
        parent=request.parent,
        provider=request.provider,
        providers=dict(request.providers),
        version=request.version,
        protect=request.protect if request.HasField("protect") else None,
        dependencies=sorted(request.dependencies),
        property_dependencies=_property_dependencies(request, inputs),
        delete_before_replace=request.deleteBeforeReplace if has_dbr else None,
        ignore_changes=list(request.ignoreChanges),
        replace_on_changes=list(request.replaceOnChanges),
        additional_secret_outputs=list(request.additionalSecretOutputs),
        aliases=_aliases(request),
        import_id=request.importId,
        timeouts=_timeouts(request),
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        deleted_with=request.deletedWith,
        replace_with=list(request.replace_with),
        replacement_trigger=_trigger(request),
        hide_diff=list(request.hideDiffs),
    )


def _trigger(request: resource_pb2.RegisterResourceRequest) -> Any:
    if not request.HasField("replacement_trigger"):
        return None
    return from_value(request.replacement_trigger)


def _property_dependencies(
    request: resource_pb2.RegisterResourceRequest, inputs: dict[str, Any]
) -> dict[str, list[str]]:
    """Read what each property depends on; none given means: on everything."""
    given = request.propertyDependencies
    if not given:
        everything = sorted(request.dependencies)
        return {key: everything for key in inputs}
    named = {key: sorted(given[key].urns) for key in given}
    return {**{key: [] for key in inputs}, **named}


def _aliases(request: resource_pb2.RegisterResourceRequest) -> tuple[Alias, ...]:
    whole = tuple(Alias(urn=text) for text in request.aliasURNs)
    return whole + tuple(_alias(message) for message in request.aliases)


def _alias(message: Any) -> Alias:
    if message.WhichOneof("alias") == "urn":
        return Alias(urn=message.urn)
    spec = message.spec
    return Alias(
        name=spec.name,
        type=spec.type,
        stack=spec.stack,
        project=spec.project,
        parent=spec.parentUrn,
        no_parent=spec.noParent,
    )


def _timeouts(request: resource_pb2.RegisterResourceRequest) -> dict[str, float]:
    given = request.customTimeouts
    texts = {key: getattr(given, key) for key in ("create", "update", "delete", "read")}
    return {key: seconds(text) for key, text in texts.items() if text}


_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(h|ms|us|µs|ns|m|s)")


def seconds(text: str) -> float:
    """Read a duration as Go writes it, such as `1h30m`."""
    if not text or _PART.sub("", text):
        raise BadRegistration(f"customTimeouts has {text!r}, which is no duration such as '30m'.")
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))


def downgrade_output_values(value: Any) -> Any:
    """Turn output values into secrets, unknowns and plain values (downgradeOutputValues)."""
    if isinstance(value, OutputValue):
        inner = downgrade_output_values(value.value) if value.known else UNKNOWN
        return Secret(inner) if value.secret else inner
    if isinstance(value, dict):
        return {key: downgrade_output_values(item) for key, item in value.items()}
    if isinstance(value, list):
        return [downgrade_output_values(item) for item in value]
    return (
        replace(value, value=downgrade_output_values(value.value))
        if isinstance(value, Secret)
        else value
    )

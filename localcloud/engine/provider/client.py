"""A provider as the engine uses it: values in, values out.

What the CLI does around each call of a plugin (pkg/resource/plugin/provider_plugin.go) happens
here: values are written as messages, secrets are taken off for providers that do not accept them
and put back on the answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pulumi.runtime.proto import provider_pb2

from localcloud.engine.provider.assets import relative_paths
from localcloud.engine.provider.inprocess_grpc import (
    InitFailed,
    PropertyMap,
    ProviderError,
    call_optional,
    call_required,
)
from localcloud.engine.provider.responses import (
    CheckFailure,
    Diff,
    ReadResult,
    annotate_secrets,
    diff_of,
    failures_of,
)
from localcloud.engine.state.model import ResourceState
from localcloud.engine.values import urns
from localcloud.engine.values.values import has_unknown, reveal
from localcloud.engine.values.wire import MarshalOptions, from_struct, to_struct


def timeout_of(state: ResourceState, kind: str) -> float:
    """Return a custom timeout in seconds; 0 means the provider's own."""
    return (state.custom_timeouts or {}).get(kind, 0.0)


class ProviderClient:
    """One provider instance: unconfigured, configured, or (in a preview) not yet configurable."""

    def __init__(self, package: str, servicer: Any, folder: str = "") -> None:
        self.package = package
        self._servicer = servicer
        self._folder = folder
        self._options = MarshalOptions(folder=folder)
        self._preview_options = MarshalOptions(keep_unknowns=True, folder=folder)
        self.config_known = True  # False: its configuration holds values that a preview cannot know
        self._supports_preview = True

    def _properties_of(self, properties: Any) -> PropertyMap:
        """Read properties of an answer; asset paths as the program wrote them."""
        return dict(relative_paths(from_struct(properties), self._folder))

    def check_config(
        self, urn: str, old_inputs: PropertyMap | None, new_inputs: PropertyMap
    ) -> tuple[PropertyMap, list[CheckFailure]]:
        """Validate the configuration of this provider."""
        options = self._preview_options
        request = provider_pb2.CheckRequest(
            **_names(urn),
            olds=None if old_inputs is None else to_struct(old_inputs, options),
            news=to_struct(new_inputs, options),
        )
        response = call_optional(self._servicer, "CheckConfig", request)
        if response is None:
            return dict(new_inputs), []
        inputs = from_struct(response.inputs)
        annotate_secrets(inputs, new_inputs)
        return inputs, failures_of(response)

    def diff_config(
        self, urn: str, old_inputs: PropertyMap, old_outputs: PropertyMap, new_inputs: PropertyMap
    ) -> Diff:
        """Ask what a change of the configuration means."""
        options = self._preview_options
        request = provider_pb2.DiffRequest(
            **_names(urn),
            old_inputs=to_struct(old_inputs, options),
            olds=to_struct(old_outputs, options),
            news=to_struct(new_inputs, options),
        )
        response = call_optional(self._servicer, "DiffConfig", request)
        return Diff(None) if response is None else diff_of(response)

    def configure(self, urn: str, identity: str, inputs: PropertyMap) -> None:
        """Configure the provider; one with unknown values waits for the real run."""
        if has_unknown(inputs):
            self.config_known = False
            return
        request = provider_pb2.ConfigureRequest(
            **_names(urn),
            id=identity,
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
            variables=_variables(self.package, inputs),
            args=to_struct(inputs),
        )
        response = call_required(self._servicer, "Configure", request)
        secrets, resources = response.acceptSecrets, response.acceptResources
        self._options = MarshalOptions(
            keep_secrets=secrets, keep_resources=resources, folder=self._folder
        )
        self._preview_options = replace(self._options, keep_unknowns=True)
        self._supports_preview = response.supportsPreview

    def check(
        self,
        urn: str,
        old_inputs: PropertyMap | None,
        new_inputs: PropertyMap,
        *,
        preview: bool,
        seed: bytes,
    ) -> tuple[PropertyMap, list[CheckFailure]]:
        """Validate inputs and fill in defaults and names; `old_inputs` None for a new resource."""
        if not self.config_known:
            return dict(new_inputs), []
        options = self._preview_options if preview else self._options
        request = provider_pb2.CheckRequest(
            **_names(urn),
            olds=to_struct(old_inputs or {}, options),
            news=to_struct(new_inputs, options),
            randomSeed=seed,
        )
        response = call_required(self._servicer, "Check", request)
        inputs = self._properties_of(response.inputs)
        self._annotate(inputs, new_inputs)
        return inputs, failures_of(response)

    def diff(self, old: ResourceState, new: ResourceState, *, preview: bool) -> Diff:
        """Ask what it means that `old` is to become `new`."""
        if not self.config_known:
            return Diff(True)
        options = self._preview_options if preview else self._options
        request = provider_pb2.DiffRequest(
            id=old.id,
            **_names(new.urn),
            old_inputs=to_struct(old.inputs, options),
            olds=to_struct(old.outputs, options),
            news=to_struct(new.inputs, options),
            ignoreChanges=new.ignore_changes,
        )
        return diff_of(call_required(self._servicer, "Diff", request))

    def create(self, new: ResourceState, *, preview: bool) -> tuple[str, PropertyMap]:
        """Make the resource; a preview gives no id and what outputs can be known."""
        if preview and not self.config_known:
            return "", {}
        if preview and not self._supports_preview:
            return "", dict(new.inputs)
        request = provider_pb2.CreateRequest(
            **_names(new.urn),
            properties=to_struct(new.inputs, self._preview_options if preview else self._options),
            timeout=timeout_of(new, "create"),
            preview=preview,
        )
        with self._annotating(new.inputs):
            response = call_required(self._servicer, "Create", request)
        outputs = self._properties_of(response.properties)
        self._annotate(outputs, new.inputs)
        if not response.id and not preview:
            raise ProviderError("the provider returned no id for a new resource")
        return response.id, outputs

    def read(self, state: ResourceState, identity: str, *, id_only: bool = False) -> ReadResult:
        """Read the resource as it is; an empty id asks for the one that its inputs would make.

        `id_only`: ask by id alone, as for an import.
        """
        if not self.config_known:
            return ReadResult(identity, {}, {})
        request = provider_pb2.ReadRequest(
            id=identity, **_names(state.urn), timeout=timeout_of(state, "read")
        )
        if not id_only:
            request.properties.CopyFrom(to_struct(state.outputs, self._options))
            request.inputs.CopyFrom(to_struct(state.inputs, self._options))
        try:
            response = call_required(self._servicer, "Read", request)
            found = self._properties_of(response.inputs) if response.HasField("inputs") else None
            read = ReadResult(response.id, self._properties_of(response.properties), found)
        except InitFailed as failed:
            read = ReadResult(failed.id, failed.outputs, failed.inputs, failed.reasons)
        if not id_only:
            self._annotate(read.inputs, state.inputs)
            self._annotate(read.outputs, state.outputs)
        return read

    def update(self, old: ResourceState, new: ResourceState, *, preview: bool) -> PropertyMap:
        """Change the resource in place and give its outputs."""
        if preview and not self.config_known:
            return {}
        if preview and not self._supports_preview:
            return dict(new.inputs)
        options = self._preview_options if preview else self._options
        request = provider_pb2.UpdateRequest(
            id=old.id,
            **_names(new.urn),
            old_inputs=to_struct(old.inputs, options),
            olds=to_struct(old.outputs, options),
            news=to_struct(new.inputs, options),
            timeout=timeout_of(new, "update"),
            ignoreChanges=new.ignore_changes,
            preview=preview,
        )
        with self._annotating(new.inputs):
            response = call_required(self._servicer, "Update", request)
        outputs = self._properties_of(response.properties)
        self._annotate(outputs, new.inputs)
        return outputs

    def delete(self, state: ResourceState) -> None:
        """Delete the resource; one that is gone already is fine."""
        request = provider_pb2.DeleteRequest(
            id=state.id,
            **_names(state.urn),
            properties=to_struct(state.outputs, self._options),
            old_inputs=to_struct(state.inputs, self._options),
            timeout=timeout_of(state, "delete"),
        )
        call_required(self._servicer, "Delete", request)

    def invoke(
        self, token: str, args: PropertyMap, *, preview: bool
    ) -> tuple[PropertyMap | None, list[CheckFailure]]:
        """Call a function; None means that its result cannot be known in this preview."""
        if not self.config_known:
            return None, []
        request = provider_pb2.InvokeRequest(
            tok=token, args=to_struct(args, self._options), preview=preview
        )
        response = call_required(self._servicer, "Invoke", request)
        return from_struct(getattr(response, "return")), failures_of(response)

    def close(self) -> None:
        """Let the provider go."""
        close = getattr(self._servicer, "close", None)
        if callable(close):
            close()

    @contextmanager
    def _annotating(self, inputs: PropertyMap) -> Iterator[None]:
        """Mark secrets also in what a failed call returns of the resource."""
        try:
            yield
        except InitFailed as failed:
            self._annotate(failed.outputs, inputs)
            raise

    def _annotate(self, outputs: PropertyMap | None, inputs: PropertyMap | None) -> None:
        if not self._options.keep_secrets:
            annotate_secrets(outputs, inputs)


def _names(urn: str) -> dict[str, Any]:
    return {"urn": urn, "name": urns.name_of(urn), "type": urns.type_of(urn)}


def _variables(package: str, inputs: PropertyMap) -> dict[str, str]:
    """Write the configuration once more in the old form, `<package>:config:<key>`."""
    variables = {}
    for key, value in inputs.items():
        if key == "version":
            continue
        plain = reveal(value)
        text = plain if isinstance(plain, str) else json.dumps(plain)
        variables[f"{package}:config:{key}"] = text
    return variables

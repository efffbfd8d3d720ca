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

from localcloud.engine.provider.assets import below
from localcloud.engine.provider.inprocess_grpc import (
    InitFailed,
    Props,
    ProviderError,
    call_if_there,
    operate,
)
from localcloud.engine.provider.responses import (
    CheckFailure,
    Diff,
    Read,
    annotate_secrets,
    diff_of,
    failures_of,
)
from localcloud.engine.state.model import ResourceState
from localcloud.engine.values import urn as urns
from localcloud.engine.values.values import has_unknown, reveal
from localcloud.engine.values.wire import Keep, from_struct, to_struct


def timeout_of(state: ResourceState, kind: str) -> float:
    """Give a custom timeout in seconds; 0 means the provider's own."""
    return (state.custom_timeouts or {}).get(kind, 0.0)


class ProviderClient:
    """One provider instance: unconfigured, configured, or (in a preview) not yet configurable."""

    def __init__(self, package: str, servicer: Any, folder: str = "") -> None:
        self.package = package
        self._servicer = servicer
        self._folder = folder
        self._keep = Keep(folder=folder)
        self._preview_keep = Keep(unknowns=True, folder=folder)
        self.known = True  # False: its configuration holds values that a preview cannot know
        self._supports_preview = True

    def _taken(self, properties: Any) -> Props:
        """Read properties of an answer; asset paths as the program wrote them."""
        return dict(below(from_struct(properties), self._folder))

    def check_config(
        self, urn: str, olds: Props | None, news: Props
    ) -> tuple[Props, list[CheckFailure]]:
        """Validate the configuration of this provider."""
        keep = self._preview_keep
        request = provider_pb2.CheckRequest(
            **_names(urn),
            olds=None if olds is None else to_struct(olds, keep),
            news=to_struct(news, keep),
        )
        response = call_if_there(self._servicer, "CheckConfig", request)
        if response is None:
            return dict(news), []
        inputs = from_struct(response.inputs)
        annotate_secrets(inputs, news)
        return inputs, failures_of(response)

    def diff_config(self, urn: str, old_inputs: Props, old_outputs: Props, news: Props) -> Diff:
        """Ask what a change of the configuration means."""
        keep = self._preview_keep
        request = provider_pb2.DiffRequest(
            **_names(urn),
            old_inputs=to_struct(old_inputs, keep),
            olds=to_struct(old_outputs, keep),
            news=to_struct(news, keep),
        )
        response = call_if_there(self._servicer, "DiffConfig", request)
        return Diff(None) if response is None else diff_of(response)

    def configure(self, urn: str, identity: str, inputs: Props) -> None:
        """Give the provider its configuration; one with unknown values waits for the real run."""
        if has_unknown(inputs):
            self.known = False
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
        response = operate(self._servicer, "Configure", request)
        secrets, resources = response.acceptSecrets, response.acceptResources
        self._keep = Keep(secrets=secrets, resources=resources, folder=self._folder)
        self._preview_keep = replace(self._keep, unknowns=True)
        self._supports_preview = response.supportsPreview

    def check(
        self, urn: str, olds: Props | None, news: Props, *, preview: bool, seed: bytes
    ) -> tuple[Props, list[CheckFailure]]:
        """Validate inputs and fill in defaults and names; `olds` None for a new resource."""
        if not self.known:
            return dict(news), []
        keep = self._preview_keep if preview else self._keep
        request = provider_pb2.CheckRequest(
            **_names(urn),
            olds=to_struct(olds or {}, keep),
            news=to_struct(news, keep),
            randomSeed=seed,
        )
        response = operate(self._servicer, "Check", request)
        inputs = self._taken(response.inputs)
        self._annotate(inputs, news)
        return inputs, failures_of(response)

    def diff(self, old: ResourceState, new: ResourceState, *, preview: bool) -> Diff:
        """Ask what it means that `old` is to become `new`."""
        if not self.known:
            return Diff(True)
        keep = self._preview_keep if preview else self._keep
        request = provider_pb2.DiffRequest(
            id=old.id,
            **_names(new.urn),
            old_inputs=to_struct(old.inputs, keep),
            olds=to_struct(old.outputs, keep),
            news=to_struct(new.inputs, keep),
            ignoreChanges=new.ignore_changes,
        )
        return diff_of(operate(self._servicer, "Diff", request))

    def create(self, new: ResourceState, *, preview: bool) -> tuple[str, Props]:
        """Make the resource; a preview gives no id and what outputs can be known."""
        if preview and not self.known:
            return "", {}
        if preview and not self._supports_preview:
            return "", dict(new.inputs)
        request = provider_pb2.CreateRequest(
            **_names(new.urn),
            properties=to_struct(new.inputs, self._preview_keep if preview else self._keep),
            timeout=timeout_of(new, "create"),
            preview=preview,
        )
        with self._annotating(new.inputs):
            response = operate(self._servicer, "Create", request)
        outputs = self._taken(response.properties)
        self._annotate(outputs, new.inputs)
        if not response.id and not preview:
            raise ProviderError("the provider returned no id for a new resource")
        return response.id, outputs

    def read(self, state: ResourceState, identity: str, *, blank: bool = False) -> Read:
        """Fetch the resource as it is; an empty id asks for the one that its inputs would make.

        `blank`: ask by id alone, as for an import.
        """
        if not self.known:
            return Read(identity, {}, {})
        request = provider_pb2.ReadRequest(
            id=identity, **_names(state.urn), timeout=timeout_of(state, "read")
        )
        if not blank:
            request.properties.CopyFrom(to_struct(state.outputs, self._keep))
            request.inputs.CopyFrom(to_struct(state.inputs, self._keep))
        try:
            response = operate(self._servicer, "Read", request)
            found = self._taken(response.inputs) if response.HasField("inputs") else None
            read = Read(response.id, self._taken(response.properties), found)
        except InitFailed as failed:
            read = Read(failed.id, failed.outputs, failed.inputs, failed.reasons)
        if not blank:
            self._annotate(read.inputs, state.inputs)
            self._annotate(read.outputs, state.outputs)
        return read

    def update(self, old: ResourceState, new: ResourceState, *, preview: bool) -> Props:
        """Change the resource in place and give its outputs."""
        if preview and not self.known:
            return {}
        if preview and not self._supports_preview:
            return dict(new.inputs)
        keep = self._preview_keep if preview else self._keep
        request = provider_pb2.UpdateRequest(
            id=old.id,
            **_names(new.urn),
            old_inputs=to_struct(old.inputs, keep),
            olds=to_struct(old.outputs, keep),
            news=to_struct(new.inputs, keep),
            timeout=timeout_of(new, "update"),
            ignoreChanges=new.ignore_changes,
            preview=preview,
        )
        with self._annotating(new.inputs):
            response = operate(self._servicer, "Update", request)
        outputs = self._taken(response.properties)
        self._annotate(outputs, new.inputs)
        return outputs

    def delete(self, state: ResourceState) -> None:
        """Delete the resource; one that is gone already is fine."""
        request = provider_pb2.DeleteRequest(
            id=state.id,
            **_names(state.urn),
            properties=to_struct(state.outputs, self._keep),
            old_inputs=to_struct(state.inputs, self._keep),
            timeout=timeout_of(state, "delete"),
        )
        operate(self._servicer, "Delete", request)

    def invoke(
        self, token: str, args: Props, *, preview: bool
    ) -> tuple[Props | None, list[CheckFailure]]:
        """Call a function; None means that its result cannot be known in this preview."""
        if not self.known:
            return None, []
        request = provider_pb2.InvokeRequest(
            tok=token, args=to_struct(args, self._keep), preview=preview
        )
        response = operate(self._servicer, "Invoke", request)
        return from_struct(getattr(response, "return")), failures_of(response)

    def close(self) -> None:
        """Let the provider go."""
        close = getattr(self._servicer, "close", None)
        if callable(close):
            close()

    @contextmanager
    def _annotating(self, inputs: Props) -> Iterator[None]:
        """Cover what a failed call tells of the resource, too."""
        try:
            yield
        except InitFailed as failed:
            self._annotate(failed.outputs, inputs)
            raise

    def _annotate(self, outputs: Props | None, inputs: Props | None) -> None:
        if not self._keep.secrets:
            annotate_secrets(outputs, inputs)


def _names(urn: str) -> dict[str, Any]:
    return {"urn": urn, "name": urns.name_of(urn), "type": urns.type_of(urn)}


def _variables(package: str, inputs: Props) -> dict[str, str]:
    """Write the configuration once more in the old form, `<package>:config:<key>`."""
    variables = {}
    for key, value in inputs.items():
        if key == "version":
            continue
        plain = reveal(value)
        text = plain if isinstance(plain, str) else json.dumps(plain)
        variables[f"{package}:config:{key}"] = text
    return variables

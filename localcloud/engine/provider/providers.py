"""The providers of one run: loaded, checked, configured, and found by reference.

Provider resources (`pulumi:providers:aws`) live in the state like any other resource, so this
registry answers the same calls as a provider does for them (pkg/resource/deploy/providers).
"""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Union

from localcloud.engine.errors import EngineError
from localcloud.engine.provider.client import ProviderClient
from localcloud.engine.provider.inprocess_grpc import PropertyMap, ProviderError
from localcloud.engine.provider.responses import CheckFailure, Diff, ReadResult
from localcloud.engine.state.model import ResourceState
from localcloud.engine.values import urns
from localcloud.engine.values.urns import UNKNOWN_ID, ProviderRef
from localcloud.engine.values.values import Secret

Provider = Union["ProviderClient", "ProviderRegistry"]  # who makes and changes a resource
INTERNAL = "__internal"  # what the engine keeps in a provider's inputs for itself
Factory = Callable[[], Any]


class NoProvider(EngineError):
    """A program uses a package that nothing here serves."""


def without_internal(inputs: PropertyMap) -> PropertyMap:
    """Return the part of a provider's inputs that the provider may see."""
    return {key: value for key, value in inputs.items() if key != INTERNAL}


def default_name(version: str) -> str:
    """Name the default provider of a version: `default_7_51_1` (providers/provider.go)."""
    parts = [part for part in re.split(r"[.\-+]", version) if part]
    return "_".join(["default", *parts])


def default_inputs(
    package: str, version: str, config: Mapping[str, str], secret_keys: frozenset[str]
) -> PropertyMap:
    """Return the default provider's inputs: the stack's configuration of that package."""
    inputs: PropertyMap = {}
    for key, value in config.items():
        namespace, _, name = key.partition(":")
        if namespace == package:
            inputs[name] = Secret(value) if key in secret_keys else value
    if version:
        inputs[INTERNAL] = {}
        inputs["version"] = version
    return inputs


class ProviderRegistry:
    """Providers by reference, and the life cycle of provider resources."""

    def __init__(self, factories: Mapping[str, Factory], *, folder: str = "") -> None:
        self._factories = factories
        self._folder = folder
        self._configured: dict[str, ProviderClient] = {}
        self._checked: dict[str, ProviderClient] = {}
        self._lock = threading.RLock()

    def load(self, package: str) -> ProviderClient:
        """Make a fresh, unconfigured provider for a package."""
        factory = self._factories.get(package)
        if factory is None:
            known = ", ".join(sorted(set(self._factories) - {"pulumi"})) or "none"
            raise NoProvider(
                f"There is no provider for package {package!r} in the embedded engine"
                f" (it has: {known}); deploy this stack with the Pulumi CLI."
            )
        return ProviderClient(package, factory(), self._folder)

    def get(self, reference: str) -> ProviderClient | None:
        """Find a configured provider."""
        with self._lock:
            return self._configured.get(reference)

    def _put(self, urn: str, identity: str, client: ProviderClient) -> None:
        with self._lock:
            self._configured[str(ProviderRef(urn, identity))] = client

    def ensure(self, reference: str, resources: list[ResourceState]) -> ProviderClient:
        """Find a provider, or bring it up from its state."""
        with self._lock:
            client = self.get(reference)
            if client is None:
                client = self._from_state(reference, resources)
            return client

    def _from_state(self, reference: str, resources: list[ResourceState]) -> ProviderClient:
        ref = ProviderRef.parse(reference)
        for state in resources:
            if state.urn == ref.urn and state.id == ref.id:
                return self.same(state)
        raise NoProvider(f"The state has no provider {reference}.")

    def same(self, state: ResourceState) -> ProviderClient:
        """Configure the provider of an unchanged provider resource."""
        reference = str(ProviderRef(state.urn, state.id))
        with self._lock:
            client = self._configured.get(reference)
            if client is None:
                client = self._checked_or_loaded(state.urn)
                client.configure(state.urn, state.id, without_internal(state.inputs))
                self._put(state.urn, state.id, client)
            return client

    def _checked_or_loaded(self, urn: str) -> ProviderClient:
        """Take the provider that `check` loaded, or load one."""
        client = self._checked.pop(urn, None)
        return client or self.load(urns.package_of(urns.type_of(urn)))

    # The calls that a provider answers, for provider resources.

    def check(
        self,
        urn: str,
        old_inputs: PropertyMap | None,
        new_inputs: PropertyMap,
        *,
        preview: bool,
        seed: bytes,
    ) -> tuple[PropertyMap, list[CheckFailure]]:
        """Validate a provider's configuration."""
        client = self.load(urns.package_of(urns.type_of(urn)))
        given = None if old_inputs is None else without_internal(old_inputs)
        inputs, failures = client.check_config(urn, given, without_internal(new_inputs))
        for key in ("version", INTERNAL):
            if key in new_inputs:
                inputs[key] = new_inputs[key]
        with self._lock:
            self._checked[urn] = client
        return inputs, failures

    def diff(self, old: ResourceState, new: ResourceState, *, preview: bool) -> Diff:
        """Ask what a change of a provider's configuration means."""
        package = urns.package_of(new.type)
        with self._lock:
            client = self._checked.get(new.urn) or self.load(package)
        new_inputs = without_internal(new.inputs)
        diff = client.diff_config(new.urn, without_internal(old.inputs), old.outputs, new_inputs)
        if diff.changed is None:
            diff.changed = old.outputs != new_inputs
        return diff

    def create(self, new: ResourceState, *, preview: bool) -> tuple[str, PropertyMap]:
        """Configure a new provider."""
        identity = UNKNOWN_ID if preview else str(uuid.uuid4())
        return identity, self._configure(new.urn, identity, new.inputs)

    def update(self, old: ResourceState, new: ResourceState, *, preview: bool) -> PropertyMap:
        """Configure an existing provider in another way."""
        return self._configure(new.urn, old.id, new.inputs)

    def _configure(self, urn: str, identity: str, inputs: PropertyMap) -> PropertyMap:
        seen = without_internal(inputs)
        with self._lock:
            client = self._checked_or_loaded(urn)
        client.configure(urn, identity, seen)
        self._put(urn, identity, client)
        return seen

    def read(self, state: ResourceState, identity: str, *, id_only: bool = False) -> ReadResult:
        """Refuse: there is nothing to read."""
        raise ProviderError("provider resources cannot be read or imported")

    def delete(self, state: ResourceState) -> None:
        """Let a provider go; nothing outside this process is touched."""

    def close(self) -> None:
        """Let all providers go."""
        with self._lock:
            for client in {id(c): c for c in self._configured.values()}.values():
                client.close()
            self._configured.clear()

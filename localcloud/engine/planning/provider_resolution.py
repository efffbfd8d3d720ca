"""Which provider serves what: the one that is named, the parents', or the default one."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

from localcloud.engine.provider.client import ProviderClient
from localcloud.engine.provider.providers import (
    INTERNAL,
    Provider,
    ProviderRegistry,
    default_inputs,
    default_name,
)
from localcloud.engine.state.model import ResourceState
from localcloud.engine.steps.goal import BadRegistration, Goal
from localcloud.engine.steps.registrations import Registration, Registrations
from localcloud.engine.steps.run import Run
from localcloud.engine.values import urns
from localcloud.engine.values.urns import ProviderRef


class ProviderResolution:
    """Finds the providers of one run; `register` registers a provider resource."""

    def __init__(
        self,
        run: Run,
        registrations: Registrations,
        providers: ProviderRegistry,
        register: Callable[[Goal], ResourceState],
    ) -> None:
        self.run, self.registrations, self.providers = run, registrations, providers
        self._register = register
        self._defaults: dict[tuple[str, str], str] = {}
        self._defaults_lock = threading.Lock()
        self._component_providers: dict[str, dict[str, str]] = {}

    def provider(self, goal: Goal) -> Provider | None:
        """Return who makes and changes a resource; nobody does so for components."""
        if not goal.custom:
            return None
        if goal.is_provider:
            return self.providers
        return self.client(goal.provider)

    def client(self, reference: str) -> ProviderClient:
        """Find the provider that a reference names."""
        return self.providers.ensure(reference, self.registrations.snapshot.resources)

    def reference_of(self, goal: Goal) -> str:
        """Return the reference of the provider that a resource belongs to."""
        if goal.is_provider:
            self._complete(goal)
            return ""
        if not goal.custom:
            return goal.provider
        package = urns.package_of(goal.type)
        setting = goal.provider or goal.providers.get(package)
        return setting or self.reference_below(goal.parent, package, goal.version)

    def reference_below(self, parent: str, package: str, version: str) -> str:
        """Return the reference of a package's provider for what stands below `parent`."""
        with self.registrations.lock:
            inherited = self._component_providers.get(parent, {}).get(package)
        return inherited or self.default_reference(package, version)

    def _complete(self, goal: Goal) -> None:
        if goal.version:
            goal.inputs = {**goal.inputs, INTERNAL: {}, "version": goal.version}

    def inherit_providers(self, registration: Registration) -> None:
        """Let the children of a component use its providers and those of its parents."""
        with self.registrations.lock:
            above = self._component_providers.get(registration.goal.parent, {})
            self._component_providers[registration.urn] = {**above, **registration.goal.providers}

    def default_reference(self, package: str, version: str) -> str:
        """Return the reference of the default provider, registering it on its first use."""
        with self._defaults_lock:
            reference = self._defaults.get((package, version))
            if reference is None:
                self._allow_default(package)
                state = self._register(self._default_goal(package, version))
                reference = str(ProviderRef(state.urn, state.id))
                self._defaults[(package, version)] = reference
            return reference

    def _default_goal(self, package: str, version: str) -> Goal:
        config = {} if package == "pulumi" else self.run.config
        return Goal(
            type=urns.PROVIDER_PREFIX + package,
            name=default_name(version),
            custom=True,
            inputs=default_inputs(package, version, config, self.run.secret_keys),
        )

    def _allow_default(self, package: str) -> None:
        """Respect `pulumi:disable-default-providers`."""
        setting = self.run.config.get("pulumi:disable-default-providers")
        disabled = json.loads(setting) if setting else []
        if package != "pulumi" and ("*" in disabled or package in disabled):
            raise BadRegistration(
                f"The stack's configuration disables the default provider of {package!r}:"
                " give the resource an explicit one."
            )

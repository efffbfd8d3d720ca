"""The objects that work together in one run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localcloud.engine.backend.backend import FileBackend
from localcloud.engine.planning.planner import Planner
from localcloud.engine.planning.read_resource import ResourceReads
from localcloud.engine.provider.providers import Factory, ProviderRegistry
from localcloud.engine.provider.stack_reference import BuiltinProvider
from localcloud.engine.steps.executor import Executor
from localcloud.engine.steps.registrations import Registrations
from localcloud.engine.steps.run import Run


class Wiring:
    """Makes them, each with those that it needs."""

    def __init__(self, run: Run, backend: FileBackend, factories: Mapping[str, Factory]) -> None:
        self.run = run
        self.registrations = Registrations(
            stack=run.stack, project=run.project, snapshot=run.snapshot
        )

        def outputs_of(name: str) -> dict[str, Any]:
            return backend.open_reference(name).outputs()

        def builtin() -> BuiltinProvider:
            return BuiltinProvider(outputs_of, self.reads.lookup)

        self.providers = ProviderRegistry({**factories, "pulumi": builtin}, folder=run.folder)
        self.executor = Executor(run, self.registrations)
        self.planner = Planner(run, self.registrations, self.providers, self.executor)
        self.reads = ResourceReads(
            run, self.registrations, self.planner.provider_resolution, self.planner.read_steps
        )

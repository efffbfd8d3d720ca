"""A project in a temporary folder, with everything that one wants to know about its runs."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

from localcloud.engine.api import (
    Diagnostic,
    Engine,
    Event,
    FileBackend,
    Notice,
    Options,
    Result,
    StackFile,
    StepFinished,
)
from localcloud.engine.program.programs import Programs
from localcloud.engine.project.project import Project
from localcloud.engine.state.model import ResourceState, Snapshot
from tests.localcloud.engine.fake_provider import FakeProvider, World
from tests.localcloud.engine.stacks import PASSPHRASE, crypter

PRELUDE = """
import pulumi
from pulumi import Alias, ComponentResource, Output, ResourceOptions as Opts, export

class Thing(pulumi.CustomResource):
    arn: Output[str]
    count: Output[int]
    name: Output[str]
    value: Output[str]
    size: Output[int]
    def __init__(self, resource_name, opts=None, type_="fake:index:Thing", **props):
        outputs = dict.fromkeys(("arn", "count", "name", "value", "size"))
        super().__init__(type_, resource_name, {**outputs, **props}, opts)

class Fake(pulumi.ProviderResource):
    def __init__(self, resource_name, opts=None, **props):
        super().__init__("fake", resource_name, props, opts)

class Group(ComponentResource):
    def __init__(self, resource_name, opts=None, type_="test:index:Group", **props):
        super().__init__(type_, resource_name, props, opts)

def call(token, args, **options):
    return pulumi.runtime.invoke(token, args, pulumi.InvokeOptions(**options)).value
"""


def environment() -> dict[str, str]:
    """Return a plain environment for programs."""
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PULUMI_CONFIG": "not for programs"}


class Lab:
    """Deploys programs to a world."""

    def __init__(self, folder: Path, programs: Programs, name: str = "p") -> None:
        self.root, self.name = folder, name
        self.folder = folder / name
        self.folder.mkdir()
        (self.folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
        self.world = World(folder / "world.json")
        self.backend = FileBackend(f"file://{folder}/state", PASSPHRASE)
        self.engine = Engine(
            self.backend, {"fake": lambda: FakeProvider(self.world)}, programs=programs
        )
        self.events: list[Event] = []
        self.cancel = threading.Event()
        self.programs = programs
        self.stack_file().save()

    # --- saying what to deploy -----------------------------------------------------------------

    def write(self, program: str) -> Lab:
        """Write the program; the classes of the prelude are at hand."""
        (self.folder / "prelude.py").write_text(PRELUDE)
        lines = [line.removeprefix("        ") for line in program.splitlines()]
        (self.folder / "__main__.py").write_text("from prelude import *\n" + "\n".join(lines))
        return self

    def stack_file(self) -> StackFile:
        """Read the stack's file; its salt is that of all tests."""
        file = StackFile.load(Project.load(self.folder), "dev")
        file.salt = file.salt or crypter().salt
        return file

    def configure(self, key: str, value: Any, *, secret: bool = False) -> None:
        """Set a configuration value."""
        file = self.stack_file()
        file.set(key, value, crypter() if secret else None)
        file.save()

    # --- running -------------------------------------------------------------------------------

    def _options(self, **options: Any) -> dict[str, Any]:
        self.events = []
        return {
            "options": Options(**options),
            "on_event": self.events.append,
            "cancel": self.cancel,
        }

    def up(self, program: str = "", **options: Any) -> Result:
        """Deploy (this program)."""
        if program:
            self.write(program)
        self.world.forget()
        return self.engine.up(self.folder, "dev", **self._options(**options))

    def preview(self, program: str = "", **options: Any) -> Result:
        """Preview (this program)."""
        if program:
            self.write(program)
        self.world.forget()
        return self.engine.preview(self.folder, "dev", **self._options(**options))

    def refresh(self, **options: Any) -> Result:
        """Refresh."""
        return self.engine.refresh(self.folder, "dev", **self._options(**options))

    def destroy(self, **options: Any) -> Result:
        """Destroy."""
        self.world.forget()
        return self.engine.destroy(self.folder, "dev", **self._options(**options))

    # --- looking -------------------------------------------------------------------------------

    @property
    def steps(self) -> list[str]:
        """List what was done, as `op name`, without what stayed the same."""
        done = [event for event in self.events if isinstance(event, StepFinished)]
        return [f"{e.op} {e.urn.rsplit('::')[-1]}" for e in done if e.op != "same"]

    @property
    def diffs(self) -> dict[str, tuple[str, ...]]:
        """Return the properties that differed, by logical name."""
        done = [event for event in self.events if isinstance(event, StepFinished)]
        return {e.urn.rsplit("::")[-1]: e.diff for e in done if e.diff}

    def messages(self, severity: str) -> list[str]:
        """List the lines of a severity."""
        lines = [event for event in self.events if isinstance(event, Diagnostic)]
        return [line.message for line in lines if line.severity == severity]

    @property
    def notices(self) -> list[str]:
        """List what the engine reported of its own doings."""
        return [event.message for event in self.events if isinstance(event, Notice)]

    def snapshot(self) -> Snapshot:
        """Load the state."""
        return self.backend.open(self.name, "dev").load()

    def state(self, name: str) -> ResourceState:
        """Find a resource that is not to be deleted by its logical name."""
        live = self.snapshot().live()
        return next(s for urn, s in live.items() if urn.rsplit("::")[-1] == name)

    def states(self) -> list[str]:
        """List the logical names in the state, in order, without stack and providers."""
        return [
            state.urn.rsplit("::")[-1]
            for state in self.snapshot().resources
            if not state.type.startswith("pulumi:")
        ]

    def state_text(self) -> str:
        """Return the state file as it is."""
        return self.backend.open(self.name, "dev").path.read_text()

    def thing(self, name: str) -> dict[str, Any]:
        """Return what exists of a resource."""
        things = self.world.things()
        assert self.state(name).id in things, f"{name} does not exist"
        return dict(things[self.state(name).id])

    def document(self) -> dict[str, Any]:
        """Return the state as JSON."""
        return dict(json.loads(self.state_text()))

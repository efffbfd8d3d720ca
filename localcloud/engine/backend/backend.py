"""The folder of stacks: Pulumi's file ("DIY") backend, on the very files that the CLI uses.

    <folder>/.pulumi/meta.yaml                              version: 1 (stacks belong to projects)
    <folder>/.pulumi/stacks/<project>/<stack>.json          the state, and .bak: the one before
    <folder>/.pulumi/history/<project>/<stack>/             past runs
    <folder>/.pulumi/locks/organization/<project>/<stack>/  who runs now
    <folder>/.pulumi/journals/<project>/<stack>.jsonl       ours: steps not yet in the state

After a crash the lock stays, so the CLI refuses the stack until a run of this engine (or
`StackHandle.lock` alone) has taken the journal into the state.
"""

from __future__ import annotations

from localcloud.engine.backend.folder import BackendFolder
from localcloud.engine.backend.stack_files import NAME, ORGANIZATION, all_stacks
from localcloud.engine.backend.stack_handle import StackHandle
from localcloud.engine.errors import EngineError

__all__ = ["ORGANIZATION", "FileBackend", "StackHandle"]


class FileBackend(BackendFolder):
    """All stacks under one folder; see the module."""

    def open(self, project: str, stack: str) -> StackHandle:
        """Return access to a stack, whether it exists or not."""
        for what, name in (("project", project), ("stack", stack)):
            if not NAME.match(name) or name.startswith("."):
                raise EngineError(
                    f"{name!r} is no name of a {what}: use letters, digits, '-', '_' and '.'."
                )
        self.check_layout()
        return StackHandle(self, project, stack)

    def open_reference(self, reference: str) -> StackHandle:
        """Return access to the stack that a StackReference names, `organization/project/stack`."""
        parts = reference.split("/")
        if len(parts) != 3 or parts[0] != ORGANIZATION:
            raise EngineError(
                f"The stack reference {reference!r} must read {ORGANIZATION}/<project>/<stack>."
            )
        return self.open(parts[1], parts[2])

    def stacks(self) -> list[tuple[str, str]]:
        """List what there is, as (project, stack)."""
        self.check_layout()
        return [(files.project, files.stack) for files in all_stacks(self.folder)]

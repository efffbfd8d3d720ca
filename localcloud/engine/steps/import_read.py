"""Steps that look at what exists: reading what is not ours, and importing what becomes ours."""

from __future__ import annotations

from dataclasses import replace

from localcloud.engine.events import Op
from localcloud.engine.provider.inprocess_grpc import ProviderError
from localcloud.engine.provider.providers import Provider
from localcloud.engine.state.model import ResourceState
from localcloud.engine.state.replay import now
from localcloud.engine.state.state_changes import differs
from localcloud.engine.steps.step_events import StepReporter
from localcloud.engine.values import urns


class ReadSteps(StepReporter):
    """Read and import steps of one run."""

    def read(
        self, old: ResourceState | None, new: ResourceState, provider: Provider, *, replaces: bool
    ) -> None:
        """Read a resource that is not ours; `replaces`: the old one was ours, and goes."""
        op = Op.READ_REPLACEMENT if replaces else Op.READ
        with self.step(op, new):
            if new.id == urns.UNKNOWN_ID:
                new.outputs = {}
            else:
                self._read_by_id(new, provider)
            self.mark_secrets(new)
            self._record_read(old, new, replaces=replaces)
        self.count(Op.READ, new)

    def _read_by_id(self, new: ResourceState, provider: Provider) -> None:
        found = provider.read(replace(new, outputs=new.inputs), new.id)
        if not found.id:
            raise ProviderError(f"there is none with the id {new.id!r}")
        new.id, new.outputs = found.id, found.outputs

    def _record_read(
        self, old: ResourceState | None, new: ResourceState, *, replaces: bool
    ) -> None:
        if old is None:
            new.modified = new.created = ""
            self.run.journal.change(add=new)
        elif replaces:
            old.delete = True
            self.run.journal.change(add=new, mark_delete=old)
        else:
            self._record_read_again(old, new)

    def _record_read_again(self, old: ResourceState, new: ResourceState) -> None:
        new.created, new.modified = old.created, old.modified
        if differs(old, new):
            new.modified = now()
            self.run.journal.same(old, new)
        else:
            self.run.journal.same(old)
        new.handle = old.handle

    def import_resource(
        self, new: ResourceState, provider: Provider, *, mark_delete: ResourceState | None
    ) -> None:
        """Import a resource: take over what exists under `new.import_id`, as it is."""
        op = Op.IMPORT_REPLACEMENT if mark_delete else Op.IMPORT
        with self.step(op, new):
            found = provider.read(new, new.import_id, id_only=True)
            if not found.id:
                raise ProviderError(f"there is none with the id {new.import_id!r}")
            if found.inputs is None:
                raise ProviderError("its provider does not support importing")
            new.id, new.inputs, new.outputs = found.id, found.inputs, found.outputs
            new.created = new.modified = now()
            self.mark_secrets(new)
            self.run.journal.change(add=new, mark_delete=mark_delete)
        if mark_delete is not None:
            mark_delete.delete = True
        self.count(Op.IMPORT, new)

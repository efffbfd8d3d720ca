"""Carry out the steps that change something: tell the journal, call the provider, tell both."""

from __future__ import annotations

from localcloud.engine.events import Op, StepFinished
from localcloud.engine.provider.inprocess_grpc import InitFailed, ProviderError
from localcloud.engine.provider.providers import Manager
from localcloud.engine.state.model import ResourceState
from localcloud.engine.state.replay import now
from localcloud.engine.state.state_changes import differs
from localcloud.engine.steps.step_events import Stepper, is_default_provider
from localcloud.engine.values import urn as urns


class Executor(Stepper):
    """Carries out steps for one run."""

    def same(self, old: ResourceState, new: ResourceState) -> None:
        """Keep a resource as it is; what only the state file knows may have changed."""
        self.run.check()
        new.id, new.outputs = old.id, old.outputs
        new.created, new.modified = old.created, old.modified
        self.settle(new)
        self.run.record.same(old, new if differs(old, new) else None)
        new.handle = old.handle
        self.count(Op.SAME, new)
        if not is_default_provider(new.urn):
            self.run.bus.emit(StepFinished(urn=new.urn, type=new.type, op=Op.SAME, seconds=0.0))

    def create(
        self,
        new: ResourceState,
        manager: Manager | None,
        *,
        mark_delete: ResourceState | None = None,
        remove: ResourceState | None = None,
        keys: tuple[str, ...] = (),
    ) -> None:
        """Make a resource. `mark_delete`: the one it replaces, to be deleted later; `remove`: the
        one it replaces that is gone already.
        """
        op = Op.CREATE_REPLACEMENT if mark_delete or remove else Op.CREATE
        with self.step(op, new, keys):
            if manager is None or new.type.startswith(urns.PROVIDER_PREFIX):
                self._make(new, manager)
                self.run.record.change(add=new, mark_delete=mark_delete, remove=remove)
            else:
                self._create_custom(new, manager, mark_delete, remove)
        if mark_delete is not None:
            mark_delete.delete = True
        self.count(Op.REPLACE if op is Op.CREATE_REPLACEMENT else op, new)

    def _make(self, new: ResourceState, manager: Manager | None) -> None:
        if manager is not None:
            new.id, new.outputs = manager.create(new, preview=self.run.preview)
        new.created = new.modified = now()
        self.settle(new)

    def _create_custom(
        self,
        new: ResourceState,
        manager: Manager,
        mark_delete: ResourceState | None,
        remove: ResourceState | None,
    ) -> None:
        record = self.run.record
        token = record.begin("creating", new)
        try:
            self._make(new, manager)
        except InitFailed as failed:
            self._take_half_made(new, failed)
            new.created = new.modified
            record.end(token, add=new, mark_delete=mark_delete, remove=remove)
            raise
        except ProviderError as error:
            if error.definite:
                record.end(token)
            raise
        record.end(token, add=new, mark_delete=mark_delete, remove=remove)

    def _take_half_made(self, new: ResourceState, failed: InitFailed) -> None:
        new.id, new.outputs = failed.id or new.id, failed.outputs
        new.init_errors = failed.reasons
        new.modified = now()
        self.settle(new)

    def update(
        self,
        old: ResourceState,
        new: ResourceState,
        manager: Manager | None,
        keys: tuple[str, ...] = (),
    ) -> None:
        """Change a resource in place."""
        new.id, new.created, new.modified = old.id, old.created, old.modified
        with self.step(Op.UPDATE, new, keys):
            if manager is None:
                new.outputs = old.outputs
                self.settle(new)
                self.run.record.change(add=new, remove=old)
            else:
                self._update_custom(old, new, manager)
        self.count(Op.UPDATE, new)

    def _update_custom(self, old: ResourceState, new: ResourceState, manager: Manager) -> None:
        record = self.run.record
        token = record.begin("updating", new)
        try:
            new.outputs = manager.update(old, new, preview=self.run.preview)
        except InitFailed as failed:
            self._take_half_made(new, failed)
            record.end(token, add=new, remove=old)
            raise
        except ProviderError as error:
            if error.definite:
                record.end(token)
            raise
        new.modified = now()
        self.settle(new)
        record.end(token, add=new, remove=old)

    def delete(
        self,
        state: ResourceState,
        manager: Manager | None,
        *,
        op: Op = Op.DELETE,
        pending_replacement: bool = False,
    ) -> None:
        """Delete a resource, or only forget it if it is not ours to delete.

        `pending_replacement`: it goes first and is made anew later in this run.
        """
        if state.external:
            op = Op.DISCARD if op is Op.DELETE else Op.DISCARD_REPLACED
        changes: dict[str, ResourceState] = (
            {"mark_pending_replacement": state} if pending_replacement else {"remove": state}
        )
        with self.step(op, state):
            if manager is None or self._is_left_alone(state):
                self.run.record.end(None, **changes)
            else:
                self._delete_custom(state, manager, changes)
        state.pending_replacement = state.pending_replacement or pending_replacement
        if op in (Op.DELETE, Op.DISCARD):
            self.count(op, state)

    def _is_left_alone(self, state: ResourceState) -> bool:
        return (
            self.run.preview
            or not state.custom
            or state.external
            or state.retain_on_delete
            or state.type.startswith(urns.PROVIDER_PREFIX)
            or state.deleted_with in self.book.gone
        )

    def _delete_custom(
        self, state: ResourceState, manager: Manager, changes: dict[str, ResourceState]
    ) -> None:
        token = self.run.record.begin("deleting", state)
        try:
            manager.delete(state)
        except ProviderError as error:
            if error.definite:
                self.run.record.end(token)
            raise
        self.run.record.end(token, **changes)

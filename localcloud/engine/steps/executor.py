"""Carry out the steps that change something: journal, provider call, journal again."""

from __future__ import annotations

from localcloud.engine.events import Op, StepFinished
from localcloud.engine.provider.inprocess_grpc import InitFailed, ProviderError
from localcloud.engine.provider.providers import Provider
from localcloud.engine.state.model import ResourceState
from localcloud.engine.state.replay import now
from localcloud.engine.state.state_changes import differs
from localcloud.engine.steps.step_events import StepReporter, is_default_provider
from localcloud.engine.values import urns


class Executor(StepReporter):
    """Carries out steps for one run."""

    def same(self, old: ResourceState, new: ResourceState) -> None:
        """Keep a resource as it is; what only the state file knows may have changed."""
        self.run.raise_if_stopping()
        new.id, new.outputs = old.id, old.outputs
        new.created, new.modified = old.created, old.modified
        self.mark_secrets(new)
        self.run.journal.same(old, new if differs(old, new) else None)
        new.handle = old.handle
        self.count(Op.SAME, new)
        if not is_default_provider(new.urn):
            self.run.bus.emit(StepFinished(urn=new.urn, type=new.type, op=Op.SAME, seconds=0.0))

    def create(
        self,
        new: ResourceState,
        provider: Provider | None,
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
            if provider is None or new.type.startswith(urns.PROVIDER_PREFIX):
                self._create(new, provider)
                self.run.journal.change(add=new, mark_delete=mark_delete, remove=remove)
            else:
                self._create_custom(new, provider, mark_delete, remove)
        if mark_delete is not None:
            mark_delete.delete = True
        self.count(Op.REPLACE if op is Op.CREATE_REPLACEMENT else op, new)

    def _create(self, new: ResourceState, provider: Provider | None) -> None:
        if provider is not None:
            new.id, new.outputs = provider.create(new, preview=self.run.preview)
        new.created = new.modified = now()
        self.mark_secrets(new)

    def _create_custom(
        self,
        new: ResourceState,
        provider: Provider,
        mark_delete: ResourceState | None,
        remove: ResourceState | None,
    ) -> None:
        journal = self.run.journal
        token = journal.begin("creating", new)
        try:
            self._create(new, provider)
        except InitFailed as failed:
            self._take_init_failure(new, failed)
            new.created = new.modified
            journal.end(token, add=new, mark_delete=mark_delete, remove=remove)
            raise
        except ProviderError as error:
            if error.definite:
                journal.end(token)
            raise
        journal.end(token, add=new, mark_delete=mark_delete, remove=remove)

    def _take_init_failure(self, new: ResourceState, failed: InitFailed) -> None:
        new.id, new.outputs = failed.id or new.id, failed.outputs
        new.init_errors = failed.reasons
        new.modified = now()
        self.mark_secrets(new)

    def update(
        self,
        old: ResourceState,
        new: ResourceState,
        provider: Provider | None,
        keys: tuple[str, ...] = (),
    ) -> None:
        """Change a resource in place."""
        new.id, new.created, new.modified = old.id, old.created, old.modified
        with self.step(Op.UPDATE, new, keys):
            if provider is None:
                new.outputs = old.outputs
                self.mark_secrets(new)
                self.run.journal.change(add=new, remove=old)
            else:
                self._update_custom(old, new, provider)
        self.count(Op.UPDATE, new)

    def _update_custom(self, old: ResourceState, new: ResourceState, provider: Provider) -> None:
        journal = self.run.journal
        token = journal.begin("updating", new)
        try:
            new.outputs = provider.update(old, new, preview=self.run.preview)
        except InitFailed as failed:
            self._take_init_failure(new, failed)
            journal.end(token, add=new, remove=old)
            raise
        except ProviderError as error:
            if error.definite:
                journal.end(token)
            raise
        new.modified = now()
        self.mark_secrets(new)
        journal.end(token, add=new, remove=old)

    def delete(
        self,
        state: ResourceState,
        provider: Provider | None,
        *,
        op: Op = Op.DELETE,
        pending_replacement: bool = False,
    ) -> None:
        """Delete a resource, or only forget it if it is not ours to delete.

        `pending_replacement`: it goes first and is created again later in this run.
        """
        if state.external:
            op = Op.DISCARD if op is Op.DELETE else Op.DISCARD_REPLACED
        changes: dict[str, ResourceState] = (
            {"mark_pending_replacement": state} if pending_replacement else {"remove": state}
        )
        with self.step(op, state):
            if provider is None or self._needs_no_call(state):
                self.run.journal.end(None, **changes)
            else:
                self._delete_custom(state, provider, changes)
        state.pending_replacement = state.pending_replacement or pending_replacement
        if op in (Op.DELETE, Op.DISCARD):
            self.count(op, state)

    def _needs_no_call(self, state: ResourceState) -> bool:
        return (
            self.run.preview
            or not state.custom
            or state.external
            or state.retain_on_delete
            or state.type.startswith(urns.PROVIDER_PREFIX)
            or state.deleted_with in self.registrations.deleted_urns
        )

    def _delete_custom(
        self, state: ResourceState, provider: Provider, changes: dict[str, ResourceState]
    ) -> None:
        token = self.run.journal.begin("deleting", state)
        try:
            provider.delete(state)
        except ProviderError as error:
            if error.definite:
                self.run.journal.end(token)
            raise
        self.run.journal.end(token, **changes)

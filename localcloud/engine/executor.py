"""Carry out single steps: tell the journal, call the provider, tell the journal, tell the user."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import Any

from . import urn as urns
from .book import Book
from .calls import InitFailed, ProviderError
from .errors import EngineError
from .events import Op, StepFailed, StepFinished, StepStarted
from .model import ResourceState
from .providers import Manager
from .replay import now
from .run import Run
from .values import Secret

_PAST = {
    Op.CREATE: "created",
    Op.CREATE_REPLACEMENT: "created anew",
    Op.UPDATE: "updated",
    Op.DELETE: "deleted",
    Op.DELETE_REPLACED: "deleted for its replacement",
    Op.READ: "read",
    Op.READ_REPLACEMENT: "read",
    Op.REFRESH: "refreshed",
    Op.IMPORT: "imported",
    Op.IMPORT_REPLACEMENT: "imported",
}


class StepError(EngineError):
    """A step failed; the message names the resource and gives the provider's reason."""


def describe(urn: str) -> str:
    """Name a resource for people: type and logical name."""
    return f"{urns.type_of(urn)} {urns.name_of(urn)!r}"


def is_default_provider(urn: str) -> bool:
    """Tell the providers that the engine registers by itself; nobody wants to hear of them."""
    name = urns.name_of(urn)
    return urns.is_provider_type(urns.type_of(urn)) and (
        name == "default" or name.startswith("default_")
    )


# What a resource that did not change may still differ in without any need to write it down.
_UNIMPORTANT = frozenset(
    {"created", "modified", "source_position", "stack_trace", "init_errors", "handle", "extra"}
)
_UNORDERED = frozenset({"dependencies", "property_dependencies"})
_COMPARED = tuple(f.name for f in fields(ResourceState) if f.name not in _UNIMPORTANT)


def _comparable(name: str, value: Any) -> Any:
    if name == "dependencies":
        return sorted(value)
    if name == "property_dependencies":
        return {key: sorted(urns_) for key, urns_ in value.items() if urns_}
    return value


def differs(old: ResourceState, new: ResourceState) -> bool:
    """Say whether the state file must change for a resource that itself did not."""
    return any(
        _comparable(name, getattr(old, name)) != _comparable(name, getattr(new, name))
        if name in _UNORDERED
        else getattr(old, name) != getattr(new, name)
        for name in _COMPARED
    )


class Executor:
    """Carries out steps for one run."""

    def __init__(self, run: Run, book: Book) -> None:
        self.run = run
        self.book = book

    @contextmanager
    def _step(self, op: Op, state: ResourceState, keys: tuple[str, ...] = ()) -> Iterator[None]:
        """Report a step, and turn a provider's failure into the end of the run."""
        shown = not is_default_provider(state.urn)
        emit = self.run.bus.emit
        begun = time.monotonic()
        with self.run.slot():
            if shown:
                emit(StepStarted(urn=state.urn, type=state.type, op=op))
            try:
                yield
            except (ProviderError, InitFailed) as failure:
                raise self.failed(op, state, _reason(failure)) from failure
        if shown:
            seconds = time.monotonic() - begun
            emit(StepFinished(urn=state.urn, type=state.type, op=op, seconds=seconds, diff=keys))

    def failed(self, op: Op, state: ResourceState, reason: str) -> StepError:
        """Report a failed step and stop the run; gives the error to raise."""
        reason = self.run.bus.blinder.blind(reason)
        self.run.bus.emit(StepFailed(urn=state.urn, type=state.type, op=op, message=reason))
        named = urns.type_of(state.urn) in reason and urns.name_of(state.urn) in reason
        what = f"{describe(state.urn)} could not be {_PAST.get(op, op.value)}: "
        error = StepError(reason if named else what + reason)
        self.run.fail(error)
        return error

    def settle(self, state: ResourceState) -> None:
        """Cover outputs that are secret: by option, or because their inputs are."""
        covered = set(state.additional_secret_outputs) - {"id"}
        covered |= {key for key, value in state.inputs.items() if isinstance(value, Secret)}
        outputs = dict(state.outputs)
        for key in covered & outputs.keys():
            if not isinstance(outputs[key], Secret):
                outputs[key] = Secret(outputs[key])
        state.outputs = outputs
        self.run.bus.blinder.learn(state.inputs)
        self.run.bus.blinder.learn(outputs)

    def same(self, old: ResourceState, new: ResourceState) -> None:
        """Keep a resource as it is; what only the state file knows may have changed."""
        self.run.check()
        new.id, new.outputs = old.id, old.outputs
        new.created, new.modified = old.created, old.modified
        self.settle(new)
        self.run.record.same(old, new if differs(old, new) else None)
        new.handle = old.handle
        if not is_default_provider(new.urn):
            self.run.bus.count(Op.SAME)
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
        with self._step(op, new, keys):
            if manager is None or new.type.startswith(urns.PROVIDER_PREFIX):
                self._make(new, manager)
                self.run.record.change(add=new, mark_delete=mark_delete, remove=remove)
            else:
                self._create_custom(new, manager, mark_delete, remove)
        if mark_delete is not None:
            mark_delete.delete = True
        if not is_default_provider(new.urn):
            self.run.bus.count(Op.REPLACE if op is Op.CREATE_REPLACEMENT else op)

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
        with self._step(Op.UPDATE, new, keys):
            if manager is None:
                new.outputs = old.outputs
                self.settle(new)
                self.run.record.change(add=new, remove=old)
            else:
                self._update_custom(old, new, manager)
        if not is_default_provider(new.urn):
            self.run.bus.count(Op.UPDATE)

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
        changes: dict[str, ResourceState] = (
            {"mark_pending_replacement": state} if pending_replacement else {"remove": state}
        )
        with self._step(op, state):
            if manager is None or self._is_left_alone(state):
                self.run.record.end(None, **changes)
            else:
                self._delete_custom(state, manager, changes)
        state.pending_replacement = state.pending_replacement or pending_replacement
        if op is Op.DELETE and not is_default_provider(state.urn):
            self.run.bus.count(op)

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

    def read(
        self, old: ResourceState | None, new: ResourceState, manager: Manager, *, replaces: bool
    ) -> None:
        """Fetch a resource that is not ours; `replaces`: the old one was, and goes."""
        op = Op.READ_REPLACEMENT if replaces else Op.READ
        with self._step(op, new):
            if new.id == urns.UNKNOWN_ID:
                new.outputs = {}
            else:
                self._fetch(new, manager)
            self.settle(new)
            self._keep_read(old, new, replaces=replaces)
        self.run.bus.count(Op.READ)

    def _fetch(self, new: ResourceState, manager: Manager) -> None:
        found = manager.read(replace(new, outputs=new.inputs), new.id)
        if not found.id:
            raise ProviderError(f"there is none with the id {new.id!r}")
        new.id, new.outputs = found.id, found.outputs

    def _keep_read(self, old: ResourceState | None, new: ResourceState, *, replaces: bool) -> None:
        if old is None:
            new.modified = new.created = ""
            self.run.record.change(add=new)
        elif replaces:
            old.delete = True
            self.run.record.change(add=new, mark_delete=old)
        else:
            self._keep_read_again(old, new)

    def _keep_read_again(self, old: ResourceState, new: ResourceState) -> None:
        new.created, new.modified = old.created, old.modified
        if differs(old, new):
            new.modified = now()
            self.run.record.same(old, new)
        else:
            self.run.record.same(old)
        new.handle = old.handle

    def adopt(
        self, new: ResourceState, manager: Manager, *, mark_delete: ResourceState | None
    ) -> None:
        """Import a resource: take over what exists under `new.import_id`, as it is."""
        op = Op.IMPORT_REPLACEMENT if mark_delete else Op.IMPORT
        with self._step(op, new):
            found = manager.read(new, new.import_id, blank=True)
            if not found.id:
                raise ProviderError(f"there is none with the id {new.import_id!r}")
            if found.inputs is None:
                raise ProviderError("its provider does not support importing")
            new.id, new.inputs, new.outputs = found.id, found.inputs, found.outputs
            new.created = new.modified = now()
            self.settle(new)
            self.run.record.change(add=new, mark_delete=mark_delete)
        if mark_delete is not None:
            mark_delete.delete = True
        self.run.bus.count(Op.IMPORT)


def _reason(failure: ProviderError | InitFailed) -> str:
    if isinstance(failure, InitFailed):
        return "; ".join(failure.reasons) or "it was made but did not come up"
    return str(failure)

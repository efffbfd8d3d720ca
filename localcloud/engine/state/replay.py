"""A state document plus the records of a journal gives the next state document.

This works on the JSON of the state file, so that what a run did not touch stays as it was, byte
for byte: ciphertexts, fields that only a newer CLI knows, everything.

A record is one of
    {"begin": token, "type": kind, "resource": {…}}      an operation is about to be asked for
    {"end": token, …change…}                             it is over
    {"change": true, …change…}                           something without an operation
    {"same": handle}  {"same": handle, "state": {…}}     the program still wants this instance
where a change may have: "add": [handle, {…}], "put": [handle, {…}], "remove": handle,
"delete": handle (now waits for its deletion), "pending": handle (deleted, not created again yet).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from localcloud.engine.state.snapshot_integrity import repaired

Document = dict[str, Any]

# Fields of a resource that need version 4 of the format, and what the CLI calls them.
FEATURES: Final = {
    "refreshBeforeUpdate": "refreshBeforeUpdate",
    "resourceHooks": "hooks",
    "taint": "taint",
    "replaceWith": "replaceWith",
}


class Replay:
    """Applies records, each at the cost of one resource, and gives the document when asked."""

    def __init__(self, base: Document) -> None:
        self._base = base
        latest = base["checkpoint"].get("latest") or {}
        self._instances: dict[int, Document] = dict(enumerate(latest.get("resources") or []))
        self._pending: dict[int, Document] = dict(enumerate(latest.get("pending_operations") or []))
        self._visited: dict[int, None] = {}
        self.next_handle = len(self._instances)
        self.next_token = len(self._pending)
        self.changed = False

    def apply(self, record: Document) -> None:
        """Take one record in."""
        if "begin" in record:
            self._begin(record)
        elif "same" in record:
            self._same(record)
        else:
            self._pending.pop(record.get("end", -1), None)
            self._change(record)

    def _begin(self, record: Document) -> None:
        token = record["begin"]
        self._pending[token] = {"resource": record["resource"], "type": record["type"]}
        self.next_token = max(self.next_token, token + 1)
        self.changed = True

    def _same(self, record: Document) -> None:
        handle = record["same"]
        if "state" in record:
            self._instances[handle] = record["state"]
            self.changed = True
        self._visited[handle] = None

    def _change(self, record: Document) -> None:
        self.changed = True
        if "remove" in record:
            self._instances.pop(record["remove"], None)
            self._visited.pop(record["remove"], None)
        if "delete" in record:
            self._mark(record["delete"], "delete")
        if "pending" in record:
            self._mark(record["pending"], "pendingReplacement")
        if "put" in record:
            handle, state = record["put"]
            self._instances[handle] = state
        if "add" in record:
            self._add(*record["add"])

    def _mark(self, handle: int, key: str) -> None:
        if handle in self._instances:
            self._instances[handle] = self._instances[handle] | {key: True}

    def _add(self, handle: int, state: Document) -> None:
        self._instances[handle] = state
        self._visited[handle] = None
        self.next_handle = max(self.next_handle, handle + 1)

    def document(self, manifest: Callable[[], Document]) -> Document:
        """Return the state as of now: what this run made or kept first, then what it did not reach.

        `manifest` returns who writes it; if nothing changed the base comes back as it was.
        """
        if not self.changed:
            return self._base
        resources = [self._instances[handle] for handle in self._visited]
        resources += [
            state for handle, state in self._instances.items() if handle not in self._visited
        ]
        return self._assembled(repaired(resources), list(self._pending.values()), manifest())

    def _assembled(
        self, resources: list[Document], pending: list[Document], manifest: Document
    ) -> Document:
        checkpoint = self._base["checkpoint"]
        latest = {"metadata": {}} | (checkpoint.get("latest") or {}) | {"manifest": manifest}
        for key, value in (("resources", resources), ("pending_operations", pending)):
            latest.pop(key, None)
            if value:
                latest[key] = value
        return self._versioned(latest) | {"checkpoint": checkpoint | {"latest": latest}}

    def _versioned(self, latest: Document) -> Document:
        states = latest.get("resources", []) + [
            operation["resource"] for operation in latest.get("pending_operations", [])
        ]
        features = {name for key, name in FEATURES.items() if any(s.get(key) for s in states)}
        # Byte strings hide inside ciphertexts: once there, the feature stays declared.
        features |= {"byteString"} & set(self._base.get("features", []))
        if not features:
            return {"version": 3}
        return {"version": 4, "features": sorted(features)}


def now() -> str:
    """Return the present time as the CLI writes it."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")

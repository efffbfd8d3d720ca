"""Readers of MiniStack services that need a special one, and of state that it does not save.

Each is here because saving through `get_state()` would cost too much per request (Lambda's code,
S3's buckets, DynamoDB's items), be unsafe (Lambda prunes code files before the state that drops
them is written), or leave something out that was acknowledged (temporary credentials, stream
records, parts of an unfinished upload).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType
from typing import Any

from localcloud.emulator.functions import async_invocations
from localcloud.emulator.ministack_names import (
    DYNAMODB_SETTINGS,
    DYNAMODB_TABLES,
    DYNAMODB_WRITES,
    LAMBDA_STORES,
    S3_BUCKETS,
    STREAMS,
    STS_SESSIONS,
    UPLOADS,
    Variables,
)
from localcloud.emulator.persistence import journal, s3_objects
from localcloud.emulator.persistence.stores import (
    SavedEntry,
    Service,
    Store,
    _global,
    encode,
    stores_in_place,
)
from localcloud.emulator.persistence.write_shadow import Change, PartDigests, Shadow

EVENT_SHADOW = Shadow(encode, immutable_elements=True)
ITEMS = "items"
EVENTS = frozenset({("cloudwatch", "metrics"), ("cloudwatch_logs", "log_groups")})
"""Stores whose lists are of events: those are added and dropped, never changed."""


def service(name: str, module: ModuleType) -> Service:
    """The service of a module, with its special reader if it has one."""
    special = _SPECIAL.get(name)
    stores = special(module) if special else stores_in_place(name, module)
    for store in stores or []:
        if (name, store.name) in EVENTS:
            store.shadow = EVENT_SHADOW
    return Service(name, module, stores)


def _lambda(module: ModuleType) -> list[Store]:
    async_invocations.install(module)
    stores = _stores("lambda", module, LAMBDA_STORES)
    stores[0].shape = CodeFiles(module)
    return stores


class CodeFiles:
    """Function code as files named by content, so that state holds names instead of megabytes."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module
        self.names: dict[bytes, str] = {}

    def __call__(self, function: dict[str, Any]) -> dict[str, Any]:
        """A function record with its code, and that of its versions, as references."""
        versions = function.get("versions") or {}
        named = {key: self._reference(version) for key, version in list(versions.items())}
        return self._reference(function) | ({"versions": named} if "versions" in function else {})

    def _reference(self, record: dict[str, Any]) -> dict[str, Any]:
        code = record.get("code_zip")
        if not isinstance(code, bytes):
            return record
        if code not in self.names:
            self.names[code] = self.module._write_code_blob(code)
        return record | {"code_zip": {self.module._BLOB_REF_KEY: self.names[code]}}


def prune_code_blobs(module: ModuleType) -> None:
    """Drop code files that no loaded function names; only at start, when disk and memory agree."""
    records = [record for record in module._functions._data.values()]
    records += [v for record in records for v in (record.get("versions") or {}).values()]
    codes = {record["code_zip"] for record in records if isinstance(record.get("code_zip"), bytes)}
    module._prune_orphan_code_blobs({module._write_code_blob(code) for code in codes})


def _s3(module: ModuleType) -> list[Store]:
    s3_objects.install(module)
    async_invocations.notify_before_answering(module)
    saved = module._PERSISTED_BUCKET_DICTS
    stores = [Store("s3", name, partial(saved.__getitem__, name)) for name in saved]
    return [Store("s3", "buckets_meta", _global(module, S3_BUCKETS), _without_objects), *stores]


def _without_objects(bucket: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in bucket.items() if key != "objects"}


def _dynamodb(module: ModuleType) -> list[Store]:
    tables = Tables("dynamodb", "tables", _global(module, DYNAMODB_TABLES))
    tables.track_writes(module)
    return [tables, *_stores("dynamodb", module, DYNAMODB_SETTINGS)]


def _stores(service: str, module: ModuleType, variables: Variables) -> list[Store]:
    return [Store(service, key, _global(module, name)) for key, name in variables.items()]


@dataclass
class SavedTable(SavedEntry):
    """A table as it is on disk; items are not compared but noted as MiniStack stores them."""

    table: Any = None
    items: Any = None


@dataclass(eq=False)
class Tables(Store):
    """DynamoDB tables: the cost of a write is that of its item, however big the table."""

    dirty: dict[int, set[tuple[Any, Any]]] = field(default_factory=dict)
    """Keys of items stored or removed since last written, by id() of the table."""
    derived: str = ""
    """Key in a table of what MiniStack makes anew from the items."""

    def track_writes(self, module: ModuleType) -> None:
        """Note every item that MiniStack stores or removes; it does both in one place each."""
        self.derived = module._INDEX_MEMBERS
        for name in DYNAMODB_WRITES:
            setattr(module, name, self._tracked(getattr(module, name)))

    def _tracked(self, inner: Any) -> Any:
        def tracked(table: Any, partition: Any, sort: Any, *rest: Any) -> Any:
            self.dirty.setdefault(id(table), set()).add((partition, sort))
            return inner(table, partition, sort, *rest)

        return tracked

    def prime(self) -> None:
        """Take everything for written."""
        for key, table in self._entries():
            self._know(key, table, written=False)

    def _entry_changes(self, key: Any, table: Any) -> Iterator[str]:
        known = self.saved.get(key)
        steps = self._steps(known, table) if isinstance(known, SavedTable) else None
        if steps is None:
            self._know(key, table, written=True)
            saved = {name: value for name, value in table.items() if name != self.derived}
            steps = [Change((), encode(saved))]
        for step in steps:
            yield journal.line(self._address(key), step)

    def _know(self, key: Any, table: Any, *, written: bool) -> None:
        self.dirty.pop(id(table), None)
        meta = PartDigests(
            (name, self.shadow.node(value)) for name, value in self._meta(table).items()
        )
        self.saved[key] = SavedTable(meta, written, table, table[ITEMS])

    def _steps(self, known: SavedTable, table: Any) -> list[Change] | None:
        """Steps from disk to this table; None when all of it must be written."""
        known.node, steps = self.shadow.changes(known.node, self._meta(table))
        dirty = self.dirty.pop(id(table), set())
        same = known.table is table and known.items is table[ITEMS]
        if not same or ((steps or dirty) and not known.written):
            return None
        return steps + [_item(table[ITEMS], *keys) for keys in dirty]

    def _meta(self, table: dict[str, Any]) -> dict[str, Any]:
        left_out = (ITEMS, self.derived)
        return {name: value for name, value in table.items() if name not in left_out}


def _item(items: dict[Any, dict[Any, Any]], partition: Any, sort: Any) -> Change:
    found = items.get(partition)
    if not found:
        return Change((ITEMS, str(partition)), None)
    path = (ITEMS, str(partition), str(sort))
    return Change(path, encode(found[sort]) if sort in found else None)


_SPECIAL = {"lambda": _lambda, "s3": _s3, "dynamodb": _dynamodb}

EXTRA: Mapping[str, tuple[str, Variables]] = {
    "microstack_sts": ("sts", STS_SESSIONS),
    "microstack_streams": ("dynamodb", STREAMS),
    "microstack_uploads": ("s3", UPLOADS),
    "microstack_events": ("lambda_svc", {"pending": async_invocations.PENDING}),
}
"""State that MiniStack forgets at every restart: our name for it, its module, its variables."""


def extra(name: str, module: ModuleType) -> Service:
    """State that MiniStack does not save, under a name of ours."""
    _, variables = EXTRA[name]
    stores = _stores(name, module, variables)
    if name == "microstack_streams":
        stores[0].shadow = EVENT_SHADOW
    if name == "microstack_uploads":
        stores[0].shape = _with_text_keys
    return Service(name, module, stores)


def _with_text_keys(upload: dict[str, Any]) -> dict[str, Any]:
    return upload | {"parts": {str(number): part for number, part in upload["parts"].items()}}


def restore_extra(name: str, module: ModuleType, payload: dict[str, Any]) -> None:
    """Put back what extra() saved."""
    if name == "microstack_events":
        async_invocations.install(module)
    for key, variable in EXTRA[name][1].items():
        if key not in payload:
            continue
        if isinstance(payload[key], int):
            setattr(module, variable, payload[key])
        else:
            getattr(module, variable).update(payload[key])
    if name == "microstack_uploads":
        for upload in module._multipart_uploads._data.values():
            upload["parts"] = {int(number): part for number, part in upload["parts"].items()}

"""The state on disk: MiniStack's own snapshot per service, and a journal of what changed since.

A record is one JSON line; it is in the system's hands before append() returns (not on the platter:
kill -9 does not ask for that, only a crash of the whole machine). Folding brings the snapshots up
to date and drops the journal. A snapshot names the journal that it includes, so a fold that was cut
short is just done again. A torn last line was never acknowledged, and is ignored.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from localcloud.emulator.errors import Busy
from localcloud.emulator.persistence.write_shadow import Change
from localcloud.ground.files import remove_drafts, replace_file
from localcloud.ground.locks import held

INCLUDES = "__journal__"
PREFIX = "journal-"
FOLDING = "folding"
"""Lock file of whoever folds."""
FOLDING_SECONDS = 60.0
FOLDED = "folded"
"""File with the number of the last journal that is in the snapshots: numbers never repeat."""

Entry = tuple[str, str, str | None, str]
"""Service, store, kind of store (MiniStack's marker of a scoped dict) and key in it; without a kind
the store is one value and has no keys."""


def line(entry: Entry, change: Change) -> str:
    """One record."""
    service, store, kind, key = entry
    head = json.dumps({"s": service, "n": store, "k": kind, "e": key, "p": change.path})[:-1]
    if change.splice is not None:
        head += f', "i": {json.dumps(change.splice)}'
    return f"{head}}}\n" if change.text is None else f'{head}, "v": {change.text}}}\n'


class Journal:
    """The journal being written; numbers only go up."""

    def __init__(self, folder: Path, number: int) -> None:
        self.folder = folder
        self.number = number
        self.size = 0
        self._unwritten = b""
        self._file = self._open()

    def append(self, lines: Iterable[str]) -> None:
        """Write records; after a full disk the same records are tried again with the next ones."""
        self._unwritten += "".join(lines).encode()
        while self._unwritten:
            written = os.write(self._file, self._unwritten)
            self._unwritten = self._unwritten[written:]
            self.size += written

    def rotate(self) -> int:
        """Go on in a new file; returns the number of the one that may be folded now."""
        os.close(self._file)
        self.number, self.size = self.number + 1, 0
        self._file = self._open()
        return self.number - 1

    def close(self) -> None:
        """Nothing is buffered, so this only gives the file back."""
        os.close(self._file)

    def _open(self) -> int:
        name = self.folder / f"{PREFIX}{self.number:08}.jsonl"
        return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL, 0o600)


def fold(folder: Path, *, up_to: int | None = None) -> int:
    """Bring the snapshots up to date with the journals (all, or up to a number).

    Returns the number for the next journal. One at a time: the one that a killed server had begun
    aside may still be at work when the next server starts, and would put old snapshots over new.
    """
    with held(folder / FOLDING, timeout=FOLDING_SECONDS, busy=Busy):
        remove_drafts(folder)
        return _fold(folder, up_to)


def _fold(folder: Path, up_to: int | None) -> int:
    journals = [(n, path) for n, path in _journals(folder) if up_to is None or n <= up_to]
    last = max([number for number, _ in journals], default=0)
    for service, snapshot in _updated(folder, journals).items():
        snapshot[INCLUDES] = max(last, snapshot.get(INCLUDES, 0))
        replace_file(folder / f"{service}.json", json.dumps(snapshot))
    last = max(last, _folded(folder))
    replace_file(folder / FOLDED, str(last))
    for _, path in journals:
        path.unlink()
    return last + 1


def _updated(folder: Path, journals: list[tuple[int, Path]]) -> dict[str, dict[str, Any]]:
    snapshots: dict[str, dict[str, Any]] = {}
    for number, path in journals:
        for record in _records(path):
            service = record["s"]
            if service not in snapshots:
                snapshots[service] = _snapshot(folder, service)
            if snapshots[service].get(INCLUDES, 0) < number:
                apply(snapshots[service]["payload"], record)
    return snapshots


def apply(payload: dict[str, Any], record: dict[str, Any]) -> None:
    """Change a snapshot's payload as the record says."""
    place: Any = payload
    path = [record["n"], *record["p"]]
    if record["k"]:
        store = payload.setdefault(record["n"], {record["k"]: True, "data": {}})
        place, path = store["data"], [record["e"], *record["p"]]
    for part in path[:-1]:
        place = place.setdefault(part, {})
    if "i" in record:
        start, count = record["i"]
        place[path[-1]][start : start + count] = record["v"]
    elif "v" in record:
        place[path[-1]] = record["v"]
    else:
        place.pop(path[-1], None)


def _journals(folder: Path) -> list[tuple[int, Path]]:
    found = folder.glob(f"{PREFIX}*.jsonl")
    return sorted((int(path.stem.removeprefix(PREFIX)), path) for path in found)


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for text in lines:
            if not text.endswith("\n"):
                return
            yield json.loads(text)


def _snapshot(folder: Path, service: str) -> dict[str, Any]:
    from ministack.core.persistence import _state_format_version

    try:
        snapshot = json.loads((folder / f"{service}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        snapshot = {"payload": {}}
    snapshot["__ministack_format__"] = _state_format_version(service)
    return dict(snapshot)


def _folded(folder: Path) -> int:
    try:
        return int((folder / FOLDED).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return 0


if __name__ == "__main__":
    fold(Path(sys.argv[1]), up_to=int(sys.argv[2]))

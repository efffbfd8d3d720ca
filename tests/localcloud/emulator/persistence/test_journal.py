"""A fold may be cut short anywhere; a torn line was never acknowledged."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from localcloud.emulator.persistence import journal
from localcloud.emulator.persistence.journal import FOLDING, Journal, fold
from localcloud.emulator.persistence.write_shadow import Change
from localcloud.ground.files import replace_file
from localcloud.ground.locks import held

SCOPED = "__account_region_scoped__"


def put(key: str, value: Any, service: str = "ssm") -> str:
    return journal.line((service, "parameters", SCOPED, key), Change((), json.dumps(value)))


def saved(folder: Path, service: str = "ssm") -> Any:
    return json.loads((folder / f"{service}.json").read_text())["payload"]["parameters"]["data"]


def test_what_was_appended_is_in_the_snapshot_after_folding(tmp_path: Path) -> None:
    writing = Journal(tmp_path, fold(tmp_path))
    writing.append([put("a", {"n": 1}), put("b", 2)])
    writing.append([journal.line(("ssm", "parameters", SCOPED, "b"), Change((), None))])
    deep = Change(("n", "deep"), "3")
    writing.append([put("a", {"n": {}}), journal.line(("ssm", "parameters", SCOPED, "a"), deep)])
    assert fold(tmp_path) == 2
    assert saved(tmp_path) == {"a": {"n": {"deep": 3}}}
    assert list(tmp_path.glob("journal-*")) == []


def test_a_torn_last_line_is_ignored(tmp_path: Path) -> None:
    writing = Journal(tmp_path, 1)
    writing.append([put("a", 1), put("b", 2)[:-5]])
    fold(tmp_path)
    assert saved(tmp_path) == {"a": 1}


def test_a_fold_that_was_cut_short_is_done_again_without_doing_anything_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = journal.line(("sqs", "parameters", SCOPED, "q"), Change(("m",), "[1]", (0, 0)))
    writing = Journal(tmp_path, 1)
    writing.append([put("q", {"m": []}, "sqs"), more, put("a", 1)])
    writing.append([more, more])
    for survives in range(1, 4):
        _fold_until(tmp_path, monkeypatch, survives)
    assert fold(tmp_path) == 2
    assert saved(tmp_path, "sqs") == {"q": {"m": [1, 1, 1]}}
    assert saved(tmp_path) == {"a": 1}


def _fold_until(folder: Path, monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    """A fold that dies at its n-th file."""
    done = iter(range(99))

    def dying(path: Path, text: str) -> None:
        if next(done) == writes:
            raise KeyboardInterrupt
        replace_file(path, text)

    with monkeypatch.context() as patch:
        patch.setattr("localcloud.emulator.persistence.journal.replace_file", dying)
        patch.setattr(Path, "unlink", _die)
        with pytest.raises(KeyboardInterrupt):
            fold(folder)


def _die(path: Path) -> None:
    raise KeyboardInterrupt


def test_numbers_never_repeat(tmp_path: Path) -> None:
    numbers = []
    for value in range(3):
        number = fold(tmp_path)
        numbers.append(number)
        Journal(tmp_path, number).append([put("a", value)])
    fold(tmp_path)
    assert numbers == [1, 2, 3]
    assert saved(tmp_path) == {"a": 2}


def test_a_fold_waits_for_the_one_that_a_killed_server_left_behind(tmp_path: Path) -> None:
    Journal(tmp_path, fold(tmp_path)).close()
    with ThreadPoolExecutor(1) as aside, held(tmp_path / FOLDING):
        waiting = aside.submit(fold, tmp_path)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.2)
    assert waiting.result() == 2


def test_folding_up_to_a_number_leaves_the_one_being_written(tmp_path: Path) -> None:
    writing = Journal(tmp_path, 1)
    writing.append([put("a", 1)])
    closed = writing.rotate()
    writing.append([put("a", 2)])
    fold(tmp_path, up_to=closed)
    assert saved(tmp_path) == {"a": 1}
    fold(tmp_path)
    assert saved(tmp_path) == {"a": 2}


def test_after_a_full_disk_nothing_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = Journal(tmp_path, 1)
    real = os.write

    def full(file: int, data: bytes) -> int:
        if len(data) <= 20:
            raise OSError(28, "No space left on device")
        return real(file, data[:20])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            writing.append([put("a", 1)])
    writing.append([put("b", 2)])
    fold(tmp_path)
    assert saved(tmp_path) == {"a": 1, "b": 2}

from __future__ import annotations

import contextlib
import errno
import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from localcloud.engine.backend import lock
from localcloud.engine.errors import StackLocked
from localcloud.ground import locks
from tests.localcloud.engine.stacks import CLI_DATA, REPOSITORY


def hold(folder: Path, notices: list[str] | None = None) -> None:
    with lock.stack_lock(
        folder, "Stack dev of demo", (notices if notices is not None else []).append
    ):
        pass


def put_lock(folder: Path, name: str = "other", **changes: object) -> Path:
    content = {
        "pid": os.getpid(),
        "username": "alice",
        "hostname": socket.gethostname(),
        "timestamp": datetime.now(UTC).isoformat(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(content | changes))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A stack's lock folder, not made yet."""
    return tmp_path / "locks" / "demo" / "dev"


def test_the_file_looks_as_the_cli_s(folder: Path) -> None:
    theirs = json.loads((CLI_DATA / "lock.json").read_bytes())
    with lock.stack_lock(folder, "Stack", print):
        [path] = folder.iterdir()
        ours = json.loads(path.read_bytes())
        assert list(ours) == list(theirs)
        assert {k: type(v) for k, v in ours.items()} == {k: type(v) for k, v in theirs.items()}
        assert ours["pid"] == os.getpid()
        assert datetime.fromisoformat(ours["timestamp"]).tzinfo is not None
        assert path.stat().st_mode & 0o777 == 0o600
        assert os.listdir(folder.parent) == ["dev"]
    assert not list(folder.iterdir())


def test_a_second_run_is_refused_with_who_since_when_and_what_to_do(folder: Path) -> None:
    with lock.stack_lock(folder, "Stack dev of demo", print):
        [path] = folder.iterdir()
        with pytest.raises(StackLocked) as caught:
            hold(folder)
        assert list(folder.iterdir()) == [path]
    message = str(caught.value)
    for part in ("Stack dev of demo", f"process {os.getpid()}", "since 20", "wait", str(path)):
        assert part in message
    hold(folder)


def test_the_lock_goes_when_the_run_fails(folder: Path) -> None:
    with pytest.raises(RuntimeError), lock.stack_lock(folder, "Stack", print):
        raise RuntimeError
    hold(folder)


CHILD = """
import sys, time
from pathlib import Path
from localcloud.engine.backend import lock
with lock.stack_lock(Path(sys.argv[1]), "Stack", print):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_killed_run_is_taken_over_and_a_living_one_is_not(folder: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    with pytest.raises(StackLocked, match=str(child.pid)):
        hold(folder)
    child.send_signal(signal.SIGKILL)
    # It is a zombie until waited for: that is dead, too.
    while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    notices: list[str] = []
    hold(folder, notices)
    assert str(child.pid) in notices[0]
    assert not list(folder.iterdir())
    child.wait()
    child.stdout.close()


def test_a_lock_of_the_cli_whose_process_is_gone_is_taken_over(folder: Path) -> None:
    folder.mkdir(parents=True)
    shutil.copy(CLI_DATA / "lock.json", folder / "theirs.json")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    put_lock(folder, "theirs", pid=gone.pid)
    (folder / "theirs.json.attrs").write_text("{}")
    hold(folder)
    assert not list(folder.iterdir())


def test_a_reused_process_id_does_not_keep_a_lock(folder: Path) -> None:
    before_us = datetime.fromtimestamp(psutil.Process().create_time(), UTC) - timedelta(hours=1)
    put_lock(folder, timestamp=before_us.isoformat())
    notices: list[str] = []
    hold(folder, notices)
    assert "alice" in notices[0]


def test_a_clock_that_was_set_does_not_kill_a_living_run(folder: Path) -> None:
    with lock.stack_lock(folder, "Stack", print):
        [path] = folder.iterdir()
        content = json.loads(path.read_bytes()) | {"timestamp": "2001-01-01T00:00:00Z"}
        path.write_text(json.dumps(content))  # in place: the run still holds this very file
        with pytest.raises(StackLocked):
            hold(folder)


class Process:
    """What psutil gives of a process."""

    def __init__(self, began: float) -> None:
        self.create_time = lambda: began

    def status(self) -> str:
        return psutil.STATUS_RUNNING


@pytest.mark.parametrize(
    ("since", "dead"),
    [
        ("1970-01-01T00:01:40Z", False),  # second 100
        ("1970-01-01T00:01:38Z", False),
        ("1970-01-01T00:01:37.9Z", True),
        ("1970-01-01T00:00:00Z", True),
        ("1969-12-31T22:01:40-02:00", False),
        ("1970-01-01T02:01:37+02:00", True),
        ("1970-01-01T00:01:40", False),  # no zone means UTC, wherever this machine stands
        ("some time ago", False),
    ],
)
def test_a_process_that_began_after_the_lock_does_not_hold_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, since: str, dead: bool
) -> None:
    """Two seconds after are within what clocks show."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    monkeypatch.setattr(psutil, "Process", lambda pid: Process(100.0))
    put_lock(folder, timestamp=since)
    try:
        with contextlib.nullcontext() if dead else pytest.raises(StackLocked):
            hold(folder)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_process_that_may_not_be_looked_at_lives(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(pid: int) -> Process:
        raise psutil.AccessDenied(pid)

    monkeypatch.setattr(psutil, "Process", denied)
    put_lock(folder, timestamp="2001-01-01T00:00:00Z")
    with pytest.raises(StackLocked):
        hold(folder)


def test_only_real_process_ids_can_be_dead(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "Process", lambda pid: Process(time.time()))
    for pid in (0, -1):
        path = put_lock(folder, pid=pid, timestamp="2001-01-01T00:00:00Z")
        with pytest.raises(StackLocked):
            hold(folder)
        path.unlink()
    put_lock(folder, pid=1, timestamp="2001-01-01T00:00:00Z")
    hold(folder)


def test_another_host_s_lock_is_never_judged(folder: Path) -> None:
    path = put_lock(folder, hostname="elsewhere", pid=2**22 - 1)
    with pytest.raises(StackLocked, match="alice@elsewhere"):
        hold(folder)
    assert path.exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid":"x"}'])
def test_an_unreadable_lock_is_somebody_s(folder: Path, content: str) -> None:
    folder.mkdir(parents=True)
    (folder / "x.json").write_text(content)
    with pytest.raises(StackLocked) as caught:
        hold(folder)
    assert "in use by somebody@an unknown host (process 0); wait until" in str(caught.value)
    assert f"remove {folder / 'x.json'}." in str(caught.value)


def test_a_file_system_without_locks_leaves_it_to_the_process_ids(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(path: Path) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(locks, "take", unsupported)
    with lock.stack_lock(folder, "Stack", print), pytest.raises(StackLocked):
        hold(folder)
    assert not list(folder.iterdir())


def test_a_lock_file_that_somebody_removed_is_no_matter_at_the_end(folder: Path) -> None:
    with lock.stack_lock(folder, "Stack", print):
        [path] = folder.iterdir()
        path.unlink()


def test_two_may_take_over_from_the_same_dead_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = put_lock(folder)

    def first_come(holder: lock.LockHolder) -> bool:
        holder.path.unlink()
        return True

    monkeypatch.setattr(lock, "_is_dead", first_come)
    notices: list[str] = []
    hold(folder, notices)
    assert notices[0].startswith("Stack dev of demo was left locked by alice@")
    assert not dead.exists()


def test_half_a_lock_never_stands_in_the_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The CLI takes whatever file is there for a lock."""
    seen: list[list[str]] = []
    replace = os.replace

    def look(draft: str, path: Path) -> None:
        seen.append(os.listdir(folder))
        replace(draft, path)

    monkeypatch.setattr(os, "replace", look)
    folder.mkdir(parents=True)
    hold(folder)
    assert seen == [[]]


def test_a_user_without_a_name_is_a_number(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(getpass, "getuser", nameless)
    with lock.stack_lock(folder, "Stack", print):
        [path] = folder.iterdir()
        assert json.loads(path.read_bytes())["username"] == str(os.getuid())


def test_a_run_that_began_at_the_same_moment_gets_another_chance(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both step back: one of them must come again when the other has gone."""
    monkeypatch.setattr(lock, "_YOUNG_SECONDS", 3600.0)  # however slow this machine is
    other = put_lock(folder)
    waits: list[float] = []

    def other_goes(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            other.unlink()

    monkeypatch.setattr("time.sleep", other_goes)
    hold(folder)
    assert len(waits) == 3
    assert all(0.02 <= seconds <= 0.15 for seconds in waits)
    assert not list(folder.iterdir())


def test_nobody_waits_for_ever_for_a_run_that_began_at_the_same_moment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_lock(folder)
    waits: list[float] = []
    monkeypatch.setattr(lock, "_YOUNG_SECONDS", 3600.0)
    monkeypatch.setattr("time.sleep", waits.append)
    with pytest.raises(StackLocked):
        hold(folder)
    assert len(waits) == 4


def test_nobody_waits_for_a_run_that_goes_on_for_some_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_lock(folder, timestamp=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    with pytest.raises(StackLocked):
        hold(folder)
    assert waits == []


def test_of_many_that_come_at_once_never_two_are_inside(folder: Path) -> None:
    inside, most, won = [0], [0], [0]
    guard, gate = threading.Lock(), threading.Barrier(6)

    def run() -> None:
        gate.wait()
        try:
            with lock.stack_lock(folder, "Stack", print):
                with guard:
                    inside[0] += 1
                    won[0] += 1
                    most[0] = max(most[0], inside[0])
                time.sleep(0.05)
                with guard:
                    inside[0] -= 1
        except StackLocked:
            pass

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] <= 1
    assert not list(folder.iterdir())

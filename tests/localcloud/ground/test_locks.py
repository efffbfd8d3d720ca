from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from localcloud.ground.locks import LockHeld, held, is_held, take, take_to_hand_over

HOLDER = """
import sys
from pathlib import Path
from localcloud.ground.locks import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
HEIR = "import sys; print('inherited', flush=True); sys.stdin.read()"


@contextmanager
def running(program: str, *arguments: str, inherits: int = -1) -> Iterator[subprocess.Popen[str]]:
    """Another process that has said its first line, and lives until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=[inherits] if inherits >= 0 else [],
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        yield process


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


def test_one_process_at_a_time(path: Path) -> None:
    with running(HOLDER, str(path)):
        assert is_held(path)
        assert take(path) is None
        assert take_to_hand_over(path) is None
        with pytest.raises(LockHeld, match=str(path)), held(path, timeout=0.1):
            pytest.fail("two had it")
    with held(path, timeout=0.1):
        assert is_held(path)
    assert not is_held(path)


def test_whoever_waits_says_what_for(path: Path) -> None:
    class Busy(Exception):
        pass

    with running(HOLDER, str(path)), pytest.raises(Busy), held(path, timeout=0, busy=Busy):
        pytest.fail("two had it")


def test_kill_9_lets_go(path: Path) -> None:
    with running(HOLDER, str(path)) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert not is_held(path)
        with held(path, timeout=0):
            pass


def test_a_waiting_process_gets_it_when_the_holder_ends(path: Path) -> None:
    with running(HOLDER, str(path)) as process:
        assert process.stdin is not None
        process.stdin.close()
        with held(path):
            assert is_held(path)


def test_the_file_is_the_owner_s_and_keeps_what_is_in_it(path: Path) -> None:
    with held(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.write_text("who I am")
    with held(path):
        assert path.read_text() == "who I am"


def test_a_look_makes_no_file(path: Path) -> None:
    assert not is_held(path)
    assert not path.exists()


def test_a_lock_that_was_handed_over_is_the_child_s(path: Path) -> None:
    descriptor = take_to_hand_over(path)
    assert descriptor is not None
    with running(HEIR, inherits=descriptor):
        os.close(descriptor)
        assert is_held(path)
        assert take(path) is None
    assert not is_held(path)


def test_a_lock_taken_for_longer_is_given_back_by_whoever_has_it(path: Path) -> None:
    lock = take(path)
    assert lock is not None
    assert take(path) is None
    lock.release()
    assert not is_held(path)

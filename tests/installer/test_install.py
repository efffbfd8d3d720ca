"""What an installation survives: kills, another at once, a uv or an index that fails."""

from __future__ import annotations

import os
import pty
import shutil
import signal
from pathlib import Path

import pytest

from tests.installer.small import Small, until
from tests.patience import PATIENCE

WORKS = (0, "<x>")


@pytest.fixture
def new(tmp_path: Path, real_uv: str) -> Small:
    """The first of its user's checkouts."""
    return Small.make(tmp_path / "new", real_uv, fetched=False)


def _site(small: Small) -> Path:
    (found,) = small.venv.glob("lib/python*/site-packages")
    return found


def test_uv_is_fetched_once_for_all_checkouts_and_told_what_pip_is(new: Small) -> None:
    new.pip_alone = True
    new.extra["PIP_REQUIRE_VIRTUALENV"] = "1"
    assert "Fetching uv" in new.run("x")[2]
    shutil.rmtree(new.venv)
    assert "Fetching uv" not in new.run("x")[2]
    assert new.installations == 2


def test_a_uv_of_the_users_own_is_used(new: Small) -> None:
    new.put("uv", '#!/bin/sh\necho "own $*" >>"$FAKES/log"\nexec "$REAL_UV" "$@"\n')
    assert new.run("x")[:2] == WORKS
    assert any(line.startswith("own pip install") for line in new.log)
    assert not new.uv.exists()


@pytest.mark.parametrize("script", ["#!/bin/sh\necho uv 0.1.0\n", "#!/bin/sh\nexit 127\n"])
def test_one_that_is_too_old_or_broken_is_not(new: Small, script: str) -> None:
    new.put("uv", script)
    assert new.run("x")[:2] == WORKS
    assert new.uv.exists()


def test_two_first_runs_at_once_install_once(small: Small) -> None:
    small.close_gate()
    first = small.start("x")
    until(lambda: small.installations, first)
    second = small.start("x")
    assert second.stderr
    assert "Waiting for " in second.stderr.readline()
    small.open_gate()
    assert [run.communicate(timeout=PATIENCE)[0] for run in (first, second)] == ["<x>", "<x>"]
    assert small.installations == 1


def test_two_checkouts_at_once_fetch_uv_once(new: Small, tmp_path: Path, real_uv: str) -> None:
    other = Small.make(tmp_path / "other", real_uv, fetched=False)
    other.extra["HOME"] = str(new.home)
    shutil.copy(new.root / "requirements-setup.lock", other.root)
    shutil.copy(new.fakes / "uv-9.9-py3-none-any.whl", other.fakes)
    ends = [run.communicate(timeout=PATIENCE) for run in (new.start("x"), other.start("x"))]
    assert [out for out, _ in ends] == ["<x>", "<x>"]
    assert sum("Fetching uv" in err for _, err in ends) == 1


def test_a_killed_installation_is_waited_for_and_made_again(small: Small) -> None:
    small.close_gate()
    first = small.start("x", start_new_session=True)
    until(lambda: small.installations, first)
    installer = int((small.root / ".venv.lock").read_text())
    os.kill(installer, signal.SIGKILL)  # what it had started, uv, goes on
    second = small.start("x")
    assert second.stderr
    assert f"Waiting for process {installer}" in second.stderr.readline()
    small.open_gate()
    first.communicate(timeout=PATIENCE)
    assert second.communicate(timeout=PATIENCE)[0] == "<x>"
    assert first.returncode
    assert small.installations == 2


def test_after_a_kill_of_all_the_next_run_makes_all_again(small: Small) -> None:
    small.close_gate()
    first = small.start("x", start_new_session=True)
    until(lambda: small.installations, first)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate(timeout=PATIENCE)
    (small.venv / "half").touch()
    small.open_gate()
    code, out, err = small.run("x")
    assert (code, out) == WORKS
    assert "pip installs" not in err
    assert not (small.venv / "half").exists()


def test_ctrl_c_ends_it_at_once(small: Small) -> None:
    small.close_gate()
    first = small.start("x", start_new_session=True)
    until(lambda: small.installations, first)
    os.killpg(first.pid, signal.SIGINT)
    out, err = first.communicate(timeout=PATIENCE)
    assert "Traceback" not in err
    assert "interrupted" in err
    assert first.returncode in (130, -signal.SIGINT)  # as the shell hears of it itself
    small.open_gate()
    assert small.run("x")[:2] == WORKS


def test_a_half_written_uv_is_fetched_again(small: Small) -> None:
    small.uv.write_text("")
    (small.uv.parents[1] / "new").mkdir()
    assert small.run("x")[:2] == WORKS
    assert small.uv.read_text()


def test_where_uv_fails_pip_installs_and_says_so(small: Small) -> None:
    (small.fakes / "uv-fails").touch()
    code, out, err = small.run("x")
    assert (code, out) == WORKS
    assert "uv could not install them (error: no route to the index)" in err
    assert "pip installs them instead" in err


def test_where_uv_cannot_be_had_pip_installs_and_says_so(new: Small) -> None:
    (new.fakes / "uv-9.9-py3-none-any.whl").unlink()
    code, out, err = new.run("x")
    assert (code, out) == WORKS
    assert "uv cannot be fetched (ERROR: No matching distribution found for uv==9.9" in err
    assert "pip installs them instead" in err


@pytest.mark.parametrize("end", ["0000\n", ""], ids=["another hash", "no hash"])
def test_what_is_not_the_very_package_is_refused(small: Small, end: str) -> None:
    lock = small.root / "requirements.lock"
    lock.write_text(lock.read_text()[:-5] + end if end else "tiny==9.9\n")
    code, out, err = small.run("x")
    assert (code, out) == (1, "")
    assert "hash" in err.lower()
    assert "could not be installed" in err


def test_a_failed_installation_leaves_nothing_that_looks_done(small: Small) -> None:
    (small.fakes / "tiny-9.9-py3-none-any.whl").unlink()
    code, out, err = small.run("x")
    assert (code, out) == (1, "")
    assert "No matching distribution found for tiny==9.9" in err
    assert "Then run the same command again." in err
    assert not small.venv.exists()


def test_tools_come_when_they_are_first_asked_for(small: Small) -> None:
    small.run("x")
    assert not (_site(small) / "tool.py").exists()
    assert small.run("tools")[:2] == (0, "<tools>")
    assert (_site(small) / "tool.py").exists()
    assert small.run("tools") == (0, "<tools>", "")
    assert small.installations == 2


def test_tools_that_a_kill_left_half_installed_are_installed_anew(small: Small) -> None:
    small.run("x")
    (small.venv / "installing").touch()
    assert small.run("tools")[:2] == (0, "<tools>")
    assert "--force-reinstall" in small.log[-1]
    (small.venv / "installed-dev.lock").unlink()
    small.run("tools")
    assert "--force-reinstall" not in small.log[-1]


def test_tools_that_cannot_be_installed_leave_what_runs(small: Small) -> None:
    small.run("x")
    (small.fakes / "tool-9.9-py3-none-any.whl").unlink()
    code, _, err = small.run("tools")
    assert code
    assert "could not be installed" in err
    assert small.run("x") == (0, "<x>", "")


def test_a_pipe_gets_lines(new: Small) -> None:
    new.extra["TERM"] = "xterm"
    err = new.run("x")[2]
    assert "\r" not in err
    assert "\x1b" not in err
    *steps, last = [line for line in err.splitlines() if not line.startswith(" ")]
    assert steps == [
        "Fetching uv, once for all checkouts ...",
        "Making .venv ...",
        "Installing the packages of requirements.lock ...",
    ]
    assert last.startswith("Installed requirements.lock in ")


def test_a_terminal_sees_one_line_that_lives(small: Small) -> None:
    small.extra["TERM"] = "xterm"
    ours, theirs = pty.openpty()
    run = small.start("x", stderr=theirs)
    os.close(theirs)
    seen = b""
    while True:
        try:
            seen += os.read(ours, 1000)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    assert run.communicate(timeout=PATIENCE)[0] == "<x>"
    assert b"\rInstalling the packages of requirements.lock ... 0 s" in seen
    assert seen.endswith(b" s.\r\n")
    assert seen.count(b"\n") == 1

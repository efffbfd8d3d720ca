from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

from localcloud.engine.program.host import QuietEngine, load_sibling, read_line
from localcloud.engine.program.programs import HOST


def test_debug_lines_do_not_leave_the_program() -> None:
    passed_on: list[Any] = []
    engine = QuietEngine(SimpleNamespace(Log=passed_on.append, Other="other"))
    for severity in (0, 1, 2, 3):
        engine.Log(SimpleNamespace(severity=severity))
    assert [request.severity for request in passed_on] == [1, 2, 3]
    assert engine.Other == "other"


def test_a_line_is_read_and_nothing_behind_it() -> None:
    read, write = os.pipe()
    os.write(write, b"first\nsecond")
    os.close(write)
    assert read_line(read) == b"first\n"
    assert os.read(read, 100) == b"second"
    assert read_line(read) == b""
    os.close(read)


def test_files_beside_are_loaded_without_a_trace() -> None:
    module = load_sibling("failure")
    assert module.describe(SystemExit(0), "/") == {}
    assert "failure" not in sys.modules


def test_a_host_that_gets_no_job_leaves() -> None:
    read, write = os.pipe()
    done = subprocess.run(
        [sys.executable, "-P", str(HOST), "run", str(write)],
        stdin=subprocess.DEVNULL,
        pass_fds=[write],
        check=False,
    )
    os.close(write)
    assert (done.returncode, os.read(read, 10)) == (0, b"")
    os.close(read)

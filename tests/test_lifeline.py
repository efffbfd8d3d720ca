from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.lifeline import ROOT
from tests.patience import until

CONFTEST = "from tests.conftest import lifeline as lifeline\n"
TEST = """
import subprocess, sys, time
from localcloud.emulator import Emulator

def test(tmp_path):
    emulator = Emulator(tmp_path / "emulator")
    emulator.start()
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1, cwd=tmp_path)
    print("started", emulator.status().pid, child.pid, flush=True)
    time.sleep(100_000)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_nothing_running(tmp_path: Path, number: int) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text(TEST)
    command = [sys.executable, "-m", "pytest", "-s", "-q", f"--basetemp={tmp_path / 'base'}"]
    with subprocess.Popen(
        [*command, str(tmp_path / "test_it.py")],
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    ) as run:
        assert run.stdout is not None
        line = next(line for line in run.stdout if line.startswith("started"))
        started = [psutil.Process(int(pid)) for pid in line.split()[1:]]
        run.send_signal(number)
    until(lambda: not any(process.is_running() for process in started), f"the end of {started}")

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from localcloud.engine.api import EngineError
from localcloud.engine.program import programs as program
from localcloud.engine.program.programs import Programs, RunRequest, SpareProcess
from tests.localcloud.engine.lab import Lab, environment
from tests.patience import PATIENCE


def request(folder: Path, code: str) -> RunRequest:
    (folder / "__main__.py").write_text(code)
    return RunRequest(
        program=str(folder),
        root=str(folder),
        project="p",
        stack="dev",
        organization="organization",
        address="unix:/nowhere",
        dry_run=True,
        parallel=1,
        config={},
        secret_keys=[],
    )


def test_a_program_that_cannot_reach_its_engine_reports_so(
    tmp_path: Path, programs: Programs
) -> None:
    lines: list[str] = []
    started = programs.start(request(tmp_path, ""), lines.append)
    assert started.ended.wait(PATIENCE)
    started.stop()
    assert started.report
    assert "Resource monitor has terminated" in started.report["error"]


def test_stopping_a_program_ends_it(tmp_path: Path, lab: Lab) -> None:
    lines: list[str] = []
    started = lab.programs.start(
        request(tmp_path, "import time; time.sleep(100_000)"), lines.append
    )
    started.stop()
    started.stop()
    assert started.ended.wait(PATIENCE)
    assert started.report is None


def test_where_fork_is_not_safe_a_spare_process_stands_ready(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "CAN_FORK", False)
    spare = Programs(sys.executable, environment())
    try:
        lab.engine._programs = spare
        spare.warm()
        first = spare._ready
        assert isinstance(first, SpareProcess)
        assert lab.up('a = Thing("a")\nexport("x", a.arn)\nprint("hello")').changes == {"create": 2}
        assert lab.messages("info") == ["hello"]
        assert spare._ready is None
        assert lab.up().changes == {"same": 2}
        spare.warm()
        assert spare._ready is not first
    finally:
        spare.close()


def test_an_unused_spare_ends_with_its_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "CAN_FORK", False)
    spare = Programs(sys.executable, environment())
    spare.warm()
    ready = spare._ready
    assert ready is not None
    spare.close()
    assert ready._process.poll() is not None


def test_at_most_one_process_waits(programs: Programs) -> None:
    programs.warm()
    ready = programs._ready
    programs.warm()
    assert programs._ready is ready


def test_large_configurations_reach_the_program(lab: Lab) -> None:
    lab.configure("p:big", "x" * 300_000)
    assert lab.up("export('n', len(pulumi.Config().require('big')))").outputs == {"n": 300_000}


def test_a_python_that_is_not_there_is_an_error(lab: Lab) -> None:
    programs = Programs("/no/such/python", environment())
    lab.engine._programs = programs
    with pytest.raises(EngineError, match="/no/such/python cannot be started: No such file"):
        lab.up("pass")

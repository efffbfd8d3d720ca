from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.reports.report import GateReport, Result
from orchestrator.runs import gate as smoke
from tests.patience import has_ended, until

GREEN = "def test_one(): pass\n"
RED = "def test_two():\n    raise ValueError('no answer')\n"
SEES = """
import json, os
def test_outputs():
    assert json.load(open(os.environ["MICROSTACK_DEPLOYED"])) == {
        "environment": "local", "region": "us-east-1", "outputs": {"api": {"url": "x"}}
    }
"""


def run(root: Path, *sources: str) -> GateReport:
    folder = root / "tests" / "smoke"
    folder.mkdir(parents=True)
    for number, source in enumerate(sources):
        (folder / f"test_{number}.py").write_text(source)
    with smoke.SmokeSuite(root, dict(os.environ), root / "smoke.log") as suite:
        return suite.run(environment="local", region="us-east-1", outputs={"api": {"url": "x"}})


def test_green_checks_open_the_gate(tmp_path: Path) -> None:
    report = run(tmp_path, GREEN, SEES)
    assert (report.result, report.passed, report.failed) == (Result.SUCCEEDED, 2, 0)


def test_a_red_check_closes_it_and_is_named_with_its_reason(tmp_path: Path) -> None:
    report = run(tmp_path, GREEN, RED)
    assert (report.result, report.passed, report.failed) == (Result.FAILED, 1, 1)
    (failure,) = report.failures
    assert "test_two" in failure
    assert "no answer" in failure


@pytest.mark.parametrize("source", ["", "import nothing_of_that_name\n"])
def test_a_suite_that_checks_nothing_is_not_green(tmp_path: Path, source: str) -> None:
    assert run(tmp_path, source).result is Result.FAILED


def test_a_suite_that_was_warmed_is_the_one_that_runs_and_each_region_has_one(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "tests" / "smoke"
    folder.mkdir(parents=True)
    (folder / "conftest.py").write_text("open('started', 'a').write('x')\n")
    (folder / "test_one.py").write_text(GREEN)
    with smoke.SmokeSuite(tmp_path, dict(os.environ), tmp_path / "smoke.log") as suite:
        suite.warm()
        for started, region in (("x", "us-east-1"), ("xx", "us-west-2")):
            assert suite.run(environment="local", region=region, outputs={}).passed == 1
            assert (tmp_path / "started").read_text() == started


def test_a_suite_that_ends_before_it_begins_is_red(tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "smoke"
    folder.mkdir(parents=True)
    (folder / "conftest.py").write_text("import os\nos._exit(3)\n")
    with smoke.SmokeSuite(tmp_path, dict(os.environ), tmp_path / "smoke.log") as suite:
        report = suite.run(environment="local", region="us-east-1", outputs={})
    assert (report.result, report.failures) == (Result.FAILED, ["the smoke suite did not start"])


def test_a_suite_that_was_warmed_and_not_needed_just_ends(tmp_path: Path) -> None:
    checks = tmp_path / "tests" / "smoke"
    checks.mkdir(parents=True)
    (checks / "test_one.py").write_text("def test_one():\n    open('ran', 'w')\n")
    with smoke.SmokeSuite(tmp_path, dict(os.environ), tmp_path / "smoke.log") as suite:
        suite.warm()
    assert "no tests ran" in (tmp_path / "smoke.log").read_text()
    assert not (tmp_path / "ran").exists()


LONG = """
import os, time
def test_long():
    open("began", "w").write(str(os.getpid()))
    time.sleep(100_000)
"""
RUN = """
import os, sys
from pathlib import Path
from orchestrator.runs.gate import SmokeSuite
root = Path(sys.argv[1])
with SmokeSuite(root, dict(os.environ), root / "smoke.log") as suite:
    suite.run(environment="local", region="us-east-1", outputs={})
"""


def test_checks_end_with_a_killed_run(tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "smoke"
    folder.mkdir(parents=True)
    (folder / "test_long.py").write_text(LONG)
    with subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path)]) as run_:
        began = tmp_path / "began"
        until(lambda: began.exists() and began.read_text() != "", "the checks begin")
        checks = int(began.read_text())
        run_.kill()
    until(lambda: has_ended(checks), "the checks end")

"""What is to be checked must be there; what is red is said with what mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.errors import UsageError
from orchestrator.verbs import quality

GREEN = "def test_one() -> None:\n    pass\n"
RED = "def test_two() -> None:\n    assert not 1\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "test_some.py").write_text(GREEN + RED)
    return tmp_path


def test_tests_that_are_not_there_are_refused_before_pytest_starts(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for path in ("nothing", "nothing.py::test_one"):
        with pytest.raises(UsageError, match=f"no file or folder '{path}'"):
            quality.test(root, path, fast=False)
    assert capfd.readouterr() == ("", "")


def test_one_test_can_be_named(root: Path) -> None:
    quality.test(root, "test_some.py::test_one", fast=False)


def test_red_tests_are_not_to_be_mended_by_formatting(root: Path) -> None:
    with pytest.raises(quality.CheckFailed) as caught:
        quality.test(root, "test_some.py::test_two", fast=False)
    assert str(caught.value) == "tests: red; see above."


def test_what_is_not_formatted_can_be_mended_by_itself(root: Path) -> None:
    (root / "tests").mkdir()
    (root / "tests" / "wrong.py").write_text("x  =  1\n")
    with pytest.raises(quality.CheckFailed, match=r"^format: red.*: \./invoke check --fix$"):
        quality.check(root, fix=False, static=True)


def test_a_benchmark_that_there_is_not_is_refused_with_those_that_there_are(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match="no benchmark 'x'.*layers, everything, parameters"):
        quality.bench(root, "x")
    assert capfd.readouterr() == ("", "")

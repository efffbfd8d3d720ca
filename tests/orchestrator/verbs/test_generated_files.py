"""Files that are made from code: the committed ones are up to date, and stale ones are mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.verbs.generated_files import GENERATED, main, stale

ROOT = Path(__file__).resolve().parents[3]
OWNERS = ".github/CODEOWNERS"


def test_the_committed_files_are_up_to_date() -> None:
    assert stale(ROOT) == [], "./invoke check --fix"


def test_a_stale_file_is_named_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([OWNERS]) == 1
    assert capsys.readouterr().err == f"{OWNERS}: stale\n"
    assert not (tmp_path / OWNERS).exists()


def test_fix_writes_all_of_them_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--fix"]) == 0
    assert {name: (tmp_path / name).read_text() for name in GENERATED} == {
        name: (ROOT / name).read_text() for name in GENERATED
    }
    assert stale(tmp_path) == []

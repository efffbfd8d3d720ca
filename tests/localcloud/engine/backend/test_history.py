from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from localcloud.engine.backend import history
from localcloud.engine.errors import StateCorrupt
from tests.localcloud.engine.stacks import CLI_DATA

RUN = history.Update(
    kind="update",
    started=1795229029,
    ended=1795229032,
    result="failed",
    message="why",
    config={"b:k": {"secure": "v1:…"}, "a:k": "v"},
    changes={"create": 2, "same": 0},
)


def test_the_record_has_the_cli_s_shape() -> None:
    theirs = json.loads((CLI_DATA / "history.json").read_bytes())
    ours = RUN.document()
    assert list(ours) == list(theirs)
    assert {key: type(item) for key, item in ours.items()} == {
        key: type(item) for key, item in theirs.items()
    }
    assert ours["resourceChanges"] == {"create": 2}


def test_what_the_cli_recorded_is_read(tmp_path: Path) -> None:
    shutil.copy(CLI_DATA / "history.json", tmp_path / "dev-1795229032922952792.history.json")
    [update] = history.entries(tmp_path, "dev")
    assert (update.kind, update.result, update.changes) == ("update", "succeeded", {"create": 3})
    assert update.config["golden:size"] == "4"


def test_runs_are_listed_latest_first_each_with_the_state_it_left(tmp_path: Path) -> None:
    state, folder = tmp_path / "dev.json", tmp_path / "history"
    for number in range(3):
        state.write_text(f"state {number}")
        update = history.Update(kind="update", started=number, ended=number, result="succeeded")
        history.add(folder, "dev", update, state)
    assert [update.started for update in history.entries(folder, "dev")] == [2, 1, 0]
    copies = sorted(folder.glob("dev-*.checkpoint.json"))
    assert [copy.read_text() for copy in copies] == ["state 0", "state 1", "state 2"]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_stack_that_never_ran_has_no_history(tmp_path: Path) -> None:
    assert history.entries(tmp_path / "none", "dev") == []


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    (tmp_path / "dev-1.history.json").write_text("{")
    with pytest.raises(StateCorrupt, match=r"dev-1\.history"):
        history.entries(tmp_path, "dev")

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from localcloud.engine.backend.backend import FileBackend, StackHandle
from localcloud.engine.backend.history import Update
from localcloud.engine.errors import (
    StackExists,
    StackInUse,
    StackLocked,
    StackNotFound,
    StateConflict,
    StateCorrupt,
    StateUnsupported,
    WrongPassphrase,
)
from localcloud.engine.state.journal import announce_fold
from localcloud.engine.state.model import Snapshot
from localcloud.engine.values.values import Archive, Asset, Secret
from tests.localcloud.engine.stacks import (
    CLI_DATA,
    PASSPHRASE,
    REPOSITORY,
    backend_in,
    crypter,
    names,
    new_stack,
    resource,
    resources_of,
    root,
    violations,
)


@pytest.fixture
def cli_stack(tmp_path: Path) -> StackHandle:
    """The stack `dev` of `golden` as the CLI left it."""
    folder = tmp_path / ".pulumi" / "stacks" / "golden"
    folder.mkdir(parents=True)
    shutil.copy(CLI_DATA / "state.json", folder / "dev.json")
    (tmp_path / ".pulumi" / "meta.yaml").write_text("version: 1\n")
    return FileBackend(f"file://{tmp_path}", PASSPHRASE).open("golden", "dev")


def test_a_stack_of_the_cli_is_read(cli_stack: StackHandle) -> None:
    snapshot = cli_stack.load()
    stack, outer, provider, inner, reference = snapshot.resources
    assert outer.inputs == {"inside": Secret("swordfish")}
    assert inner.parent == outer.urn
    assert provider.custom
    assert reference.provider == f"{provider.urn}::{provider.id}"
    assert reference.external
    assert reference.outputs["outputs"]["mixed"]["secret"] == Secret({"k": "<&é\u2028"})
    assert snapshot.stack_outputs() == stack.outputs == cli_stack.outputs()


def test_outputs_of_the_cli_are_read(cli_stack: StackHandle) -> None:
    outputs = cli_stack.outputs()
    assert outputs["size"] == 4
    assert outputs["pw"] == outputs["fromBase"] == Secret("open sesame")
    assert outputs["mixed"]["list"] == [1, 2.5, None, True]
    assert isinstance(outputs["asset"], Asset)
    assert isinstance(outputs["archive"], Archive)


def test_a_run_changes_only_what_it_changed(cli_stack: StackHandle) -> None:
    before = resources_of(json.loads(cli_stack.path.read_bytes()))
    with cli_stack.lock():
        snapshot = cli_stack.load()
        with cli_stack.journal(snapshot) as journal:
            for state in snapshot.resources:
                journal.same(state)
            inner = snapshot.resources[3]
            inner.outputs = {"x": 2}
            journal.change(put=inner)
    document = json.loads(cli_stack.path.read_bytes())
    after = resources_of(document)
    assert after[3] == before[3] | {"outputs": {"x": 2}}
    assert [*after[:3], after[4]] == [*before[:3], before[4]]  # ciphertexts included
    assert document["checkpoint"]["latest"]["manifest"]["magic"]
    backup = json.loads(cli_stack.path.with_name("dev.json.bak").read_bytes())
    assert resources_of(backup) == before
    assert cli_stack.path.stat().st_mode & 0o777 == 0o600


def test_a_wrong_passphrase_is_one_clear_error(cli_stack: StackHandle) -> None:
    other = FileBackend(cli_stack.backend.url, "wrong").open("golden", "dev")
    for read in (other.load, other.outputs):
        with pytest.raises(WrongPassphrase, match="passphrase"):
            read()


def test_the_life_of_a_stack(tmp_path: Path) -> None:
    handle = new_stack(tmp_path)
    assert handle.exists()
    assert handle.load() == Snapshot(document=handle.load().document, digest=handle.load().digest)
    assert handle.outputs() == {}
    assert (tmp_path / ".pulumi" / "meta.yaml").read_text() == "version: 1\n"
    assert backend_in(tmp_path).stacks() == [("demo", "dev")]
    with pytest.raises(StackExists):
        handle.create(crypter())
    with handle.lock(), handle.journal(handle.load()) as journal:
        journal.change(add=root())
    handle.history_add(Update(kind="update", started=1, ended=2, result="succeeded"))
    assert handle.history()[0].ended == 2
    with pytest.raises(StackInUse):
        handle.remove()
    handle.remove(force=True)
    assert not handle.exists()
    assert backend_in(tmp_path).stacks() == []
    assert not [path for path in tmp_path.rglob("dev*") if path.is_file()]
    with pytest.raises(StackNotFound, match="Stack dev of demo"):
        handle.load()
    handle.create(crypter())
    assert handle.history() == []


def test_a_compressed_state_is_refused_by_name(tmp_path: Path) -> None:
    handle = new_stack(tmp_path)
    handle.path.rename(handle.path.with_name("dev.json.gz"))
    with pytest.raises(StateUnsupported, match="compressed"):
        handle.load()


def test_a_damaged_state_is_named(tmp_path: Path) -> None:
    handle = new_stack(tmp_path)
    handle.path.write_bytes(handle.path.read_bytes()[:-5])
    with pytest.raises(StateCorrupt, match=r"dev\.json"):
        handle.load()


def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    handle = new_stack(tmp_path)
    with handle.lock():
        again = FileBackend(handle.backend.url, PASSPHRASE).open("demo", "dev")
        with pytest.raises(StackLocked), again.lock():
            pass
    with again.lock():
        pass


# --- what a crash can leave ----------------------------------------------------------------------


def crashed(handle: StackHandle) -> Path:
    """Leave the journal of a run that made `a`, was making `b`, and died."""
    with handle.lock():
        journal = handle.journal(handle.load())
        journal.change(add=root())
        journal.end(journal.begin("creating", resource("a")), add=resource("a", id="1"))
        journal.begin("creating", resource("b", "a", inputs={"name": "b-77"}))
    [path] = (handle.backend.folder / "journals" / "demo").iterdir()
    return path


def test_the_next_run_goes_on_where_a_crash_stopped(tmp_path: Path) -> None:
    handle = new_stack(tmp_path)
    path = crashed(handle)
    assert names(handle) == ["demo-dev", "a"]
    assert path.exists()  # reading changes nothing
    notices: list[str] = []
    with handle.lock(notices.append):
        assert not path.exists()
        snapshot = handle.load()
        assert [operation.resource.inputs for operation in snapshot.pending_operations] == [
            {"name": "b-77"}
        ]
        with handle.journal(snapshot) as journal:
            adopted = resource("b", "a", id="2")
            journal.end(snapshot.pending_operations[0].token, add=adopted)
    assert "interrupted" in notices[0]
    assert names(handle) == ["demo-dev", "a", "b"]
    assert not violations(resources_of(handle.load().document))
    assert handle.load().pending_operations == []


PRELUDE = """
import os, pathlib, sys
from tests.localcloud.engine.stacks import backend_in, PASSPHRASE, resource
from localcloud.engine.backend.backend import FileBackend
handle = FileBackend(sys.argv[1], PASSPHRASE).open("demo", "dev")
def die_when_the_journal_is_to_go():
    pathlib.Path.unlink = lambda *_, **__: os._exit(9)
"""
DIES_FOLDING = """
with handle.lock(), handle.journal(handle.load()) as journal:
    journal.change(add=resource("late", id="3"))
    die_when_the_journal_is_to_go()
"""
DIES_RECOVERING = """
die_when_the_journal_is_to_go()
with handle.lock(): pass
"""


@pytest.mark.parametrize("script", [DIES_FOLDING, DIES_RECOVERING])
def test_a_crash_right_after_the_fold_repeats_nothing(tmp_path: Path, script: str) -> None:
    handle = new_stack(tmp_path)
    if script is DIES_RECOVERING:
        crashed(handle)
    command = [sys.executable, "-c", PRELUDE + script, handle.backend.url]
    assert subprocess.run(command, cwd=REPOSITORY).returncode == 9
    left = list((handle.backend.folder / "journals" / "demo").iterdir())
    expected = ["late"] if script is DIES_FOLDING else ["demo-dev", "a"]
    assert names(handle) == expected
    with handle.lock():
        assert names(handle) == expected
    assert left
    assert not any(path.exists() for path in left)


def test_a_crash_between_the_note_and_the_fold_loses_nothing(tmp_path: Path) -> None:
    handle = new_stack(tmp_path)
    path = crashed(handle)
    announce_fold(path, "the digest of a file that was never put in place")
    assert names(handle) == ["demo-dev", "a"]
    with handle.lock():
        assert names(handle) == ["demo-dev", "a"]
    assert not path.exists()


def test_a_state_changed_by_others_meanwhile_is_never_overwritten(tmp_path: Path) -> None:
    handle = new_stack(tmp_path)
    path = crashed(handle)
    document = json.loads(handle.path.read_bytes())
    document["checkpoint"]["latest"]["manifest"]["version"] = "v9"
    handle.path.write_text(json.dumps(document))
    with pytest.raises(StateConflict, match=str(path)):
        handle.load()
    with pytest.raises(StateConflict), handle.lock():
        pass
    assert json.loads(handle.path.read_bytes()) == document
    path.unlink()  # as the message says
    with handle.lock():
        assert names(handle) == []


def test_a_snapshot_of_before_the_lock_is_refused(tmp_path: Path) -> None:
    handle = new_stack(tmp_path)
    stale = handle.load()
    with handle.lock(), handle.journal(handle.load()) as journal:
        journal.change(add=root())
    with handle.lock(), pytest.raises(StateConflict, match="changed since"):
        handle.journal(stale)


def test_a_fold_does_not_overwrite_what_others_wrote_during_the_run(tmp_path: Path) -> None:
    handle = new_stack(tmp_path)

    def run() -> None:
        with handle.lock(), handle.journal(handle.load()) as journal:
            journal.change(add=root())
            handle.path.write_text(handle.path.read_text() + "\n")

    with pytest.raises(StateConflict):
        run()
    assert handle.path.read_text().endswith("\n")


def test_a_journal_of_a_removed_stack_is_forgotten(tmp_path: Path) -> None:
    handle = new_stack(tmp_path)
    path = crashed(handle)
    handle.path.unlink()
    with handle.lock():
        handle.create(crypter())
        assert names(handle) == []
    assert not path.exists()

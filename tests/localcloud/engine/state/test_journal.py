from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from localcloud.engine.backend.backend import StackHandle
from localcloud.engine.errors import StateCorrupt, StateNotWritten
from localcloud.engine.state.journal import JournalContent, announce_fold, read_journal
from localcloud.engine.state.model import ResourceState, Snapshot, state_to_document
from localcloud.engine.values.values import Secret
from tests.localcloud.engine.random_runs import random_run, truth_of
from tests.localcloud.engine.stacks import (
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

JOURNAL = ".pulumi/journals/demo/dev.jsonl"


def lines(folder: Path) -> list[Any]:
    """The journal, parsed."""
    return [json.loads(line) for line in (folder / JOURNAL).read_text().splitlines()]


@pytest.fixture
def stack(tmp_path: Path) -> StackHandle:
    """A stack that has its own resource and nothing else."""
    handle = new_stack(tmp_path)
    with handle.lock(), handle.journal(handle.load()) as journal:
        journal.change(add=root())
    return handle


def test_steps_reach_the_state_at_the_end(stack: StackHandle, tmp_path: Path) -> None:
    with stack.lock(), stack.journal(stack.load()) as journal:
        made = resource("a")
        token = journal.begin("creating", made)
        journal.end(token, add=made)
        assert (tmp_path / JOURNAL).exists()
    assert not (tmp_path / JOURNAL).exists()
    assert names(stack) == ["demo-dev", "a"]


def test_two_runs_never_share_a_journal(stack: StackHandle, tmp_path: Path) -> None:
    snapshot = stack.load()
    with stack.lock(), stack.journal(snapshot) as journal:
        journal.begin("creating", resource("a"))
        before = (tmp_path / JOURNAL).read_bytes()
        with pytest.raises(StateNotWritten, match="File exists"):
            stack.journal(snapshot)
        assert (tmp_path / JOURNAL).read_bytes() == before


def written(state: ResourceState) -> dict[str, Any]:
    """A resource without secrets, as a journal has it."""
    return state_to_document(state, crypter())


def test_the_lines_on_disk_are_these(stack: StackHandle, tmp_path: Path) -> None:
    """Another version reads them after a crash: neither names nor order may change."""
    old = stack.load().resources[0]
    a, b, changed = resource("a", id="1"), resource("b"), replace(root(), outputs={"x": 1})
    with stack.lock(), stack.journal(stack.load()) as journal:
        header, *_ = lines(tmp_path)
        assert header == {"journal": 1, "base": sha256(stack.path.read_bytes()).hexdigest()}

        token = journal.begin("creating", a)
        journal.end(token, add=a)
        failed = journal.begin("updating", a)
        journal.end(failed)
        journal.same(old)
        journal.same(a, replace(a, protect=True))
        journal.change(add=b)
        journal.change(put=replace(changed, handle=old.handle))
        journal.end(journal.begin("deleting", b), mark_pending_replacement=b)
        journal.change(mark_delete=a)
        journal.end(None, remove=a)

        assert (token, failed, a.handle, b.handle) == (0, 1, 1, 2)
        assert lines(tmp_path)[1:] == [
            {"begin": 0, "type": "creating", "resource": written(a)},
            {"end": 0, "add": [1, written(a)]},
            {"begin": 1, "type": "updating", "resource": written(a)},
            {"end": 1},
            {"same": 0},
            {"same": 1, "state": written(replace(a, protect=True))},
            {"change": True, "add": [2, written(b)]},
            {"change": True, "put": [0, written(changed)]},
            {"begin": 2, "type": "deleting", "resource": written(b)},
            {"end": 2, "pending": 2},
            {"change": True, "delete": 1},
            {"change": True, "remove": 1},
        ]


def test_a_journal_that_was_written_before_is_read_and_goes_on(
    stack: StackHandle, tmp_path: Path
) -> None:
    digest = sha256(stack.path.read_bytes()).hexdigest()
    a, b, c = (written(resource(name, id=name)) for name in "abc")
    records = [
        {"journal": 1, "base": digest},
        {"change": True, "add": [1, a]},
        {"begin": 0, "type": "creating", "resource": b},
        {"end": 0, "add": [2, b]},
        {"begin": 1, "type": "creating", "resource": c},
        {"same": 1, "state": a | {"protect": True}},
        {"change": True, "put": [2, b | {"outputs": {"x": 1}}], "delete": 1},
        {"change": True, "pending": 2},
    ]
    path = tmp_path / JOURNAL
    path.write_text("".join(json.dumps(record) + "\n" for record in records))

    snapshot = stack.load()
    with stack.lock():
        assert by_id(stack.load()) == by_id(snapshot)
        with stack.journal(stack.load()) as journal:
            journal.end(0)

    assert not path.exists()
    states = {state.urn.rpartition("::")[2]: state for state in snapshot.resources}
    assert (states["a"].delete, states["a"].protect) == (True, True)
    assert (states["b"].pending_replacement, states["b"].outputs) == (True, {"x": 1})
    assert [(op.type, op.resource.id) for op in snapshot.pending_operations] == [("creating", "c")]
    assert stack.load().pending_operations == []


def test_an_unchanged_instance_keeps_its_identity(stack: StackHandle) -> None:
    with stack.lock(), stack.journal(stack.load()) as journal:
        new = replace(root(), outputs={"x": 1})
        journal.same(stack.load().resources[0], new)
        journal.change(put=replace(new, outputs={"x": 2}))
    assert stack.load().stack_outputs() == {"x": 2}


def test_what_was_sent_half_before_the_file_was_full_is_taken_back(
    stack: StackHandle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(file: int, content: bytes) -> int:
        if sent:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sent.append(content)
        return write(file, content[: len(content) // 2])

    sent: list[bytes] = []
    write = os.write
    with stack.lock(), stack.journal(stack.load()) as journal:
        before = (tmp_path / JOURNAL).read_bytes()
        monkeypatch.setattr(os, "write", half)
        with pytest.raises(StateNotWritten, match="No space left"):
            journal.change(add=resource("a"))
        monkeypatch.undo()
        assert (tmp_path / JOURNAL).read_bytes() == before
        journal.change(add=resource("b"))
    assert names(stack) == ["demo-dev", "a", "b"]


def test_readers_see_steps_before_the_end(stack: StackHandle) -> None:
    with stack.lock(), stack.journal(stack.load()) as journal:
        journal.end(journal.begin("creating", resource("a")), add=resource("a", id="1"))
        journal.begin("creating", resource("b", inputs={"name": "b-1234"}))
        seen = stack.load()
        assert [state.id for state in seen.resources] == ["", "1"]
        assert seen.pending_operations[0].resource.inputs == {"name": "b-1234"}


def test_an_unchanged_run_writes_nothing(stack: StackHandle, tmp_path: Path) -> None:
    before = stack.path.stat()
    with stack.lock():
        snapshot = stack.load()
        with stack.journal(snapshot) as journal:
            header = (tmp_path / JOURNAL).stat().st_size
            for state in snapshot.resources:
                journal.same(state)
            assert (tmp_path / JOURNAL).stat().st_size == header
    assert stack.path.stat() == before


def test_a_failed_run_is_folded_too(stack: StackHandle) -> None:
    def run() -> None:
        with stack.lock(), stack.journal(stack.load()) as journal:
            journal.change(add=resource("a"))
            raise RuntimeError("the program broke")

    with pytest.raises(RuntimeError):
        run()
    assert names(stack) == ["demo-dev", "a"]


def test_folding_twice_does_nothing_and_a_closed_journal_takes_nothing(stack: StackHandle) -> None:
    with stack.lock(), stack.journal(stack.load()) as journal:
        journal.fold()
        journal.fold()
        with pytest.raises(StateNotWritten, match="closed"):
            journal.change(add=resource("a"))


def test_an_instance_must_be_known_to_be_changed(stack: StackHandle) -> None:
    with (
        stack.lock(),
        stack.journal(stack.load()) as journal,
        pytest.raises(ValueError, match="not in the snapshot"),
    ):
        journal.change(remove=resource("stranger"))


def by_id(snapshot: Snapshot) -> dict[tuple[str, str], ResourceState]:
    """Readers of a running run need not see the order: unchanged ones wait for a real record."""
    return {(state.urn, state.id): state for state in snapshot.resources}


def test_random_runs_leave_exactly_what_they_reported(stack: StackHandle, tmp_path: Path) -> None:
    for seed in range(25):
        with stack.lock():
            snapshot = stack.load()
            with stack.journal(snapshot) as journal:
                for operation in snapshot.pending_operations:
                    journal.end(operation.token)
                snapshot = stack.load()
                run = random_run(stack, journal, tmp_path / JOURNAL, snapshot, random.Random(seed))
                before_the_fold = stack.load()
        after = stack.load()
        assert truth_of(after) == truth_of(before_the_fold) == run.checkpoints[-1][1], seed
        assert by_id(after) == by_id(before_the_fold)
        assert not violations(resources_of(after.document)), seed


@pytest.mark.parametrize("seed", range(4))
def test_a_journal_torn_at_any_byte_gives_the_last_whole_step(tmp_path: Path, seed: int) -> None:
    handle = new_stack(tmp_path / "whole")
    with handle.lock(), handle.journal(handle.load()) as journal:
        journal.change(add=root())
        for name in ("r0", "r1", "r2", "r5"):
            journal.change(add=resource(name, id=f"{name}-old"))
    path = tmp_path / "whole" / JOURNAL
    with handle.lock():
        snapshot = handle.load()
        with handle.journal(snapshot) as journal:
            run = random_run(handle, journal, path, snapshot, random.Random(seed))
            content = path.read_bytes()
            shutil.copytree(tmp_path / "whole", tmp_path / "torn")
    torn = backend_in(tmp_path / "torn").open("demo", "dev")
    boundaries = sorted({size for size, _ in run.checkpoints})
    for cut in [*boundaries[:-3], *range(boundaries[-4], len(content) + 1)]:
        (tmp_path / "torn" / JOURNAL).write_bytes(content[:cut])
        snapshot = torn.load()
        expected = next(truth for size, truth in reversed(run.checkpoints) if size <= cut)
        assert truth_of(snapshot) == expected, cut
        assert not violations(resources_of(snapshot.document)), cut


def test_a_journal_torn_in_its_first_line_is_no_journal(stack: StackHandle, tmp_path: Path) -> None:
    path = tmp_path / JOURNAL
    for start in ("", "{", '{"journal":1,"base":"abc"}'):
        path.write_text(start)
        assert names(stack) == ["demo-dev"]
        with stack.lock():
            assert not path.exists()


@pytest.mark.parametrize("line", ["{broken}\n", "5\n", '{"journal":99,"base":""}\n'])
def test_a_damaged_journal_is_named(stack: StackHandle, tmp_path: Path, line: str) -> None:
    (tmp_path / JOURNAL).write_text(line)
    with pytest.raises(StateCorrupt, match=r"dev\.jsonl"):
        stack.load()


def test_announcing_mends_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "j"
    path.write_text(
        '{"journal":1,"base":"b"}\n{"same":0,"state":{}}\n{"same":1,"state":' + "9" * 200
    )
    announce_fold(path, "f")
    assert read_journal(path) == JournalContent("b", [{"same": 0, "state": {}}], "f")
    assert path.read_text().splitlines()[2:] == ['{"folded":"f"}']


def test_a_fold_that_cannot_be_announced_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(StateNotWritten, match=r"Cannot write .*/gone.jsonl \(No such file"):
        announce_fold(tmp_path / "gone.jsonl", "f")


def test_a_journal_that_somebody_removed_is_no_matter_if_nothing_changed(
    stack: StackHandle, tmp_path: Path
) -> None:
    with stack.lock(), stack.journal(stack.load()):
        (tmp_path / JOURNAL).unlink()
    assert names(stack) == ["demo-dev"]


def test_many_threads_lose_nothing(stack: StackHandle) -> None:
    with stack.lock(), stack.journal(stack.load()) as journal:

        def work(thread: int) -> None:
            for number in range(50):
                state = resource(f"t{thread}-{number}", id=f"{thread}-{number}")
                journal.end(journal.begin("creating", state), add=state)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(set(names(stack))) == 401
    assert stack.load().pending_operations == []


def test_secrets_are_in_no_file_in_plain_text(stack: StackHandle, tmp_path: Path) -> None:
    with stack.lock(), stack.journal(stack.load()) as journal:
        state = resource(
            "a", inputs={"pw": Secret("swordfish")}, outputs={"o": [Secret(["swordfish"])]}
        )
        token = journal.begin("creating", state)
        during = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert tmp_path / JOURNAL in during
        assert not [path for path in during if b"swordfish" in path.read_bytes()]
        journal.end(token, add=state)
    assert stack.load().resources[1].inputs == {"pw": Secret("swordfish")}
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"swordfish" not in path.read_bytes()


def test_a_step_costs_its_resource_only(stack: StackHandle) -> None:
    def calls(count: int) -> int:
        """How many functions that calls, Python's own too: a measure that no machine changes."""
        made = 0

        def note(_frame: object, event: str, _function: object) -> None:
            nonlocal made
            made += event in ("call", "c_call")

        sys.setprofile(note)
        try:
            for number in range(count):
                inputs = {"value": Secret("x" * 50), "tags": {"a": "b"}}
                state = resource(f"n{number}", inputs=inputs)
                journal.end(journal.begin("creating", state), add=state)
        finally:
            sys.setprofile(None)
        return made

    with stack.lock(), stack.journal(stack.load()) as journal:
        first = calls(100)
        calls(1000)
        assert calls(100) < 1.1 * first  # eleven times as many are there already
        assert first < 100 * 1000


CHILD = """
import sys
from tests.localcloud.engine.stacks import backend_in, PASSPHRASE, resource
from localcloud.engine.backend.backend import FileBackend
handle = FileBackend(sys.argv[1], PASSPHRASE).open("demo", "dev")
with handle.lock(), handle.journal(handle.load()) as journal:
    for number in range(100_000):
        state = resource(f"n{number}", id=str(number))
        token = journal.begin("creating", state)
        journal.end(token, add=state)
        print(number, flush=True)
"""


def test_kill_9_takes_nothing_back(stack: StackHandle, tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, stack.backend.url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )
    assert child.stdout is not None
    reported = [child.stdout.readline() for _ in range(200)]
    child.send_signal(signal.SIGKILL)
    reported += child.stdout.readlines()
    child.wait()
    child.stdout.close()
    done = {line.strip() for line in reported if line.endswith("\n")}
    notices: list[str] = []
    with stack.lock(notices.append):
        snapshot = stack.load()
    assert "taken over" in notices[0]
    assert "interrupted" in notices[1]
    assert done <= {state.id for state in snapshot.resources}
    assert len(snapshot.resources) + len(snapshot.pending_operations) <= len(done) + 3
    assert not (tmp_path / JOURNAL).exists()


DISK_FULL_FOR_A_WHILE = """
import os, resource as limits, sys
from tests.localcloud.engine.stacks import PASSPHRASE, resource
from localcloud.engine.backend.backend import FileBackend
from localcloud.engine.errors import StateNotWritten
handle = FileBackend(sys.argv[1], PASSPHRASE).open("demo", "dev")
with handle.lock(), handle.journal(handle.load()) as journal:
    before = limits.getrlimit(limits.RLIMIT_FSIZE)
    limits.setrlimit(limits.RLIMIT_FSIZE, (2500, before[1]))
    try:
        journal.change(add=resource("large", inputs={"x": "x" * 9000}))
    except StateNotWritten:
        limits.setrlimit(limits.RLIMIT_FSIZE, before)
        journal.change(add=resource("later"))
        os._exit(9)
"""


def test_half_a_line_on_a_full_disk_spoils_no_later_ones(stack: StackHandle) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DISK_FULL_FOR_A_WHILE, stack.backend.url], cwd=REPOSITORY
    )
    assert done.returncode == 9
    assert names(stack) == ["demo-dev", "later"]


FULL_DISK = """
import resource as limits, sys
from tests.localcloud.engine.stacks import PASSPHRASE, resource
from localcloud.engine.backend.backend import FileBackend
from localcloud.engine.errors import StateNotWritten
handle = FileBackend(sys.argv[1], PASSPHRASE).open("demo", "dev")
try:
    with handle.lock(), handle.journal(handle.load()) as journal:
        journal.change(add=resource("small"))
        limits.setrlimit(limits.RLIMIT_FSIZE, (2500, 2500))
        journal.change(add=resource("large", inputs={"x": "x" * 9000}))
except StateNotWritten as error:
    print(error)
"""


def test_a_full_disk_is_reported_and_nothing_is_lost(stack: StackHandle, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, stack.backend.url],
        capture_output=True, text=True, check=True, cwd=REPOSITORY,
    )  # fmt: skip
    assert "intact" in done.stdout
    assert json.loads(stack.path.read_bytes())
    assert names(stack)[:2] == ["demo-dev", "small"]
    assert not [path for path in tmp_path.rglob(".writing-*")]

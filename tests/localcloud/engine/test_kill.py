"""kill -9 at any moment, then the same again: nothing is made twice, nothing is left over."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from localcloud.engine.program.programs import Programs
from tests.localcloud.engine.lab import Lab, environment
from tests.localcloud.engine.stacks import PASSPHRASE, REPOSITORY
from tests.patience import PATIENCE, until

PROGRAM = """
        first = [Thing(f"first{i}", slow=0.02, value=str(i)) for i in range(8)]
        second = [Thing(f"second{i}", slow=0.02, refs=[t.arn]) for i, t in enumerate(first)]
        Thing("last", refs=[t.arn for t in second], value=Output.secret("hush-hush"))
"""
REPLACING = PROGRAM.replace("slow=0.02, value", "slow=0.02, size=2, value")
LONGEST = 0.1  # seconds that a whole run takes, about
KILLS = 12


class Killer:
    """Runs verbs in processes that are killed; see killer.py."""

    def __init__(self, lab: Lab) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.localcloud.engine.killer", str(lab.root), PASSPHRASE],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment() | {"PYTHONPATH": str(REPOSITORY)},
        )
        self.kills = 0

    def run(self, verb: str, seconds: float) -> None:
        """Run a verb and kill it some seconds after its first step."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{verb} {seconds}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        assert answer in ("killed", "ended 0")
        self.kills += answer == "killed"

    def close(self) -> None:
        """End the process."""
        self.process.communicate()


@pytest.fixture
def killer(lab: Lab) -> Iterator[Killer]:
    killer = Killer(lab)
    yield killer
    killer.close()


def assert_deployed(lab: Lab) -> None:
    """Expect each thing of the program once, known to the state, and nothing else."""
    assert len(lab.world.things()) == 17
    managed = {s.id for s in lab.snapshot().resources if s.type == "fake:index:Thing"}
    assert managed == set(lab.world.things())
    assert lab.snapshot().pending_operations == []
    assert lab.up().changes == {"same": 18}


def test_runs_converge_after_kills_at_random_moments(lab: Lab, killer: Killer) -> None:
    chance = random.Random(0)
    for _ in range(9):  # three will do, unless runs end before they are killed
        lab.write(PROGRAM)
        for _ in range(3):
            killer.run("up", chance.uniform(0, LONGEST))
        lab.up()
        assert_deployed(lab)

        lab.write(REPLACING)
        for _ in range(2):
            killer.run("up", chance.uniform(0, LONGEST))
        lab.up()
        assert_deployed(lab)

        for _ in range(2):
            killer.run("destroy", chance.uniform(0, LONGEST / 2))
        lab.destroy()
        assert lab.world.things() == {}
        assert lab.snapshot().resources == []
        if killer.kills >= KILLS:
            break
    assert killer.kills >= KILLS
    states = (lab.root / "state").rglob("*.json*")
    assert "hush-hush" not in "".join(path.read_text(errors="replace") for path in states)


def test_programs_die_with_the_engine(lab: Lab, tmp_path: Path) -> None:
    pidfile = tmp_path / "pid"
    lab.write(f"""
        import os, time
        with open({str(pidfile)!r} + ".new", "w") as file:
            file.write(str(os.getpid()))
        os.rename({str(pidfile)!r} + ".new", {str(pidfile)!r})
        time.sleep(100_000)
        """)
    code = f"""
import os, sys
from localcloud.engine.api import Engine, FileBackend
from localcloud.engine.program.programs import Programs
programs = Programs(sys.executable, dict(os.environ))
engine = Engine(FileBackend({lab.backend.url!r}, {PASSPHRASE!r}), {{}}, programs)
engine.up({str(lab.folder)!r}, "dev")
"""
    child = subprocess.Popen([sys.executable, "-c", code], cwd=REPOSITORY)
    program = psutil.Process(_read_number(pidfile))

    child.kill()
    child.wait()

    assert program.wait(timeout=PATIENCE) is None or not program.is_running()


def _read_number(path: Path) -> int:
    until(path.exists, "the program begins")
    return int(path.read_text())


def test_a_killed_program_ends_the_run_with_one_sentence(lab: Lab) -> None:
    with pytest.raises(Exception, match="The program of p was ended from outside"):
        lab.up('Thing("a")\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)')


def test_a_dead_fork_server_is_replaced(lab: Lab) -> None:
    programs = Programs(sys.executable, environment())
    try:
        lab.engine._programs = programs
        lab.up("pass")
        before = {p.pid for p in psutil.Process().children()}
        fork_server = programs._ready
        assert fork_server is not None
        fork_server._process.kill()
        fork_server._process.wait()
        assert lab.up("export('x', 1)").outputs == {"x": 1}
        assert {p.pid for p in psutil.Process().children()} != before
    finally:
        programs.close()


def test_two_stacks_can_be_deployed_at_once(lab: Lab, tmp_path: Path) -> None:
    lab.write("import time\ntime.sleep(0.3)\nexport('x', 1)")
    folder = tmp_path / "q"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: q\nruntime: python\n")
    (folder / "__main__.py").write_text("import pulumi\npulumi.export('y', 2)\n")
    results: dict[str, object] = {}

    def deploy() -> None:
        results["q"] = lab.engine.up(folder, "dev").outputs

    thread = threading.Thread(target=deploy)
    thread.start()
    results["p"] = lab.engine.up(lab.folder, "dev").outputs
    thread.join()

    assert results == {"p": {"x": 1}, "q": {"y": 2}}

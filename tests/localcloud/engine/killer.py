"""Run the engine in children that are killed with -9 some time after their first step.

Started as `python killer.py ROOT PASSPHRASE`; on stdin one line per run, `VERB SECONDS`; answers
`killed` or `ended`. The children are forks of this process, which has imported everything and
whose fork server serves all of them, so that a kill costs no start-up.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from localcloud.engine.api import Engine, FileBackend, Project, StackFile
from localcloud.engine.program.programs import Programs
from tests.localcloud.engine.fake_provider import FakeProvider, World


def run(verb: str, root: Path, passphrase: str, programs: Programs) -> None:
    """Be the engine, until the end or the kill."""
    code = 1
    try:
        world = World(root / "world.json")
        backend = FileBackend(f"file://{root}/state", passphrase)
        engine = Engine(backend, {"fake": lambda: FakeProvider(world)}, programs=programs)
        getattr(engine, verb)(root / "p", "dev")
        code = 0
    finally:
        os._exit(code)


def kill(pid: int, world: World, seconds: float) -> str:
    """Wait for the first step, then for some time, then kill."""
    known = len(world.asked())
    while (
        len(world.asked()) == known
        and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    ):
        time.sleep(0.001)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return "killed" if os.WIFSIGNALED(status) else f"ended {os.WEXITSTATUS(status)}"


def main() -> None:
    """Serve the lines on stdin."""
    root, passphrase = Path(sys.argv[1]), sys.argv[2]
    programs = Programs(sys.executable, dict(os.environ))
    programs.warm()
    StackFile.load(Project.load(root / "p"), "dev").crypter(passphrase)  # derives the key once
    for line in sys.stdin:
        verb, seconds = line.split()
        pid = os.fork()
        if pid == 0:
            run(verb, root, passphrase, programs)
        print(kill(pid, World(root / "world.json"), float(seconds)), flush=True)
    programs.close()


if __name__ == "__main__":
    main()

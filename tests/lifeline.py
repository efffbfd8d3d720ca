"""Ends what a test run has started when the run itself is ended: SIGTERM, a time-out, kill -9.

A process of its own waits at a pipe that only the test run holds. When the pipe closes without
DONE, whatever works in the run's temporary folder is ended, and so are the emulators in it, which
are nobody's children.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DONE = "done"
END_SECONDS = 5.0


@contextlib.contextmanager
def tied(folder: Path) -> Iterator[None]:
    """Tie what is started in `folder` to this process."""
    watcher = subprocess.Popen(
        [sys.executable, "-m", "tests.lifeline", str(folder)],
        stdin=subprocess.PIPE,
        cwd=ROOT,
        text=True,
        start_new_session=True,  # Ctrl-C is for the run
    )
    yield
    watcher.communicate(DONE)


def main(folder: Path) -> None:
    """Wait for the end of the run."""
    if sys.stdin.read() != DONE:
        end_all(folder)


def end_all(folder: Path) -> None:
    """End every process that began after this one and works in the folder, and every emulator."""
    import psutil  # only now: most runs end well, and this process waits beside each

    from localcloud.emulator import Emulator
    from localcloud.emulator.control import processes

    began = psutil.Process().create_time()
    at_work = [
        process
        for process in psutil.process_iter(["cwd", "create_time"])
        if process.info["create_time"] >= began and _is_in(process.info["cwd"], folder)
    ]
    processes.end(at_work, timeout=END_SECONDS)
    for record in folder.rglob("process.json"):
        Emulator(record.parent).stop()


def _is_in(place: str | None, folder: Path) -> bool:
    return bool(place) and Path(str(place)).is_relative_to(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

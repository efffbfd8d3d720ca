"""Copies of the checkout in which mutants are tried."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.checkout import Checkout

OPTIONS = ("-x", "-q", "-m", "not slow and not e2e", "-p", "no:cacheprovider")


class Bench:
    """One copy for each worker; a test run has one for itself."""

    def __init__(self, folder: Path, workers: int) -> None:
        self._free: queue.SimpleQueue[Checkout] = queue.SimpleQueue()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._date = time.time()
        for number in range(workers):
            (folder / str(number)).mkdir()
            self._free.put(Checkout.make(folder / str(number)))

    @contextlib.contextmanager
    def copy(self) -> Iterator[Checkout]:
        """A copy that nobody else uses meanwhile."""
        copy = self._free.get()
        try:
            yield copy
        finally:
            self._free.put(copy)

    @contextlib.contextmanager
    def mistaken(self, file: Path, text: str) -> Iterator[None]:
        """The file with this text for a while."""
        before = file.read_text(encoding="utf-8")
        self._write(file, text)
        try:
            yield
        finally:
            self._write(file, before)

    def _write(self, file: Path, text: str) -> None:
        """Each time with another date, by which Python knows what it has compiled."""
        file.write_text(text, encoding="utf-8")
        self._date += 2
        os.utime(file, (self._date, self._date))

    def green(self, copy: Checkout, tests: Sequence[str], *, patience: float | None = None) -> bool:
        """Whether all tests pass; what takes longer than `patience` seconds hangs, and is red."""
        paths = os.pathsep.join([str(copy.root), str(copy.root / "lambda_src")])
        with log_of(copy).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "pytest", *OPTIONS, *tests],
                cwd=copy.root,
                env={**os.environ, "PYTHONPATH": paths},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._running.add(process)
        try:
            return process.wait(patience) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            _end(process)
            self._running.discard(process)

    def end(self) -> None:
        """End what still runs."""
        for process in [*self._running]:
            process.terminate()


def log_of(copy: Checkout) -> Path:
    """What pytest said last in a copy."""
    return copy.root.with_name("pytest.log")


def _end(process: subprocess.Popen[bytes]) -> None:
    """First by SIGTERM, on which pytest closes what it has opened."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

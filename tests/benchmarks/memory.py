"""Peak memory of a process, its children and the emulator, function workers left out."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType

import psutil

INTERVAL = 0.1
"""Seconds between two samples."""


class PeakMemory:
    """Samples memory while the `with` block runs; `peak` is in bytes."""

    def __init__(self, pid: int, root: Path) -> None:
        self.peak = 0
        self._pid = pid
        self._root = str(root)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(INTERVAL):
            self.peak = max(self.peak, sum(_memory(process) for process in self._ours()))

    def _ours(self) -> list[psutil.Process]:
        try:
            run = psutil.Process(self._pid)
            tree = [run, *run.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []
        emulators = [p for p in psutil.process_iter() if _is_emulator(p, self._root)]
        workers = {child.pid for server in emulators for child in _children(server)}
        ours = {process.pid: process for process in [*tree, *emulators]}
        return [process for pid, process in ours.items() if pid not in workers]


def _is_emulator(process: psutil.Process, root: str) -> bool:
    """Whether it is the server whose state lies in this checkout."""
    try:
        words = process.cmdline()
        return "localcloud.emulator.server.main" in words and any(root in word for word in words)
    except psutil.Error:
        return False


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _memory(process: psutil.Process) -> int:
    """Bytes that are its own: shared pages count in part (PSS), where the system can tell."""
    try:
        facts = process.memory_full_info()
        return int(getattr(facts, "pss", 0) or facts.rss)
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0

"""Commands that take long, with something to see: a living line on a terminal, lines in a pipe."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

TICK = 0.1
"""Seconds between two looks at what goes on."""
HEARTBEAT = 10
"""Seconds of silence after which a pipe gets a line as well."""
NOISE = (
    "+ ",
    "- ",
    "~ ",
    "Requirement already",
    "Using ",
    "Looking in ",
    "Saved ",
    "Successfully ",
)
"""How lines begin that tell a user nothing new."""


def say(words: str) -> None:
    """One line on standard error, which Python lets take any character in any encoding."""
    print(words, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Ended:
    """What came of a command, and all that it printed."""

    code: int
    lines: list[str]

    @property
    def reason(self) -> str:
        """The last line that names an error, or the last at all."""
        said = [line.strip() for line in self.lines if line.strip()]
        errors = [line for line in said if "error" in line.lower()]
        return (errors or said or [f"exit code {self.code}"])[-1]


class Status:
    """How long something takes, shown until it is over: use `with`, and call `show` on and on."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._began = self._said = time.monotonic()
        self._alive = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"

    def __enter__(self) -> Status:
        if not self._alive:
            say(self._what)
        return self

    def __exit__(self, *_: object) -> None:
        if self._alive:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def show(self, news: Iterable[str]) -> None:
        """Tell what is new, or that it goes on."""
        told = [line.strip() for line in news if not line.strip().startswith(NOISE)]
        now = time.monotonic()
        if self._alive:
            self._draw(told[-1] if told else "", now)
        elif told or now - self._said > HEARTBEAT:
            self._said = now
            for line in told or [f"still at it after {now - self._began:.0f} s"]:
                say(f"  {line}")

    def _draw(self, latest: str, now: float) -> None:
        self._latest = latest or getattr(self, "_latest", "")
        line = f"{self._what} {now - self._began:.0f} s  {self._latest}"
        width = shutil.get_terminal_size().columns - 1
        print(f"\r{line[:width]}\x1b[K", end="", file=sys.stderr, flush=True)


def run(
    command: Sequence[str],
    *,
    what: str,
    environment: Mapping[str, str],
    held: Sequence[int] = (),
    folder: str | None = None,
) -> Ended:
    """Run `command` in `folder`, or in the user's; `held` stays open in it."""
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            pass_fds=held,
        )
    except OSError as error:
        return Ended(1, [f"error: {command[0]}: {error.strerror}"])
    try:
        lines = _watched(process, what)
        return Ended(process.wait(), lines)
    finally:
        process.kill()  # after Ctrl-C; one that has ended feels nothing
        process.wait()


def _watched(process: subprocess.Popen[str], what: str) -> list[str]:
    """Every line until the command has ended."""
    lines: list[str] = []
    reader = threading.Thread(target=_read, args=[process, lines], daemon=True)
    reader.start()
    shown = 0
    with Status(what) as status:
        while reader.is_alive():
            reader.join(TICK)
            news = lines[shown:]
            shown += len(news)
            status.show(news)
    return lines


def _read(process: subprocess.Popen[str], lines: list[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)  # one by one: somebody looks meanwhile

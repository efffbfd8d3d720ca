"""Nothing acknowledged is lost by kill -9: an answer leaves only when what it did is written.

Requests that arrive while state is being written share the next writing. Writing takes at most half
of the server's time: after a slow one the next waits as long as that took. What happens without a
request (retries, pollers, logs of functions) is written by a sweep once in a while.
"""

from __future__ import annotations

import asyncio
import logging
import re
import subprocess
import sys
import time
from pathlib import Path

from localcloud.emulator.asgi import Application, Message, Receive, Send
from localcloud.emulator.control.logfile import keep_short
from localcloud.emulator.persistence.access_tracking import CURRENT, SINCE_SWEEP, Accesses
from localcloud.emulator.persistence.recorder import Recorder

log = logging.getLogger("microstack.durability")

SWEEP_SECONDS = 0.5
FULL_SWEEP_SECONDS = 5.0
SWEEP_SHARE = 20
"""A sweep may take a 20th of the time, a full sweep a 100th."""
JOURNAL_LIMIT = 32 * 1024 * 1024
"""Bytes after which the journal is folded into the snapshots, by another process."""

READ_ONLY = re.compile(
    rb"(?:Get(?!SessionToken|FederationToken)|List|Describe|Head|BatchGet|Query|Scan|Filter|Search"
    rb"|Lookup|Select|Simulate|TransactGet|GenerateDataKey)"
    rb"|(?:Encrypt|Decrypt|ReEncrypt|GenerateRandom|GenerateMac|Sign|Verify|VerifyMac)$"
)
FORM = b"application/x-www-form-urlencoded"
ACTION = re.compile(rb"(?:^|&)Action=(\w+)")


def changes_nothing(scope: Message, body: bytes) -> bool:
    """Whether the request only reads, as far as its method or action tells."""
    headers = dict(scope["headers"])
    if target := headers.get(b"x-amz-target"):
        return READ_ONLY.match(target.rpartition(b".")[2]) is not None
    form = body if headers.get(b"content-type", b"").startswith(FORM) else b""
    if found := ACTION.search(form) or ACTION.search(scope["query_string"]):
        return READ_ONLY.match(found[1]) is not None
    return scope["method"] in ("GET", "HEAD", "OPTIONS")


def _acknowledges(message: Message) -> bool:
    return bool(message["type"] == "http.response.start" and message["status"] < 400)


class DurableApplication:
    """The ASGI application around MiniStack that holds answers back until they are safe."""

    def __init__(self, inner: Application, recorder: Recorder) -> None:
        self.inner = inner
        self.recorder = recorder
        self._waiting: list[tuple[Accesses, asyncio.Future[None]]] = []
        self._flusher: asyncio.Task[None] | None = None
        self._next_write_at = 0.0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        accesses = Accesses()
        token = CURRENT.set(accesses)
        try:
            await self._request(scope, receive, send, accesses)
        finally:
            CURRENT.reset(token)

    async def _request(
        self, scope: Message, receive: Receive, send: Send, accesses: Accesses
    ) -> None:
        beginning = b""

        async def read() -> Message:
            nonlocal beginning
            message = await receive()
            beginning = beginning or message.get("body", b"")[:4096]
            return message

        async def hold(message: Message) -> None:
            if _acknowledges(message) and not changes_nothing(scope, beginning):
                await self.written(accesses)
            await send(message)

        await self.inner(scope, read, hold)

    async def written(self, accesses: Accesses) -> None:
        """Return when everything that was accessed is on disk."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((accesses, done))
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._flush())
        await done

    async def _flush(self) -> None:
        """Write for all who wait, until nobody does."""
        while self._waiting:
            await asyncio.sleep(max(0.0, self._next_write_at - time.perf_counter()))
            batch, self._waiting = self._waiting, []
            self._write(batch)
        self._flusher = None

    def _write(self, batch: list[tuple[Accesses, asyncio.Future[None]]]) -> None:
        began = time.perf_counter()
        everything = Accesses()
        for accesses, _ in batch:
            everything.merge(accesses)
        problem: Exception | None = None
        try:
            self.recorder.record(everything)
        except Exception as error:
            log.exception("State could not be written")
            problem = error
        for _, done in batch:
            if not done.done():
                done.set_result(None) if problem is None else done.set_exception(problem)
        ended = time.perf_counter()
        self._next_write_at = ended + (ended - began if ended - began > 0.002 else 0.0)


class Sweeper:
    """Writes what happened without a request, and keeps the journal and the log short."""

    def __init__(self, recorder: Recorder, log_file: Path) -> None:
        self.recorder = recorder
        self.log = log_file
        self._full_at = time.monotonic() + FULL_SWEEP_SECONDS
        self._folding: subprocess.Popen[bytes] | None = None

    async def run(self) -> None:
        """Sweep until cancelled."""
        pause = SWEEP_SECONDS
        while True:
            await asyncio.sleep(pause)
            began = time.perf_counter()
            try:
                self.sweep()
            except Exception:
                log.exception("State could not be written")
            keep_short(self.log)
            pause = max(SWEEP_SECONDS, SWEEP_SHARE * (time.perf_counter() - began))

    def sweep(self) -> None:
        """Write what was looked up since the last time; now and then look at everything."""
        began = time.monotonic()
        if began >= self._full_at:
            SINCE_SWEEP.take()
            self.recorder.record_all()
            taken = time.monotonic() - began
            self._full_at = began + max(FULL_SWEEP_SECONDS, 5 * SWEEP_SHARE * taken)
        elif accesses := SINCE_SWEEP.take():
            self.recorder.record(accesses, lazily=False)
        self._shorten()

    def _shorten(self) -> None:
        if self._folding is not None and self._folding.poll() is None:
            return
        self._folding = None
        if self.recorder.journal.size > JOURNAL_LIMIT:
            self._folding = fold_aside(self.recorder.folder, self.recorder.journal.rotate())


def fold_aside(folder: Path, number: int) -> subprocess.Popen[bytes]:
    """Fold journals up to this number in a process of its own, which serves nobody meanwhile."""
    command = [
        sys.executable,
        "-m",
        "localcloud.emulator.persistence.journal",
        str(folder),
        str(number),
    ]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL)

"""The server process: MiniStack behind a gate, its state safe before any answer leaves.

Run by process.py as `python -m localcloud.emulator.server HOME SOCKET PIPE`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from localcloud.emulator.filelock import try_lock
from localcloud.emulator.layout import Layout
from localcloud.emulator.processes import ServerRecord

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def main(home: Path, listener: int, pipe: int) -> None:
    """Leave the starter behind, then serve until SIGTERM."""
    if os.fork():
        os._exit(0)  # the starter waits for this one only: nobody's zombie when the server ends
    os.setsid()
    os.umask(0o077)
    layout = Layout(home)
    if try_lock(layout.serving) is None:
        sys.exit(f"Another server still works on {home}.")
    ServerRecord.of_this_process(int(os.environ["GATEWAY_PORT"])).save(layout.process)
    asyncio.run(serve(layout, listener, pipe))


async def serve(layout: Layout, listener: int, pipe: int) -> None:
    """Run the ASGI server on the inherited socket until SIGTERM."""
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"fd://{listener}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.loglevel = os.environ["LOG_LEVEL"]
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    application = Lifespan(_ministack(), layout, pipe)
    await hypercorn_serve(application, config, shutdown_trigger=stopping.wait)


def _ministack() -> Application:
    from ministack import app

    application: Application = app.app
    return application


class Lifespan:
    """Does what must be done between MiniStack's own start and the first request."""

    def __init__(self, inner: Application, layout: Layout, pipe: int) -> None:
        self.inner = inner
        self.layout = layout
        self.pipe = pipe

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "lifespan":
            await self.inner(scope, receive, send)
            return

        async def report(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                await self._started()
            await send(message)

        await self.inner(scope, receive, report)

    async def _started(self) -> None:
        from localcloud.emulator.bootstrap import ensure_admin

        await ensure_admin(self.layout)
        os.write(self.pipe, b"ready")
        os.close(self.pipe)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))

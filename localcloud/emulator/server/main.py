"""The server process: MiniStack behind a gate, its state safe before any answer leaves.

Run by launch.py as `python -m localcloud.emulator.server.main HOME SOCKET LOCK PIPE`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys
import traceback
from pathlib import Path

from localcloud.emulator import ministack_names
from localcloud.emulator.asgi import Application, Message, Receive, Send
from localcloud.emulator.control.processes import ServerRecord
from localcloud.emulator.layout import Layout

HOME_SECONDS = 1.0
"""Between two looks whether the server's folder is still there."""


def main(home: Path, listener: int, lock: int, pipe: int) -> None:
    """Serve until SIGTERM; the lock is held for as long as this process has it open."""
    for descriptor in (listener, lock, pipe):
        os.set_inheritable(descriptor, False)
    os.umask(0o077)
    gc.set_threshold(20_000, 20, 50)  # state is long-lived: walking all of it often is wasted
    layout = Layout(home)
    ServerRecord.of_this_process(int(os.environ["GATEWAY_PORT"])).save(layout.process)
    asyncio.run(serve(layout, listener, lock, pipe))


async def serve(layout: Layout, listener: int, lock: int, pipe: int) -> None:
    """Run the ASGI server on the inherited socket until SIGTERM."""
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"fd://{listener}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.loglevel = os.environ["LOG_LEVEL"]
    try:
        server = Server(layout, pipe)
    except ministack_names.NameMissing as error:
        os.write(pipe, str(error).encode())
        os._exit(1)
    watching = asyncio.create_task(server.end_without_home(lock))
    await hypercorn_serve(server, config, shutdown_trigger=server.stop_wanted)  # type: ignore[arg-type]  # its types spell out each message
    watching.cancel()
    server.finish()
    os._exit(0)  # all is written: not to wait for threads of functions that are still at work


class Server:
    """MiniStack with what is ours around it, and what must be done before the first request."""

    def __init__(self, layout: Layout, pipe: int) -> None:
        ministack_names.require(ministack_names.CORE)
        from ministack import app
        from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict

        from localcloud.emulator.persistence import s3_objects
        from localcloud.emulator.persistence.access_tracking import track_services, track_stores
        from localcloud.emulator.persistence.durability import DurableApplication, Sweeper
        from localcloud.emulator.persistence.recorder import Recorder
        from localcloud.emulator.server import domains, gate

        self.layout = layout
        self.pipe = pipe
        track_stores(AccountScopedDict, AccountRegionScopedDict)
        s3_objects.finish(layout.objects)
        self.recorder = Recorder(layout.state)
        ministack_names.require(ministack_names.SERVICES)
        self.sweeper = Sweeper(self.recorder, layout.log)
        self._sweeping: asyncio.Task[None] | None = None
        gate.disable_root_keys()
        gate.require_signatures()
        domains.route_custom_domains()
        app._get_module = track_services(app._get_module)
        app._load_persisted_state = self._load
        app.save_all = lambda services: None  # all is in the journal already
        self.inner: Application = gate.Gate(DurableApplication(app.app, self.recorder))

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

    async def stop_wanted(self) -> None:
        """Return at SIGTERM; functions that are still at work a second later are ended."""
        from ministack.core import lambda_runtime

        loop, stopping = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        await stopping.wait()
        self.recorder.quiesce()
        loop.call_later(1.0, loop.run_in_executor, None, lambda_runtime.reset)

    async def end_without_home(self, lock: int) -> None:
        """End at once when the folder was removed: nobody could find this process any more."""
        from ministack.core import lambda_runtime

        while _stands(self.layout.serving, lock):
            await asyncio.sleep(HOME_SECONDS)
        lambda_runtime.reset()
        os._exit(1)  # there is no place to write to

    def finish(self) -> None:
        """After the last request: write what no request waited for, end the function workers."""
        from ministack.core import lambda_runtime

        if self._sweeping is not None:
            self._sweeping.cancel()
        self.recorder.record_all()
        self.recorder.journal.close()
        lambda_runtime.reset()

    async def _started(self) -> None:
        from localcloud.emulator.server.bootstrap import ensure_admin

        await ensure_admin(self.layout)
        self.recorder.record_all()
        self._sweeping = asyncio.create_task(self.sweeper.run())
        self.recorder.resume()
        with contextlib.suppress(OSError):  # a starter that was killed meanwhile
            os.write(self.pipe, b"ready")
        os.close(self.pipe)

    def _load(self) -> None:
        """End the process if anything is unreadable: the ASGI server would go on without state."""
        try:
            self.recorder.load()
        except Exception:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)


def _stands(path: Path, descriptor: int) -> bool:
    """Whether the open file is still the one of that name; a doubtful answer counts as yes."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
    except OSError:
        return True


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:5]))

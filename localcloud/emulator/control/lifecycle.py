"""Start, stop and report on the local AWS: MiniStack in a process of its own.

The server leads its own session, so Ctrl-C in the terminal that started it does not reach it, and
it has a clean environment: functions inherit everything that the server has.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import time
from contextlib import AbstractContextManager
from pathlib import Path

import psutil

from localcloud.emulator.control import ports, processes
from localcloud.emulator.control.environment import server_environment
from localcloud.emulator.control.launch import launch
from localcloud.emulator.control.logfile import keep_short
from localcloud.emulator.control.processes import ServerRecord
from localcloud.emulator.control.status import Credentials, Endpoint, Status
from localcloud.emulator.errors import AlreadyRunning, Busy, NotRunning, StartFailed, StopFailed
from localcloud.emulator.layout import Layout
from localcloud.emulator.settings import Settings
from localcloud.ground.files import replace_file
from localcloud.ground.locks import held, take_to_hand_over

LOCK_SECONDS = 60.0
"""How long a start or stop waits for another one to end."""


class Emulator:
    """One local AWS with its state under `home`; any number of processes may hold one of these."""

    def __init__(self, home: Path, settings: Settings | None = None) -> None:
        self.layout = Layout(home.absolute())
        self.settings = settings or Settings()

    def start(self, port: int | None = None) -> Endpoint:
        """Start the server unless it runs, and return when it answers.

        Port: the given one, else the one it had before, else a free one. One that is taken is an
        error even when nobody asked for it by number: addresses of the old one are in deployment
        state, environments and browsers, and would all silently be wrong.
        """
        self.layout.make_home()
        with self._alone():
            server = self._server_or_lock()
            if isinstance(server, int):
                with os.fdopen(server) as serving_lock:
                    return Endpoint(self._start(port, serving_lock.fileno()), started=True)
            if port not in (None, server.port):
                raise AlreadyRunning(port=server.port, wanted=port or 0)
            return Endpoint(server.port)

    def stop(self) -> bool:
        """End the server and its function workers; returns whether it was running.

        The state stays. Requests under way get a second to finish.
        """
        if not self.layout.home.is_dir():
            return False
        with self._alone():
            return self._stop()

    def status(self) -> Status:
        """Say whether it runs, where, since when and how big."""
        server = self._server()
        process = server.process() if server else None
        if server is None or process is None:
            return Status(running=False, home=self.layout.home, log=self.layout.log)
        workers = server.workers()
        return Status(
            running=True,
            home=self.layout.home,
            log=self.layout.log,
            pid=server.pid,
            port=server.port,
            url=Endpoint(server.port).url,
            uptime=max(0.0, time.time() - server.started),
            memory=_resident(process),
            workers=len(workers),
            worker_memory=sum(map(_resident, workers)),
        )

    def reset(self) -> None:
        """Forget everything: state, objects, credentials, port. Stops the server if it runs."""
        if not self.layout.home.is_dir():
            return
        with self._alone():
            self._stop()
            for folder in (self.layout.state, self.layout.objects, self.layout.scratch):
                shutil.rmtree(folder, ignore_errors=True)
            for file in (self.layout.credentials, self.layout.port, self.layout.log):
                file.unlink(missing_ok=True)

    def credentials(self) -> Credentials:
        """Access key of the admin user made at the first start; raises NotRunning before that."""
        try:
            raw = json.loads(self.layout.credentials.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise NotRunning from error
        return Credentials(raw["access_key_id"], raw["secret_access_key"])

    def environment(self, region: str | None = None) -> dict[str, str]:
        """Variables with which boto3, the AWS CLI and Pulumi programs talk to this server."""
        server = self._server()
        if server is None:
            raise NotRunning
        credentials = self.credentials()
        return {
            "AWS_ENDPOINT_URL": Endpoint(server.port).url,
            "AWS_ACCESS_KEY_ID": credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
            "AWS_REGION": region or self.settings.region,
            "AWS_DEFAULT_REGION": region or self.settings.region,
            "AWS_EC2_METADATA_DISABLED": "true",  # never wait for a metadata service
            "MICROSTACK_EMULATED": "1",
        }

    def _alone(self) -> AbstractContextManager[None]:
        """The lock of whoever starts or stops the server; Busy if another has it for too long."""
        return held(self.layout.lock, timeout=LOCK_SECONDS, busy=Busy)

    # --- under the lock ---

    def _server(self) -> ServerRecord | None:
        record = ServerRecord.load(self.layout.process)
        return record if record and record.process() else None

    def _server_or_lock(self) -> ServerRecord | int:
        """The running server; else the lock that it will hold (its descriptor), to hand over.

        Handed over, so that it is never free in between. While it is held by somebody unknown,
        a killed server has not let go yet, or one whose starter was killed is about to say who
        it is.
        """
        deadline = time.monotonic() + 5.0
        while (server := self._server()) is None:
            if (serving_lock := take_to_hand_over(self.layout.serving)) is not None:
                return serving_lock
            if time.monotonic() > deadline:
                raise Busy(self.layout.serving)
            time.sleep(0.02)
        return server

    def _start(self, port: int | None, serving_lock: int) -> int:
        self._clear_leftovers()
        with self._listener(port) as listener:
            number = int(listener.getsockname()[1])
            replace_file(self.layout.port, str(number))
            keep_short(self.layout.log)
            environment = server_environment(self.layout, self.settings, number)
            try:
                launch(
                    self.layout,
                    (listener.fileno(), serving_lock),
                    environment,
                    timeout=self.settings.start_timeout,
                )
            except StartFailed:
                self._stop()
                raise
        return number

    def _listener(self, port: int | None) -> socket.socket:
        wanted = port or self._remembered_port()
        return ports.listen(wanted, timeout=0.5) if wanted else ports.listen_on_free_port()

    def _remembered_port(self) -> int | None:
        try:
            return int(self.layout.port.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def _stop(self) -> bool:
        server = self._server()
        process = server.process() if server else None
        if process is not None:
            self._end([process], timeout=self.settings.stop_timeout)
        self._clear_leftovers()
        return process is not None

    def _clear_leftovers(self) -> None:
        """After a kill -9: end function workers without a server, drop its files."""
        record = ServerRecord.load(self.layout.process)
        if record is not None:
            self._end(record.workers(), timeout=0.5)
            self.layout.process.unlink(missing_ok=True)
        shutil.rmtree(self.layout.scratch, ignore_errors=True)
        self.layout.make()

    def _end(self, targets: list[psutil.Process], *, timeout: float) -> None:
        if survivors := processes.end(targets, timeout=timeout):
            raise StopFailed(survivors)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0

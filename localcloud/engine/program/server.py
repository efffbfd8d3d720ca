"""The gRPC server of one run, and the log service on it."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, resource_pb2_grpc

from localcloud.engine.planning.planner import Planner
from localcloud.engine.planning.read_resource import ResourceReads
from localcloud.engine.program.monitor import ResourceMonitor
from localcloud.engine.steps.run import Run

_MESSAGE_LIMIT = 400 * 1024 * 1024  # as the SDK sets it on its side
_SEVERITIES = {0: "debug", 1: "info", 2: "warning", 3: "error"}
_SOCKET_LIMIT = 100  # a Unix socket's path must fit into 104 bytes on macOS


class EngineService(engine_pb2_grpc.EngineServicer):
    """Takes log lines from a program."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._root = ""

    def Log(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Report a line of the program, unless it is for a status line that others write over."""
        if request.ephemeral:
            return Empty()
        self.run.bus.log(_SEVERITIES.get(request.severity, "info"), request.message, request.urn)
        return Empty()

    def GetRootResource(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Return the stack's URN to SDKs that ask for it."""
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Remember the stack's URN."""
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Refuse: this engine has no version of the CLI's to compare with."""
        context.abort(
            grpc.StatusCode.FAILED_PRECONDITION,
            "the embedded engine is no release of Pulumi: require_pulumi_version needs the CLI",
        )


class Server:
    """The two services on a private socket."""

    def __init__(self, run: Run, planner: Planner, reads: ResourceReads) -> None:
        options = [
            ("grpc.max_receive_message_length", _MESSAGE_LIMIT),
            ("grpc.max_send_message_length", _MESSAGE_LIMIT),
        ]
        workers = run.parallel * 4 + 8  # the SDK has so many calls in flight, and a few of its own
        self._pool = ThreadPoolExecutor(workers, "monitor")
        self._server = grpc.server(self._pool, options=options)
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(
            ResourceMonitor(run, planner, reads), self._server
        )
        engine_pb2_grpc.add_EngineServicer_to_server(EngineService(run), self._server)
        self._folder = tempfile.TemporaryDirectory(prefix="mst-")  # mode 0700: nobody else's
        self.address = self._bind()
        self._server.start()

    def _bind(self) -> str:
        """Listen on a Unix socket that only this user reaches, or else on loopback."""
        path = str(Path(self._folder.name) / "m")
        if len(path) < _SOCKET_LIMIT:
            self._server.add_insecure_port(f"unix:{path}")
            return f"unix:{path}"
        return f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def close(self) -> None:
        """Stop serving."""
        self._server.stop(grace=None).wait()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._folder.cleanup()

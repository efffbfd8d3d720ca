"""Serve the provider to a Pulumi CLI: print the port on the first line of stdout, then obey.

Everything else that anyone prints goes to stderr. The process ends when the CLI interrupts it, and
by itself when the CLI is gone.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from concurrent import futures

os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")  # must be set before grpc is imported

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from localcloud.provider import AwsProvider

_THREADS = 64  # the CLI runs up to 16 operations per provider, and each may wait long
_MESSAGE_BYTES = 400 * 1024 * 1024  # Pulumi's own limit (pkg rpcutil)
_WATCH_SECONDS = 1.0
_GRACE_SECONDS = 4.0  # the CLI kills after 5


def serve() -> grpc.Server:
    """Start serving on a free port of the loopback interface and announce it."""
    limits = [
        ("grpc.max_send_message_length", _MESSAGE_BYTES),
        ("grpc.max_receive_message_length", _MESSAGE_BYTES),
    ]
    server = grpc.server(futures.ThreadPoolExecutor(_THREADS), options=limits)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(AwsProvider(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    _announce(port)
    return server


def _announce(port: int) -> None:
    print(port, flush=True)
    sys.stdout = sys.stderr


def _leave_with(parent: int) -> None:
    """End with the process that started this one: a killed CLI cannot tell its plugins."""
    while os.getppid() == parent:
        time.sleep(_WATCH_SECONDS)
    os._exit(0)


def main() -> None:
    """Serve until told to stop; calls under way get a moment to end."""
    parent, told = os.getppid(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):  # the CLI interrupts its plugins to end them
        signal.signal(number, lambda *_: told.set())
    server = serve()
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    told.wait()
    server.stop(_GRACE_SECONDS).wait()


if __name__ == "__main__":
    main()

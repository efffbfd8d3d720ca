"""The listening socket: made by the starter and handed to the server, so no port can be lost."""

from __future__ import annotations

import random
import socket
import time

from localcloud.emulator.errors import PortTaken

HOST = "127.0.0.1"
PORT_RANGE = range(20000, 32000)
"""Below the ports that Linux (32768) and macOS (49152) give to outgoing connections, so that
nobody takes ours by chance while the emulator is stopped."""


def listen(port: int, *, timeout: float = 0.0) -> socket.socket:
    """Listen on this port; raises PortTaken when it is not free within `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            return _listen(port)
        except PortTaken:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        raise PortTaken(port) from error
    return listener


def listen_on_free_port() -> socket.socket:
    """Listen on a free port out of PORT_RANGE."""
    for port in random.sample(PORT_RANGE, 50):
        try:
            return _listen(port)
        except PortTaken:
            continue
    return _listen(0)

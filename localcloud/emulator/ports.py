"""The listening socket: made by the starter and handed to the server, so no port can be lost."""

from __future__ import annotations

import random
import socket

from localcloud.emulator.errors import PortTaken

HOST = "127.0.0.1"
CANDIDATES = range(20000, 32000)
"""Below the ports that Linux (32768) and macOS (49152) give to outgoing connections, so that
nobody takes ours by chance while the emulator is stopped."""


def listen(port: int) -> socket.socket:
    """Listen on this port; raises PortTaken. The name of who has it is not ours to know."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        raise PortTaken(port) from error
    return listener


def listen_anywhere() -> socket.socket:
    """Listen on a free port out of CANDIDATES."""
    for port in random.sample(CANDIDATES, 50):
        try:
            return listen(port)
        except PortTaken:
            continue
    return listen(0)

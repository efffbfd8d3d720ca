"""The local AWS: MiniStack as a process of its own, IAM enforced, nothing lost by kill -9."""

from localcloud.emulator.control.lifecycle import Emulator
from localcloud.emulator.control.status import Credentials, Endpoint, Status
from localcloud.emulator.errors import (
    AlreadyRunning,
    Busy,
    EmulatorError,
    NotRunning,
    PortTaken,
    StartFailed,
    StopFailed,
)
from localcloud.emulator.settings import Settings

__all__ = [
    "AlreadyRunning",
    "Busy",
    "Credentials",
    "Emulator",
    "EmulatorError",
    "Endpoint",
    "NotRunning",
    "PortTaken",
    "Settings",
    "StartFailed",
    "Status",
    "StopFailed",
]

"""The local AWS: MiniStack as a process of its own, IAM enforced, nothing lost by kill -9."""

from localcloud.emulator.errors import (
    AlreadyRunning,
    Busy,
    EmulatorError,
    NotRunning,
    PortTaken,
    StartFailed,
    StopFailed,
)
from localcloud.emulator.process import Emulator
from localcloud.emulator.settings import Settings
from localcloud.emulator.status import Credentials, Endpoint, Status

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

"""All that others may use of the local cloud, and the one place where its three parts meet."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from localcloud.emulator import Emulator, EmulatorError, Endpoint, Status
from localcloud.engine import (
    Cancelled,
    Diagnostic,
    Engine,
    EngineError,
    FileBackend,
    Notice,
    Options,
    Project,
    StackFile,
    StepFailed,
    StepFinished,
    StepStarted,
)

__all__ = [
    "Cancelled",
    "Diagnostic",
    "Emulator",
    "EmulatorError",
    "Endpoint",
    "Engine",
    "EngineError",
    "FileBackend",
    "Notice",
    "Options",
    "Project",
    "StackFile",
    "Status",
    "StepFailed",
    "StepFinished",
    "StepStarted",
    "embedded_engine",
]


def embedded_engine(backend: FileBackend, environment: Mapping[str, str]) -> Engine:
    """The engine over the boto3 provider; programs run with `environment` and this Python."""
    from localcloud.provider import AwsProvider, ClientPool
    from localcloud.provider.configuration import settings

    pool = ClientPool()
    pool.warm(settings({}, environment, explicit=True))
    return Engine(
        backend=backend,
        providers={"aws": lambda: AwsProvider(environment, pool)},
        python=sys.executable,
        environment=environment,
    )

"""The engine over the boto3 provider; importing it costs gRPC and cryptography."""

from __future__ import annotations

from collections.abc import Mapping

from localcloud.engine.api import (
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
from localcloud.engine.program import Programs

__all__ = [
    "Cancelled",
    "Diagnostic",
    "Engine",
    "EngineError",
    "FileBackend",
    "Notice",
    "Options",
    "Project",
    "StackFile",
    "StepFailed",
    "StepFinished",
    "StepStarted",
    "embedded_engine",
]


def embedded_engine(
    backend: FileBackend, environment: Mapping[str, str], programs: Programs
) -> Engine:
    """The engine over the boto3 provider."""
    from localcloud.provider import AwsProvider, ClientPool
    from localcloud.provider.configuration import settings

    pool = ClientPool()
    pool.warm(settings({}, environment, explicit=True))
    return Engine(backend, {"aws": lambda: AwsProvider(environment, pool)}, programs)

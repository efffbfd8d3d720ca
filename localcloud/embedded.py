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
from localcloud.engine.program.programs import Programs

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
    """The engine over the boto3 provider; without an endpoint it can only look at states."""
    from localcloud.provider import AwsProvider, ClientPool
    from localcloud.provider.configuration import settings

    pool = ClientPool()
    if "AWS_ENDPOINT_URL" in environment:
        pool.warm(settings({}, environment, explicit=True))
    return Engine(backend, {"aws": lambda: AwsProvider(environment, pool)}, programs)

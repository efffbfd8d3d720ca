"""What is needed first of the local cloud, light to import; the engine is in `embedded`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from localcloud.emulator import Emulator, EmulatorError, Endpoint, Status
from localcloud.engine.errors import EngineError
from localcloud.engine.program.failure import describe_traceback, failure_sentence
from localcloud.engine.program.programs import Programs
from localcloud.engine.state.secrets import derive_key_ahead

__all__ = [
    "Emulator",
    "EmulatorError",
    "Endpoint",
    "EngineError",
    "Programs",
    "Status",
    "describe_traceback",
    "failure_sentence",
    "derive_key_ahead",
    "programs",
]


def programs(environment: Mapping[str, str]) -> Programs:
    """What starts stack programs, with `environment` on top of this process' own.

    Its `warm(folder, …)` returns at once: programs load while the engine does.
    """
    return Programs(sys.executable, {**os.environ, **environment})

"""What is needed first of the local cloud, light to import; the engine is in `embedded`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from localcloud.emulator import Emulator, EmulatorError, Endpoint, Status
from localcloud.engine.backend.folder import BackendFolder
from localcloud.engine.backend.stack_files import StackFiles, all_stacks
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
    "StackFiles",
    "Status",
    "describe_traceback",
    "failure_sentence",
    "derive_key_ahead",
    "programs",
    "recorded_stacks",
]


def programs(environment: Mapping[str, str]) -> Programs:
    """What starts stack programs, with `environment` on top of this process' own.

    Its `warm(folder, …)` returns at once: programs load while the engine does.
    """
    return Programs(sys.executable, {**os.environ, **environment})


def recorded_stacks(url: str) -> list[StackFiles]:
    """Every stack of every project in the backend behind `url`, to be read without a passphrase.

    Raises EngineError for what is no backend that is known here.
    """
    backend = BackendFolder(url, passphrase="")
    backend.check_layout()
    return all_stacks(backend.folder)

"""Between a task and its user: one sentence and an exit code, never a traceback."""

from __future__ import annotations

import functools
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import ParamSpec

from invoke.exceptions import Exit

from orchestrator.errors import MicrostackError

Arguments = ParamSpec("Arguments")

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 + SIGINT, as shells count."""
NO_READER = 141
"""Exit code when the reader (`| head`) has gone: 128 + SIGPIPE, as of any other command."""


def reports_errors(task: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Turn every failure of a task into a message on standard error and an exit code."""

    @functools.wraps(task)
    def guarded(*args: Arguments.args, **keywords: Arguments.kwargs) -> None:
        try:
            task(*args, **keywords)
            sys.stdout.flush()  # here, where a reader that has gone can still be seen
        except MicrostackError as error:
            raise Exit(str(error), code=error.exit_code) from None
        except _local_cloud_errors() as error:
            raise Exit(str(error), code=1) from None
        except KeyboardInterrupt:
            raise Exit("interrupted", code=INTERRUPTED) from None
        except (BrokenPipeError, SystemExit) as end:
            raise _without_reader(end) from None
        except OSError as error:
            raise Exit(_os_sentence(error), code=1) from None
        except Exception as error:
            raise Exit(_defect(error), code=1) from None

    return guarded


def _without_reader(end: BrokenPipeError | SystemExit) -> BaseException:
    """The end of a task whose reader has gone: nobody is left to read it. Other exits stay."""
    if isinstance(end, SystemExit) and not isinstance(end.__context__, BrokenPipeError):
        return end  # rich makes a SystemExit of a broken pipe
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):  # what Python flushes at its end must not fail again
        os.dup2(nowhere, stream)
    return Exit(code=NO_READER)


def _local_cloud_errors() -> tuple[type[Exception], ...]:
    """What the local cloud raises, if this process has opened it: importing it takes time."""
    opened = [sys.modules.get(name) for name in ("localcloud.api", "localcloud.embedded")]
    names = ("EngineError", "EmulatorError")
    return tuple(
        vars(home)[name] for home in opened if home for name in names if name in vars(home)
    )


def _os_sentence(error: OSError) -> str:
    what = f"{error.filename}: " if error.filename else ""
    return f"{what}{error.strerror or error}. Mend that, then run the same command again."


def _defect(error: Exception) -> str:
    """A fault of ours: keep the traceback in a file that the user can hand on."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="microstack-defect-", suffix=".log", delete=False
    ) as log:
        traceback.print_exc(file=log)
    return (
        f"Microstack itself failed ({type(error).__name__}); that is a defect. "
        f"The details are in {log.name}: please report them."
    )

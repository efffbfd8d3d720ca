"""What `./invoke` ends in, in .venv's Python: the task that was typed, or why there is none."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # was this folder


def main() -> None:
    """Run what was typed; always ends in an exit code, never in a traceback."""
    _prepare()
    try:
        from launcher.program import program

        try:
            program().run()
        finally:
            sys.stdout.flush()  # here, where a reader that has gone can still be seen
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)  # what Python flushes at its end must not fail again
        sys.exit(128 + signal.SIGPIPE)  # as shells count
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _prepare() -> None:
    """Take nothing of a person's own Invoke, and print in any encoding."""
    for name in [name for name in os.environ if name.startswith("INVOKE_")]:
        del os.environ[name]  # before Invoke is imported, which looks at some of them
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # they are text files
    # Only this process knows the terminal; what others write and read is UTF-8.
    os.environ.pop("PYTHONIOENCODING", None)
    os.environ["PYTHONUTF8"] = "1"


main()

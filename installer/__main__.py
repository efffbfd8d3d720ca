"""`python -I installer`: make .venv hold what runs, and speak on standard error only."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # was this folder, whose modules are `installer.…`

from installer.environment import InstallFailed, provide  # noqa: E402  needs the line above
from installer.progress import say  # noqa: E402  the same


def main() -> int:
    """Return the exit code."""
    try:
        provide(ROOT)
    except InstallFailed as failure:
        say(str(failure))
        return 1
    except KeyboardInterrupt:
        say("interrupted; the next ./invoke begins the installation again")
        return 128 + signal.SIGINT  # as shells count
    return 0


sys.exit(main())

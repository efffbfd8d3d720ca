"""`python -I launcher/install`: make .venv hold what runs, and speak on standard error only."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # was this folder, whose modules are `launcher.install.…`

from launcher.exit_codes import INTERRUPTED  # noqa: E402  needs the line above
from launcher.install.environment import InstallFailed, provide  # noqa: E402  the same
from launcher.install.progress import say  # noqa: E402  the same


def main() -> int:
    """Return the exit code."""
    try:
        provide(ROOT)
    except InstallFailed as failure:
        say(str(failure))
        return 1
    except KeyboardInterrupt:
        say("interrupted; the next ./invoke begins the installation again")
        return INTERRUPTED
    return 0


sys.exit(main())

"""Say in one sentence what is wrong with a program, and where.

Loaded by path from program_host.py, so it imports nothing of ours.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Any

_FOREIGN = (f"{os.sep}site-packages{os.sep}", f"{os.sep}lib{os.sep}python", "<frozen")
_HERE = str(Path(__file__).resolve().parent)


def describe(error: BaseException, root: str) -> dict[str, Any]:
    """Give the sentence, the place and the program's own frames; {} for a harmless exit."""
    if isinstance(error, SystemExit):
        failed = error.code not in (None, 0)
        text = f"the program exited with {error.code!r}"
        return {"error": text, "place": "", "trace": ""} if failed else {}
    if _speaks_for_itself(error):
        return {"error": str(error), "place": "", "trace": "", "told": "by the program"}
    frames = own_frames(error)
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    name = type(error).__name__ + (": " if text else "")
    return {
        "error": name + text,
        "place": place_of(error, frames, root),
        "trace": "".join(traceback.format_list(frames)).rstrip(),
    }


def _speaks_for_itself(error: BaseException) -> bool:
    """Tell errors that programs raise to say something to their user."""
    sdk = sys.modules.get("pulumi")  # absent if it is the very thing that could not be imported
    return sdk is not None and isinstance(error, sdk.RunError)


def own_frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Pick the frames of the program and what it calls of its own, without SDK and libraries."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not any(part in frame.filename for part in _FOREIGN)]
    return [frame for frame in own if str(Path(frame.filename).resolve().parent) != _HERE]


def place_of(error: BaseException, frames: list[traceback.FrameSummary], root: str) -> str:
    """Say `file:line` of an error, relative to the project's folder."""
    if isinstance(error, SyntaxError) and error.filename:
        file, line = error.filename, error.lineno
    elif frames:
        file, line = frames[-1].filename, frames[-1].lineno
    else:
        return ""
    near = os.path.relpath(file, root)
    return f"{file if near.startswith('..') else near}:{line}"

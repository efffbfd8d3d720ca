"""Describe a program's failure in one sentence: what is wrong, and where.

Loaded by path from host.py, so it imports nothing of ours.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_FOREIGN = (
    f"{os.sep}site-packages{os.sep}",
    f"{os.sep}lib{os.sep}python",
    f"{os.sep}pulumi-language-python",  # what the Pulumi CLI runs programs in
    "<frozen",
)
_HERE = str(Path(__file__).resolve().parent)
_HEADING = "Traceback (most recent call last):\n"
_FRAME = re.compile(r'\s+File "(?P<file>.+)", line (?P<line>\d+)(?:, in (?P<function>.+))?$')
_MODULE = re.compile(r"(?:\w+\.)+(?=\w+(?::|$))")


def describe(error: BaseException, root: str) -> dict[str, Any]:
    """Return the sentence, the location and the program's own frames; {} for a harmless exit."""
    if isinstance(error, SystemExit):
        failed = error.code not in (None, 0)
        text = f"the program exited with {error.code!r}"
        return {"error": text, "location": "", "trace": ""} if failed else {}
    if _is_run_error(error):
        return {"error": str(error), "location": "", "trace": "", "run_error": "by the program"}
    frames = own_frames(error)
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    name = type(error).__name__ + (": " if text else "")
    return {
        "error": name + text,
        "location": location_of(error, frames, root),
        "trace": "".join(traceback.format_list(frames)).rstrip(),
    }


def describe_traceback(text: str, root: str) -> dict[str, Any]:
    """Describe the last traceback in `text`, as Python prints it; {} if there is none."""
    _, heading, printed = text.rpartition(_HEADING)
    if not heading:
        return {}
    lines = printed.strip("\n").splitlines()
    # Frames, source and carets are indented; the error begins the first line that is not.
    end = next((at for at, line in enumerate(lines) if line[:1].strip()), len(lines) - 1)
    found = [match for match in map(_FRAME.match, lines[:end]) if match]
    frames = _own(
        traceback.FrameSummary(each["file"], int(each["line"]), each["function"] or "")
        for each in found
    )
    return {
        "error": _MODULE.sub("", "\n".join(lines[end:]).strip(), count=1),
        "location": _relative_location(frames[-1].filename, frames[-1].lineno, root)
        if frames
        else "",
        # A file that is no Python is named without a function: nothing of it ran.
        "trace": "".join(traceback.format_list([each for each in frames if each.name])).rstrip(),
    }


def failure_sentence(project: str, error: str, location: str = "") -> str:
    """Return the sentence that every deployer reports for a failed program."""
    where = f" at {location}" if location else ""
    return f"The program of {project} failed{where}: {' '.join(error.split())}"


def _is_run_error(error: BaseException) -> bool:
    """Return whether a program raised the error as a message to its user."""
    sdk = sys.modules.get("pulumi")  # absent if it is the very thing that could not be imported
    return sdk is not None and isinstance(error, sdk.RunError)


def own_frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Pick the frames of the program and what it calls of its own, without SDK and libraries."""
    return _own(traceback.extract_tb(error.__traceback__))


def _own(frames: Iterable[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    own = [frame for frame in frames if not any(part in frame.filename for part in _FOREIGN)]
    return [frame for frame in own if str(Path(frame.filename).resolve().parent) != _HERE]


def location_of(error: BaseException, frames: list[traceback.FrameSummary], root: str) -> str:
    """Return `file:line` of an error, relative to the project's folder."""
    if isinstance(error, SyntaxError) and error.filename:
        file, line = error.filename, error.lineno
    elif frames:
        file, line = frames[-1].filename, frames[-1].lineno
    else:
        return ""
    return _relative_location(file, line, root)


def _relative_location(file: str, line: int | None, root: str) -> str:
    near = os.path.relpath(file, root)
    return f"{file if near.startswith('..') else near}:{line}"

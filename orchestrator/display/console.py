"""What is written for a person: to standard error, so that `--json` on standard output is clean."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from rich.console import Console

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""All but tab and newline; and those that turn the direction of writing."""


def stderr_console() -> Console:
    """Standard error; an ARN's `:secret:` is no emoji there."""
    return Console(stderr=True, emoji=False)


def message(text: str) -> None:
    """One plain line to the person."""
    stderr_console().print(text, highlight=False, soft_wrap=True, markup=False)


def printable(text: str) -> str:
    """The text with what would steer the terminal written out, e.g. an escape as `\\x1b`."""
    return CONTROL_CHARACTERS.sub(lambda found: ascii(found[0])[1:-1], text)


@contextlib.contextmanager
def busy(console: Console, text: str) -> Iterator[None]:
    """Say that something goes on: while it does on a terminal, once elsewhere."""
    if console.is_terminal:
        with console.status(text):
            yield
    else:
        console.print(f"  {text}", highlight=False, soft_wrap=True)
        yield

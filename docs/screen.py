"""Makes docs/deploy-all.svg anew: what a terminal shows of a real `./invoke deploy-all`.

In the root: `.venv/bin/python -m docs.screen`. It deploys a copy of the checkout to a local cloud
of its own, which takes a minute or two and leaves nothing behind.
"""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from tests.checkout import Checkout, fresh

PICTURE = Path(__file__).with_name("deploy-all.svg")
COMMAND = "deploy-all"
COLUMNS = 100
CONTROL = re.compile(r"\r|\n|\x1b\[(?P<up>\d+)A|\x1b\[2K|\x1b\[\?25[lh]")
"""What Rich sends to move about while a run goes on; colours are left to the text."""
FETCHED = re.compile(r"@font-face \{.*?\}\n", re.DOTALL)
"""Fonts that a viewer would have to fetch; each has one of its own that will do."""
FORMAT = FETCHED.sub("", CONSOLE_SVG_FORMAT).replace(
    "Fira Code", "ui-monospace, Menlo, Consolas, Liberation Mono"
)


def main() -> None:
    """Deploy, and draw what was shown."""
    with tempfile.TemporaryDirectory() as folder, fresh(Path(folder)) as checkout:
        shown = "\n".join(screen(_run(checkout)))
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(Text(f"$ ./invoke {COMMAND}", "bold"))
    console.print(Text.from_ansi(shown))
    svg = console.export_svg(title="Microstack", code_format=FORMAT, unique_id=COMMAND)
    PICTURE.write_text(svg, encoding="utf-8")


def _run(checkout: Checkout) -> str:
    """All that the command wrote to its terminal."""
    ours, theirs = pty.openpty()
    environment = {
        **checkout.environment, "COLUMNS": str(COLUMNS), "TERM": "xterm-256color", "LANG": "C.UTF-8"
    }  # fmt: skip
    process = subprocess.Popen(
        checkout.command(COMMAND),
        cwd=checkout.root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    written = b"".join(_written(ours))
    os.close(ours)
    if process.wait():
        raise SystemExit(f"{COMMAND} failed:\n{written.decode(errors='replace')}")
    return written.decode()


def _written(terminal: int) -> Iterator[bytes]:
    """What arrives until nobody holds the other end any more."""
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux says so of a terminal whose other end is closed
            return
        if not chunk:
            return
        yield chunk


def screen(written: str) -> list[str]:
    """The lines that are left on a terminal to which this was written."""
    lines, row, place = [""], 0, 0
    for control in [*CONTROL.finditer(written), None]:
        lines[row] += written[place : control.start() if control else None]
        if control is None:
            break
        place = control.end()
        if control["up"]:
            row = max(0, row - int(control["up"]))
        elif control[0] == "\n":
            row += 1
            lines += [""] * (row == len(lines))
        elif control[0] == "\x1b[2K":
            lines[row] = ""
    return lines


if __name__ == "__main__":
    main()

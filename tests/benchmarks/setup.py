"""From an empty home and no caches to five deployed layers, against venv and pip as once."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from installer.environment import RUNS, TOOLS, Venv
from installer.index import BASE_PYTHON
from tests.benchmarks.figures import Figure
from tests.checkout import Checkout

HOW_TO_REACH_AN_INDEX = ("PIP_", "UV_", "SSL_CERT_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
CACHES = ("PIP_CACHE_DIR", "UV_CACHE_DIR", "PIP_NO_CACHE_DIR", "UV_NO_CACHE")


def compare(folder: Path) -> list[Figure]:
    """Three new checkouts: two of one new user's, one of another's who has pip alone."""
    first, second, by_pip = (Checkout.make(folder / name) for name in ("first", "second", "by-pip"))
    ours = _seconds(first, home=folder / "home")
    again = _seconds(second, home=folder / "home")
    began = time.monotonic()
    _install_by_pip(by_pip, home=folder / "home of pip")
    theirs = time.monotonic() - began + _seconds(by_pip, home=folder / "home of pip")
    return [
        Figure(
            "first deploy from nothing installed: ours to pip",
            ours / theirs,
            0.35,
            "x",
            remark=f"{ours:.1f} to {theirs:.1f} s",
        ),
        Figure(
            "the same in a second checkout: to the first",
            again / ours,
            1,
            "x",
            remark=f"{again:.1f} s",
        ),
    ]


def _seconds(checkout: Checkout, *, home: Path) -> float:
    """`./invoke deploy-all`, from the command to its end."""
    if (checkout.root / ".venv").is_symlink():
        (checkout.root / ".venv").unlink()  # that of this checkout
    began = time.monotonic()
    _run(checkout, [str(checkout.root / "invoke"), "deploy-all"], home=home)
    seconds = time.monotonic() - began
    _run(checkout, [str(checkout.root / "invoke"), "emulator.stop"], home=home)
    return seconds


def _install_by_pip(checkout: Checkout, *, home: Path) -> None:
    """All in one, as there was one lock."""
    venv = Venv(checkout.root)
    venv.remove()
    _run(checkout, [BASE_PYTHON, "-m", "venv", str(venv.folder)], home=home)
    locks = [word for lock in (RUNS, TOOLS) for word in ("-r", str(checkout.root / lock))]
    _run(
        checkout,
        [venv.python, "-m", "pip", "install", "--quiet", "--require-hashes", *locks],
        home=home,
    )
    venv.finish(RUNS)


def _run(checkout: Checkout, command: list[str], *, home: Path) -> None:
    home.mkdir(exist_ok=True)
    reach = {
        name: value
        for name, value in os.environ.items()
        if name.upper().startswith(HOW_TO_REACH_AN_INDEX) and name not in CACHES
    }
    own = {"HOME": str(home), "PYTHON": BASE_PYTHON}
    environment = {**checkout.environment, **reach, **own}
    environment.pop("PYTHONPATH")
    done = subprocess.run(
        command,
        cwd=checkout.root,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise SystemExit(
            f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )

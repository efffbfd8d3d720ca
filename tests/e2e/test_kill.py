"""kill -9 of any process at 20 random moments, then the same command again: all is as it should be.

Every moment is random. A failure prints its seed: MICROSTACK_KILL_SEED repeats the choices.
"""

from __future__ import annotations

import os
import random
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from localcloud.emulator import Emulator
from tests.checkout import Checkout, fresh
from tests.e2e.account import Deployed, leftover

DEPLOY = ("deploy-all",)
DESTROY = ("destroy-all", "--yes")
KEPT = ("network-security", "data")
"""The layers of most rounds: enough to be in each other's way, and quick."""
PATIENCE = 60
"""Seconds until a run that lost a part must have given up."""
Grown = Callable[[str], "Arena"]


@dataclass(frozen=True)
class Arena:
    """A checkout, what a run without a kill makes in it, and how long that takes."""

    checkout: Checkout
    clean: Deployed
    seconds: dict[tuple[str, ...], float]


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grown]:
    """Makes the arena of either size when it is first asked for."""
    made: dict[str, Arena] = {}
    copies: list[Checkout] = []

    def make(size: str) -> Arena:
        if size not in made:
            checkout = Checkout.make(tmp_path_factory.mktemp(size))
            copies.append(checkout)
            if size == "small":
                checkout.reduce(*KEPT)
            made[size] = _measured(checkout)
        return made[size]

    yield make
    for checkout in copies:
        checkout.close()


def _measured(checkout: Checkout) -> Arena:
    checkout.invoke("emulator.start")
    seconds = {DEPLOY: _timed(checkout, DEPLOY)}
    clean = Deployed.of(checkout)
    seconds[DESTROY] = _timed(checkout, DESTROY)
    return Arena(checkout, clean, seconds)


def _timed(checkout: Checkout, command: tuple[str, ...]) -> float:
    began = time.monotonic()
    checkout.invoke(*command)
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("size", "round_"),
    [
        pytest.param(size, n, marks=pytest.mark.xdist_group(f"kill-{n % 2}"))
        for size, rounds in (("small", range(7)), ("full", range(7, 10)))
        for n in rounds
    ],
)
def test_a_deployment_and_a_destroy_survive_kill_9(
    arena: Grown, size: str, round_: int, tmp_path: Path
) -> None:
    seed = int(os.environ.get("MICROSTACK_KILL_SEED", secrets.randbelow(2**32)))
    print(f"MICROSTACK_KILL_SEED={seed}")
    dice = random.Random(f"{seed} {round_}")
    here = arena(size)
    checkout = here.checkout
    if dice.random() < 0.3:
        checkout.stop()
    _kill(here, DEPLOY, dice, tmp_path / "deploy.log")
    checkout.invoke(*DEPLOY)
    assert here.clean.differences(Deployed.of(checkout)) == []
    assert checkout.settled() == []
    _kill(here, DESTROY, dice, tmp_path / "destroy.log")
    checkout.invoke(*DESTROY)
    assert leftover(checkout) == []
    assert not any(checkout.resources(layer) for layer in checkout.layers())
    assert checkout.settled() == []


def _kill(here: Arena, command: tuple[str, ...], dice: random.Random, log: Path) -> None:
    """Run `command` and kill one of the processes that work for it at a random moment."""
    moment = dice.uniform(0, here.seconds[command])
    began = time.monotonic()
    run = here.checkout.start(*command, output=log)
    while run.poll() is None and time.monotonic() - began < moment:
        time.sleep(0.005)
    roles = _roles(here.checkout, run.pid)
    role = dice.choice(sorted(roles)) if roles else "nobody"
    for process in roles.get(role, [])[:1]:
        process.kill()
    print(f"{command[0]}: {role} killed after {moment:.2f} s of {here.seconds[command]:.2f} s")
    code = run.wait(PATIENCE)
    told = log.read_text(encoding="utf-8")
    assert "Traceback" not in told
    assert "defect" not in told
    if role == "orchestrator":
        _await_end_of_children(here.checkout)
    else:
        assert code in (0, 1), told


def _roles(checkout: Checkout, pid: int) -> dict[str, list[psutil.Process]]:
    """Who works for the run, by what he does."""
    found: dict[str, list[psutil.Process]] = {}
    emulator = Emulator(checkout.home / "emulator").status().pid
    for process in checkout.processes():
        if process.pid == pid:
            role = "orchestrator"
        elif process.pid == emulator:
            role = "emulator"
        elif _command(process, "program_host"):
            role = "program"
        elif _command(process, "pytest"):
            role = "smoke"
        else:
            role = "function"
        found.setdefault(role, []).append(process)
    return found


def _command(process: psutil.Process, word: str) -> bool:
    try:
        return any(word in part for part in process.cmdline())
    except psutil.Error:
        return False


def _await_end_of_children(checkout: Checkout) -> None:
    """Programs end by themselves when nobody listens to them any more."""
    deadline = time.monotonic() + 10
    while alone := _roles(checkout, pid=0).get("program"):
        assert time.monotonic() < deadline, f"still running: {alone}"
        time.sleep(0.05)


def test_a_kill_while_the_emulator_starts(tmp_path: Path) -> None:
    """The one moment that the rounds seldom meet: no server yet, its files half made."""
    with fresh(tmp_path) as checkout:
        checkout.reduce(*KEPT)
        for moment in (0.4, 0.8, 1.2):
            run = checkout.start("up", "network-security", output=tmp_path / "log")
            time.sleep(moment)
            for processes in _roles(checkout, run.pid).values():
                for process in processes:
                    process.kill()
            run.wait(PATIENCE)
        checkout.invoke("up", "network-security")
        checkout.invoke(*DESTROY)
        assert leftover(checkout) == []

"""Killing processes at random moments, and what must be true afterwards.

Every moment is random. A failure prints its seed: MICROSTACK_KILL_SEED repeats the choices.
"""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from localcloud.emulator import Emulator
from tests.checkout import Checkout
from tests.e2e.account import Deployed, leftover
from tests.patience import PATIENCE, until

DEPLOY = ("deploy-all",)
DESTROY = ("destroy-all", "--yes")
UNDO = {DEPLOY: DESTROY, DESTROY: DEPLOY}
Command = tuple[str, ...]


@dataclass(frozen=True)
class Arena:
    """A checkout, what a run without a kill makes in it, and how long that takes."""

    checkout: Checkout
    clean: Deployed
    seconds: dict[Command, float]

    @classmethod
    def of(cls, checkout: Checkout) -> Arena:
        """Measure a deployment and a destroy."""
        checkout.invoke("emulator.start")
        deploying = _timed(checkout, DEPLOY)
        clean = Deployed.of(checkout)
        return cls(checkout, clean, {DEPLOY: deploying, DESTROY: _timed(checkout, DESTROY)})

    def survive(self, round_: int, folder: Path) -> None:
        """Kill during a deployment and during a destroy; each, repeated, ends as if undisturbed."""
        dice = dice_of(round_)
        checkout = self.checkout
        if dice.random() < 0.3:
            checkout.stop()
        self._kill(DEPLOY, dice, folder / "deploy.log")
        checkout.invoke(*DEPLOY)
        differences = self.clean.differences(Deployed.of(checkout))
        assert not differences, differences
        assert checkout.settled() == []
        self._kill(DESTROY, dice, folder / "destroy.log")
        checkout.invoke(*DESTROY)
        assert leftover(checkout) == []
        assert not any(checkout.resources(layer) for layer in checkout.layers())
        assert checkout.settled() == []

    def _kill(self, command: Command, dice: random.Random, log: Path) -> None:
        """Run `command` and kill one of the processes that work for it at a random moment."""
        moment = dice.uniform(0, self.seconds[command])
        while not self._killed(command, moment, dice, log):
            self.checkout.invoke(*UNDO[command])  # it was quicker than measured: once more, sooner
            moment *= 0.8

    def _killed(self, command: Command, moment: float, dice: random.Random, log: Path) -> bool:
        """Kill after `moment` seconds; False if the run had ended or its process was gone."""
        began = time.monotonic()
        run = self.checkout.start(*command, output=log)
        while run.poll() is None and time.monotonic() - began < moment:
            time.sleep(0.005)
        roles = roles_of(self.checkout, run.pid)
        if run.poll() is not None or not roles:
            return False
        role = dice.choice(sorted(roles))
        hit = kill(roles[role][0])
        print(f"{command[0]}: {role} killed after {moment:.2f} s of {self.seconds[command]:.2f} s")
        code = run.wait(PATIENCE)
        told = log.read_text(encoding="utf-8")
        assert "Traceback" not in told
        assert "defect" not in told
        if role == "orchestrator":
            _await_end_of_programs(self.checkout)
        else:
            assert code in (0, 1), told
        return hit


def kill(process: psutil.Process) -> bool:
    """Send SIGKILL; False if the process has ended by itself since it was found."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill()
        return True
    return False


def dice_of(round_: int) -> random.Random:
    """The choices of a round, repeatable by the seed that is printed."""
    seed = int(os.environ.get("MICROSTACK_KILL_SEED", secrets.randbelow(2**32)))
    print(f"MICROSTACK_KILL_SEED={seed}")
    return random.Random(f"{seed} {round_}")


def _timed(checkout: Checkout, command: Command) -> float:
    began = time.monotonic()
    checkout.invoke(*command)
    return time.monotonic() - began


def roles_of(checkout: Checkout, pid: int) -> dict[str, list[psutil.Process]]:
    """Who works for the run `pid`, by what he does."""
    emulator = Emulator(checkout.home / "emulator").status().pid
    found: dict[str, list[psutil.Process]] = {}
    for process in checkout.processes():
        role = {pid: "orchestrator", emulator: "emulator"}.get(process.pid)
        found.setdefault(role or _role(process), []).append(process)
    return found


def _role(process: psutil.Process) -> str:
    try:
        words = " ".join(process.cmdline())
    except psutil.Error:
        return "gone"
    known = {"program/host.py": "program", "pytest": "smoke"}
    return next((role for word, role in known.items() if word in words), "function")


def _await_end_of_programs(checkout: Checkout) -> None:
    """Programs end by themselves when nobody listens to them any more."""
    until(lambda: "program" not in roles_of(checkout, pid=0), "the end of the programs")

"""The local AWS stops or is removed, or the passphrase is: told, with commands that help."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

from tests.checkout import Checkout
from tests.e2e.account import leftover
from tests.patience import PATIENCE, until

LAYER = "network-security"
WAITING = """
import time
from pathlib import Path
import pulumi_aws as aws
Path({waiting!r}).touch()
while not Path({go!r}).exists():
    time.sleep(0.05)
for name in "abcde":
    aws.ssm.Parameter(name, type="String", value="v")
"""


def test_a_removed_cloud_is_told_and_one_command_forgets_it(checkout: Checkout) -> None:
    checkout.reduce(LAYER)
    checkout.invoke("up", LAYER)
    before = checkout.resources(LAYER)
    checkout.stop()
    shutil.rmtree(checkout.home / "emulator")
    said = checkout.invoke("up", LAYER, code=1).stderr
    assert f"The local AWS that the states of {LAYER} (local) describe is gone" in said
    assert checkout.resources(LAYER) == before
    checkout.invoke("destroy-all", "--yes")
    assert leftover(checkout) == []
    checkout.invoke("up", LAYER)
    assert checkout.resources(LAYER).keys() == before.keys()


def test_a_lost_passphrase_is_told_and_the_commands_that_are_named_start_over(
    checkout: Checkout,
) -> None:
    checkout.reduce(LAYER)
    checkout.invoke("up", LAYER)
    before = checkout.resources(LAYER)
    (checkout.home / "passphrase").unlink()
    for task in (["up", LAYER], ["status"], ["destroy-all", "--yes"]):
        said = checkout.invoke(*task, code=1).stderr.strip()
        assert ".microstack/passphrase is gone" in said.splitlines()[-1]
        assert not (checkout.home / "passphrase").exists()
    assert checkout.resources(LAYER) == before
    commands = said.partition("new secrets: ")[2]
    assert commands.count("./invoke") == 2
    done = subprocess.run(
        commands.replace("./invoke", shlex.join(checkout.command())),
        shell=True,  # as a person does who copies them
        cwd=checkout.root,
        env=checkout.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert checkout.resources(LAYER).keys() == before.keys()


def test_a_local_aws_that_stops_in_a_run_is_told_once_and_the_same_command_goes_on(
    checkout: Checkout, tmp_path: Path
) -> None:
    checkout.reduce(LAYER)
    checkout.invoke("destroy-all", "--yes")
    waiting, go = tmp_path / "waiting", tmp_path / "go"
    program = checkout.root / "stacks" / LAYER / "__main__.py"
    program.write_text(WAITING.format(waiting=str(waiting), go=str(go)))
    log = tmp_path / "run.log"
    run = checkout.start("deploy-all", output=log)
    try:
        until(waiting.exists, "the program begins")
        process = json.loads((checkout.home / "emulator" / "process.json").read_text())
        os.kill(process["pid"], signal.SIGKILL)
        go.touch()
        assert run.wait(PATIENCE) == 1, log.read_text()
    finally:
        run.kill()
        run.wait()
    lines = log.read_text().splitlines()
    silent = [line for line in lines if "the local AWS does not answer any more" in line]
    assert len(silent) == 2, lines  # where it happened, and in the summary
    assert silent[1] == f"✗ {LAYER} (local) failed: the local AWS does not answer any more"
    assert "endpoint URL" not in log.read_text()
    assert lines[-1] == (
        f"Failed: {LAYER} (local). The local AWS has stopped (its log: "
        ".microstack/emulator/emulator.log). To start it again and go on: ./invoke deploy-all"
    )
    assert (checkout.home / "emulator" / "emulator.log").exists()
    checkout.invoke("deploy-all")
    assert {urn[-1] for urn in checkout.resources(LAYER)} >= set("abcde")

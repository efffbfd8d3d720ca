"""The real Pulumi CLI on the same files: either tool takes over from the other, and sees no change.

Where no `pulumi` is on PATH these tests are skipped.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from tests.checkout import Checkout
from tests.e2e.account import Deployed, leftover
from tests.patience import PATIENCE

pytestmark = pytest.mark.skipif(
    shutil.which("pulumi") is None,
    reason="no `pulumi` on PATH: install the Pulumi CLI to try it on the local cloud",
)

QUIET = {"same", "read"}


@pytest.fixture(scope="module")
def exports(checkout: Checkout) -> dict[str, str]:
    """What `eval "$(./invoke env)"` puts into a shell, once all is deployed by the engine."""
    checkout.invoke("deploy-all")
    return checkout.exports()


def pulumi(checkout: Checkout, exports: dict[str, str], layer: str, *arguments: str) -> str:
    """Run the CLI in the layer's folder, as a person would; returns its standard output."""
    done = subprocess.run(
        ["pulumi", *arguments, "--stack", "local", "--non-interactive"],
        cwd=checkout.root / "stacks" / layer,
        env={**checkout.environment, **exports},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, f"{arguments} in {layer}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def changes(previewed: dict[str, Any]) -> set[str]:
    """The operations of a preview's JSON, of either tool."""
    if "changeSummary" in previewed:
        return set(previewed["changeSummary"])
    return {op for stack in previewed["stacks"] for op in stack["changes"]}


def preview(checkout: Checkout, exports: dict[str, str], layer: str) -> set[str]:
    """The operations that the CLI would do."""
    return changes(json.loads(pulumi(checkout, exports, layer, "preview", "--json")))


def test_the_cli_sees_no_changes_on_what_the_engine_deployed(
    checkout: Checkout, exports: dict[str, str]
) -> None:
    found = {layer: preview(checkout, exports, layer) for layer in checkout.layers()}
    assert {layer: ops - QUIET for layer, ops in found.items()} == {
        layer: set() for layer in checkout.layers()
    }


def test_the_cli_reads_the_outputs_and_masks_nothing_wrong(
    checkout: Checkout, exports: dict[str, str]
) -> None:
    theirs = json.loads(pulumi(checkout, exports, "data", "stack", "output", "--json"))
    assert theirs == checkout.json("outputs", "--layer", "data")


def test_the_cli_destroys_and_deploys_one_layer(
    checkout: Checkout, exports: dict[str, str]
) -> None:
    before = Deployed.of(checkout)
    pulumi(checkout, exports, "observability", "destroy", "--yes", "--skip-preview")
    assert not {urn for urn in checkout.resources("observability") if "::aws:" in urn}
    pulumi(checkout, exports, "observability", "up", "--yes", "--skip-preview")
    assert before.differences(Deployed.of(checkout)) == []
    assert changes(checkout.json("preview", "observability")) <= QUIET


def test_the_cli_refreshes_and_sees_nothing_new(
    checkout: Checkout, exports: dict[str, str]
) -> None:
    pulumi(checkout, exports, "data", "refresh", "--yes", "--skip-preview")
    assert preview(checkout, exports, "data") <= QUIET
    assert changes(checkout.json("preview", "data")) <= QUIET


def test_the_engine_sees_no_changes_on_what_the_cli_deployed(
    checkout: Checkout, exports: dict[str, str]
) -> None:
    before = Deployed.of(checkout)
    checkout.invoke("destroy-all", "--yes")
    checkout.invoke("deploy-all", "--deployer", "cli")
    assert before.differences(Deployed.of(checkout)) == []
    checkout.invoke("deploy-all")
    done = {op for stack in checkout.reports()[-1]["stacks"] for op in stack["changes"]}
    assert done <= QUIET
    checkout.invoke("destroy-all", "--yes", "--deployer", "cli")
    assert leftover(checkout) == []

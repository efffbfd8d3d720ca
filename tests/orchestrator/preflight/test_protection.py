from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from orchestrator.checkout.layers import Layer
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.deployers.base import Deployer, StackState
from orchestrator.errors import StillProtected
from orchestrator.preflight.protection import refuse_protected


class Cloud:
    """A deployer to which every stack is deployed, or none is."""

    def __init__(self, *, resources: int = 1, protected: bool = False) -> None:
        self._state = StackState(resources=resources, protected=protected)

    def state(self, _: Stack) -> StackState:
        return self._state


def stack(tmp_path: Path, name: str, value: str) -> Stack:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "Pulumi.dev.yaml").write_text(f"config:\n  {name}:prevent_destroy: {value}\n")
    return Stack(Layer(name, folder, frozenset()), Environment.DEV)


def refuse(stacks: list[Stack], cloud: Cloud) -> None:
    refuse_protected(stacks, cast("Deployer", cloud), again="./invoke destroy-all --env dev")


@pytest.mark.parametrize("value", ["true", '"true"'])
def test_the_sentence_names_each_setting_its_file_and_the_commands(
    tmp_path: Path, value: str
) -> None:
    stacks = [stack(tmp_path, name, value) for name in ("keys", "data")]
    with pytest.raises(StillProtected) as error:
        refuse([*stacks, stack(tmp_path, "api", "false")], Cloud())
    text = str(error.value)
    assert "keys:prevent_destroy in stacks/keys/Pulumi.dev.yaml" in text
    assert "data:prevent_destroy in stacks/data/Pulumi.dev.yaml" in text
    assert "./invoke up keys --env dev, ./invoke up data --env dev" in text
    assert text.endswith("./invoke destroy-all --env dev")
    assert "api" not in text


def test_what_was_deployed_protected_stays_so_until_it_is_deployed_anew(tmp_path: Path) -> None:
    with pytest.raises(StillProtected, match="or did at the last deployment"):
        refuse([stack(tmp_path, "data", "false")], Cloud(protected=True))


def test_what_is_not_protected_or_not_deployed_may_go(tmp_path: Path) -> None:
    refuse([stack(tmp_path, "data", "false")], Cloud())
    refuse([stack(tmp_path, "keys", "true")], Cloud(resources=0))

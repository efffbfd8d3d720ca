from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.checkout.layers import Layer
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.checkout.workspace import Workspace
from orchestrator.deployers.cloud import Cloud
from orchestrator.errors import CloudMismatch
from orchestrator.preflight.cloud_mismatch import refuse_cloud_mismatch
from tests.orchestrator.fake_deployer import FakeDeployer

STACKS = [Stack(Layer(name, Path(name), frozenset()), Environment.LOCAL) for name in ("a", "b")]


def look(home: Path, key: str, *deployed: str, remember: bool = True) -> None:
    cloud = Cloud(FakeDeployer(*deployed), {"AWS_ACCESS_KEY_ID": key})
    workspace = Workspace(home)
    workspace.make_home()
    refuse_cloud_mismatch(workspace, cloud, STACKS, remember=remember)


def test_states_of_another_cloud_are_refused_by_name_until_they_are_empty(tmp_path: Path) -> None:
    look(tmp_path, "AKIAFIRST0000000", "a", "b")  # a checkout from before: it is taken at its word
    look(tmp_path, "AKIAFIRST0000000", "a", "b")
    for _ in range(2):
        with pytest.raises(
            CloudMismatch, match=r"states of b \(local\) describe.*\.microstack/emulator"
        ):
            look(tmp_path, "AKIASECOND000000", "b")
    with pytest.raises(CloudMismatch, match=r"states of a \(local\), b \(local\) describe"):
        look(tmp_path, "AKIASECOND000000", "a", "b")
    look(tmp_path, "AKIASECOND000000")
    look(tmp_path, "AKIASECOND000000", "a")
    with pytest.raises(CloudMismatch):
        look(tmp_path, "AKIAFIRST0000000", "a")


def test_a_plan_remembers_nothing(tmp_path: Path) -> None:
    look(tmp_path, "AKIAFIRST0000000", remember=False)
    look(tmp_path, "AKIASECOND000000", "a")
    with pytest.raises(CloudMismatch):
        look(tmp_path, "AKIAFIRST0000000", "a", remember=False)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"AKIA is lost\n"])
def test_a_damaged_note_makes_no_cloud_lost(tmp_path: Path, content: bytes) -> None:
    look(tmp_path, "AKIAFIRST0000000", "a")
    (tmp_path / ".microstack" / "cloud").write_bytes(content)
    look(tmp_path, "AKIASECOND000000", "a")


def test_a_note_with_an_editors_newline_is_the_same(tmp_path: Path) -> None:
    look(tmp_path, "AKIAFIRST0000000", "a")
    (tmp_path / ".microstack" / "cloud").write_text("AKIAFIRST0000000\n")
    look(tmp_path, "AKIAFIRST0000000", "a")

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from orchestrator.cloud import Cloud
from orchestrator.deployers.base import Deployer
from orchestrator.errors import CloudLost
from orchestrator.layers import Layer
from orchestrator.lost_cloud import refuse_lost_cloud
from orchestrator.stacks import Environment, Stack
from orchestrator.workspace import Workspace
from tests.orchestrator.conftest import Standing

STACKS = [Stack(Layer(name, Path(name), frozenset()), Environment.LOCAL) for name in ("a", "b")]


def look(home: Path, key: str, *deployed: str) -> None:
    cloud = Cloud(cast("Deployer", Standing(*deployed)), {"AWS_ACCESS_KEY_ID": key})
    workspace = Workspace(home)
    workspace.make_home()
    refuse_lost_cloud(workspace, cloud, STACKS)


def test_states_of_another_cloud_are_refused_by_name_until_they_are_empty(tmp_path: Path) -> None:
    look(tmp_path, "AKIAFIRST", "a", "b")  # a checkout from before: it is taken at its word
    look(tmp_path, "AKIAFIRST", "a", "b")
    for _ in range(2):
        with pytest.raises(CloudLost, match=r"states of b \(local\) tell.*\.microstack/emulator"):
            look(tmp_path, "AKIASECOND", "b")
    look(tmp_path, "AKIASECOND")
    look(tmp_path, "AKIASECOND", "a")
    with pytest.raises(CloudLost):
        look(tmp_path, "AKIAFIRST", "a")

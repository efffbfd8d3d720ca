from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from shared.registry.layers import LAYERS
from shared.settings.models import MODELS, secret_keys
from shared.stack_name import StackName
from shared.tags import default_tags

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "stacks").glob("*/Pulumi.*.yaml"))
COMMITTED = [path for path in FILES if not path.name.startswith("Pulumi.local")]


def test_every_layer_has_a_file_for_each_environment_on_aws() -> None:
    names = {(path.parent.name, path.name) for path in COMMITTED}
    for layer in LAYERS:
        for environment in ("dev", "staging", "prod"):
            assert (layer, f"Pulumi.{environment}.yaml") in names


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_committed_files_carry_the_tags_and_the_region_of_their_name(path: Path) -> None:
    layer, name = path.parent.name, path.name.split(".")[1]
    stack = StackName.parse(name)
    config = yaml.safe_load(path.read_text(encoding="utf-8"))["config"]
    assert config["aws:region"] == stack.region
    assert config["aws:defaultTags"] == {
        "tags": default_tags(layer, environment=stack.environment, stack=name, region=stack.region)
    }


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_committed_files_hold_known_plain_settings_and_no_secret(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(content) == {"config"}
    layer = path.parent.name
    known = set(MODELS[layer].model_fields) - set(secret_keys(layer))
    own = {key.removeprefix(f"{layer}:") for key in content["config"] if not key.startswith("aws:")}
    assert own <= known


@pytest.mark.parametrize("layer", ["network-security", "data"])
def test_prod_cannot_be_destroyed(layer: str) -> None:
    path = ROOT / "stacks" / layer / "Pulumi.prod.yaml"
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["config"][f"{layer}:prevent_destroy"]


def test_the_tags_are_the_required_ones() -> None:
    tags = default_tags("data", environment="dev", stack="dev-us-west-2", region="us-west-2")
    assert tags == {
        "Project": "microstack",
        "Environment": "dev",
        "EnvironmentSuffix": "dev-us-west-2",
        "Region": "us-west-2",
        "Layer": "data",
        "ManagedBy": "Pulumi",
        "Owner": "data-team",
        "Repository": "microstack",
    }

"""An environment more: stack files like those of another, but for secrets and what is unique."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestrator.checkout.stacks import environments_of
from orchestrator.checkout.target import Target
from orchestrator.errors import UnknownEnvironment, UsageError
from orchestrator.verbs import environments, regions, stack_config
from shared.registry.layers import LAYERS
from shared.tags import default_tags
from tests.orchestrator.conftest import write_stack_file

WEST = "us-west-2"


def config_of(root: Path, layer: str, stack: str) -> dict[str, Any]:
    text = (root / "stacks" / layer / f"Pulumi.{stack}.yaml").read_text()
    found: dict[str, Any] = yaml.safe_load(text)["config"]
    return found


def files(root: Path) -> set[str]:
    return {f"{file.parent.name}/{file.name}" for file in root.glob("stacks/*/Pulumi.*.yaml")}


def test_it_has_the_settings_of_the_other_in_every_layer_and_region(root: Path) -> None:
    write_stack_file(
        root,
        "data",
        "dev",
        "aws:region: us-east-1",
        "aws:defaultTags: {tags: {Owner: us, Environment: dev, Region: x}}",
        "data:prevent_destroy: true",
        "data:replica_regions: [us-west-2]",
        "data:secret: {secure: 'v1:x'}",
        "data:nested: {a: {secure: 'v1:x'}}",
    )
    regions.add(Target.parse(root, env="dev"), WEST)
    environments.add(root, "qa", like="dev")
    layers = set(LAYERS)
    assert {name for name in files(root) if ".qa" in name} == {
        f"{layer}/Pulumi.{stack}.yaml" for layer in layers for stack in ("qa", f"qa-{WEST}")
    }
    tags = default_tags("data", environment="qa", stack="qa", region="us-east-1")
    assert config_of(root, "data", "qa") == {
        "aws:region": "us-east-1",
        "aws:defaultTags": {"tags": {**tags, "Owner": "us"}},
        "data:prevent_destroy": True,
        "data:replica_regions": [WEST],
    }
    west = config_of(root, "data", f"qa-{WEST}")
    assert west["aws:region"] == WEST
    assert west["aws:defaultTags"]["tags"]["EnvironmentSuffix"] == f"qa-{WEST}"


def test_a_domain_stays_where_it_is(root: Path) -> None:
    write_stack_file(
        root,
        "api",
        "dev",
        "api:domain_name: api.example.com",
        "api:hosted_zone_id: Z1",
        "api:default_endpoint_enabled: false",
        "api:throttle_rate: 7",
    )
    environments.add(root, "qa", like="dev")
    config = config_of(root, "api", "qa")
    assert {key for key in config if key.startswith("api:")} == {"api:throttle_rate"}


def test_every_task_knows_it_then(root: Path) -> None:
    with pytest.raises(UnknownEnvironment, match=r"prod\. To add it: \./invoke env\.add qa --like"):
        Target.parse(root, env="qa")
    environments.add(root, "qa", like="dev")
    assert environments_of(root) == ["local", "dev", "staging", "prod", "qa"]
    target = Target.parse(root, env="qa", layer="data")
    assert [stack.label for stack in target.stacks] == ["data (qa)"]
    stack_config.set_value(target, "uploads_expire_days", value="5")
    assert config_of(root, "data", "qa")["data:uploads_expire_days"] == 5
    regions.add(target, WEST)
    assert config_of(root, "data", f"qa-{WEST}")["data:uploads_expire_days"] == 5
    environments.add(root, "feature7", like="qa")
    assert config_of(root, "data", "feature7")["data:uploads_expire_days"] == 5


def test_the_next_commands_are_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environments.add(root, "qa", like="dev")
    assert capsys.readouterr().err == (
        f"Environment qa has {len(LAYERS)} stack files, {len(LAYERS)} of them new, with the "
        "settings of dev. "
        "Next: pulumi stack init qa in each layer's folder; the secrets that "
        "./invoke settings --env qa shows as not set, by "
        "./invoke config.set LAYER SECRET --secret --env qa; then: ./invoke deploy-all --env qa\n"
    )


def test_what_is_there_is_left_as_it_is(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = write_stack_file(root, "data", "qa", "data:prevent_destroy: true # mine")
    before = mine.read_bytes()
    environments.add(root, "qa", like="dev")
    assert (
        f"has {len(LAYERS)} stack files, {len(LAYERS) - 1} of them new" in capsys.readouterr().err
    )
    assert mine.read_bytes() == before


@pytest.mark.parametrize(
    "name", ["", "Qa", "7up", "my-branch", "qa_1", "local", "local2", "qa/../x", "qa\n"]
)
def test_a_name_that_no_stack_can_have_makes_no_file(root: Path, name: str) -> None:
    with pytest.raises(UsageError, match="is not a name for an environment"):
        environments.add(root, name, like="dev")
    assert not files(root)


@pytest.mark.parametrize(("like", "words"), [("local", "the local cloud"), ("moon", "no environ")])
def test_the_other_must_be_on_aws(root: Path, like: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        environments.add(root, "qa", like=like)
    assert not files(root)


@pytest.mark.parametrize("file", ["Pulumi.yaml", "Pulumi.Old.yaml", "Pulumi.7.yaml", "x.qa.yaml"])
def test_other_files_make_no_environment(root: Path, file: str) -> None:
    path = root / "stacks" / "data" / file
    with contextlib.suppress(FileExistsError):
        path.touch(exist_ok=False)
    assert environments_of(root) == ["local", "dev", "staging", "prod"]


def test_a_name_that_cannot_be_added_is_refused_without_the_command(root: Path) -> None:
    with pytest.raises(UnknownEnvironment, match=r"'Qa'\. The environments are: [a-z, ]*\.$"):
        Target.parse(root, env="Qa")

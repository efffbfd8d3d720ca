from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestrator.checkout.layers import Layer
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.checkout.target import Target
from orchestrator.checkout.workspace import Workspace
from orchestrator.errors import UnknownLayer
from orchestrator.verbs import settings_listing
from orchestrator.verbs.settings_listing import SettingRow, settings_in
from shared.settings.models import MODELS

SECURE = {"secure": "v1:sealed"}
SECRETS = {
    f"network-security:{key}": SECURE
    for key in ("db_password", "api_key", "db_connection_string", "cursor_signing_key")
}


def listed(root: Path, layer: str, config: dict[str, Any]) -> dict[str, SettingRow]:
    """The settings of the layer in dev, whose stack file says this."""
    folder = root / "stacks" / layer
    (folder / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": config}))
    stack = Stack(Layer(layer, folder, frozenset()), Environment.DEV)
    return {row.setting: row for row in settings_in(Workspace(root), stack)}


def test_a_value_is_the_files_or_the_default_and_says_so(root: Path) -> None:
    rows = listed(root, "data", {"data:uploads_expire_days": 9, "aws:region": "us-west-2"})
    assert rows["uploads_expire_days"].value == "9"
    assert rows["uploads_expire_days"].source == "Pulumi.dev.yaml"
    assert rows["uploads_expire_days"].allowed == "whole number from 1 to 3650"
    assert rows["logs_expire_days"].value == "365"
    assert rows["logs_expire_days"].source == "default"
    assert not any(row.problem for row in rows.values())


def test_the_short_spelling_of_a_key_is_the_same_key(root: Path) -> None:
    assert listed(root, "data", {"uploads_expire_days": "9"})["uploads_expire_days"].value == "9"


def test_secrets_are_masked_or_missed(root: Path) -> None:
    config = {**SECRETS}
    del config["network-security:api_key"]
    rows = listed(root, "network-security", config)
    assert rows["db_password"].value == "[secret]"
    assert rows["db_password"].problem == ""
    assert rows["api_key"].source == rows["api_key"].value == "not set"
    assert rows["api_key"].problem == "must be given"


def test_a_secret_in_plain_text_is_told_and_still_not_shown(root: Path) -> None:
    rows = listed(root, "network-security", {**SECRETS, "network-security:api_key": "hunter2"})
    assert rows["api_key"].value == "[secret]"
    command = "./invoke config.set network-security api_key --secret --env dev"
    assert rows["api_key"].problem.endswith(command)
    assert not [row for row in rows.values() if "hunter2" in str(row)]


def test_any_sealed_value_is_masked(root: Path) -> None:
    assert listed(root, "compute", {"compute:log_level": SECURE})["log_level"].value == "[secret]"


@pytest.mark.parametrize(
    ("config", "setting", "problem"),
    [
        ({"data:uploads_expire_days": 0}, "uploads_expire_days", "greater than or equal to 1"),
        ({"data:prevent_destroy": "yes"}, "prevent_destroy", "valid boolean"),
        ({"data:colour": "blue"}, "colour", "not a setting of this layer"),
        ({"data:allowed_regions": ["mars"]}, "allowed_regions", "0: a region such as us-east-1"),
        ({"data:min_capacity": 9, "data:max_capacity": 8}, "", "no greater than max_capacity"),
    ],
)
def test_what_the_program_would_refuse_is_told_beside_it(
    root: Path, config: dict[str, Any], setting: str, problem: str
) -> None:
    rows = listed(root, "data", config)
    assert problem in rows[setting].problem
    assert [row.setting for row in rows.values() if row.problem] == [setting]


def test_text_that_looks_like_a_number_is_text_to_a_text_setting(root: Path) -> None:
    rows = listed(root, "compute", {"compute:version": 12, "compute:max_retries": "1"})
    assert not any(row.problem for row in rows.values())


def test_each_function_shows_what_it_ends_up_with_and_why(root: Path) -> None:
    rows = listed(
        root,
        "compute",
        {
            "compute:functions": {"process": {"timeout_seconds": 20}},
            "compute:provisioned_concurrency": 5,
        },
    )
    shown = {
        name: (rows[f"functions.{name}"].value, rows[f"functions.{name}"].source)
        for name in (
            "process.timeout_seconds",
            "users.timeout_seconds",
            "process.provisioned_concurrency",
            "users.reserved_concurrency",
        )
    }
    assert shown == {
        "process.timeout_seconds": ("20", "Pulumi.dev.yaml"),
        "users.timeout_seconds": ("30", "default"),
        "process.provisioned_concurrency": ("5", "Pulumi.dev.yaml (provisioned_concurrency)"),
        "users.reserved_concurrency": ("absent", "default"),
    }


def test_members_say_what_is_allowed_and_what_they_are_for(root: Path) -> None:
    rows = listed(root, "compute", {})
    timeout = rows["functions.users.timeout_seconds"]
    assert (timeout.value, timeout.allowed) == ("30", "whole number from 1 to 180")
    assert "Seconds until a call is cut off" in timeout.description
    assert not [row.setting for row in rows.values() if not (row.allowed and row.description)]


def test_a_plan_shows_what_it_ends_up_with_and_no_plan_what_one_could_say(root: Path) -> None:
    assert listed(root, "api", {})["usage_plans.<name>.rate"].value == "100"
    rows = listed(root, "api", {"api:usage_plans": {"acme": {"rate": 7}}})
    plan = {name: row for name, row in rows.items() if name.startswith("usage_plans.")}
    shown = {name.removeprefix("usage_plans.acme."): row for name, row in plan.items()}
    assert {name: (row.value, row.source) for name, row in shown.items()} == {
        "rate": ("7", "Pulumi.dev.yaml"),
        "burst": ("200", "default"),
        "quota": ("absent", "default"),
        "period": ("day", "default"),
    }
    assert shown["quota"].allowed == "whole number from 1"
    assert "Requests in each period" in shown["quota"].description
    names = list(rows)
    assert names.index("usage_plans.acme.rate") == names.index("usage_plans") + 1


def test_all_layers_are_shown_in_json_and_for_a_person(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for model in MODELS.values():
        listed(root, model.layer, {})
    settings_listing.show(Target.parse(root, env="dev"), as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert said["environment"] == "dev"
    assert {layer: bool(rows) for layer, rows in said["layers"].items()} == {
        model.layer: True for model in MODELS.values()
    }
    settings_listing.show(Target.parse(root, layer="data", env="dev"))
    out = capsys.readouterr().out
    assert out.startswith("data (dev)\n")
    assert "  uploads_expire_days = 30  (default)\n" in out
    assert "Days until an upload expires" in out
    assert "compute" not in out


def test_local_shows_its_own_file_with_generated_secrets(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings_listing.show(Target(root=root, layer="network-security"), as_json=True)
    rows = json.loads(capsys.readouterr().out)["layers"]["network-security"]
    found = {row["setting"]: (row["value"], row["source"]) for row in rows}
    assert found["api_key"] == ("[secret]", "Pulumi.local.yaml")
    assert found["key_deletion_days"] == ("7", "Pulumi.local.yaml")
    assert not any(row["problem"] for row in rows)


def test_what_is_not_there_is_listed(root: Path) -> None:
    with pytest.raises(UnknownLayer, match="network-security"):
        settings_listing.show(Target.parse(root, layer="nope", env="dev"))


def test_what_does_not_belong_in_this_environment_is_said(root: Path) -> None:
    rows = listed(
        root,
        "api",
        {
            "api:edge": "http",
            "api:auth": "jwt",
            "api:jwt_issuer": "http://127.0.0.1:1",
            "api:jwt_audience": "us",
        },
    )
    assert "expects a jwt_issuer by https" in rows[""].problem

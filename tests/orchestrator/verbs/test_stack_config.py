"""One setting is set or removed: it is checked first, and secrets are no arguments."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from localcloud.embedded import Project, StackFile
from orchestrator.checkout.target import Target
from orchestrator.errors import (
    DeployerUnavailable,
    MicrostackError,
    UnknownLayer,
    UnknownRegion,
    UsageError,
)
from orchestrator.verbs import stack_config
from shared.settings.models import secret_keys
from shared.tags import default_tags
from tests.orchestrator.conftest import write_stack_file

SECRET = "correct horse battery staple, twice"
SECURITY = "network-security"


INITIAL = ("aws:region", "aws:defaultTags")


def config(root: Path, layer: str, stack: str = "local") -> dict[str, Any]:
    """What the stack file holds; nothing if there is none."""
    file = root / "stacks" / layer / f"Pulumi.{stack}.yaml"
    found = yaml.safe_load(file.read_text())["config"] if file.exists() else {}
    assert isinstance(found, dict)
    return found


def values(root: Path, layer: str, stack: str = "local") -> dict[str, Any]:
    """The same without what every file holds."""
    return {key: value for key, value in config(root, layer, stack).items() if key not in INITIAL}


def put(root: Path, layer: str, key: str, value: str | None = None, **more: Any) -> None:
    where = {name: more.pop(name) for name in ("env", "region") if name in more}
    target = Target.parse(root, layer=layer, **where)
    stack_config.set_value(target, key, value=value, **more)


def pipe(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


@pytest.mark.parametrize(
    ("layer", "key", "value", "written"),
    [
        ("api", "throttle_rate", "500", 500),
        ("api", "api:throttle_rate", "500", 500),
        ("data", "prevent_destroy", "true", True),
        ("compute", "version", "12", "12"),  # text, though it looks like a number
        ("compute", "log_level", "DEBUG", "DEBUG"),
        ("api", "domain_name", "", ""),
        ("data", "allowed_regions", '["us-east-1", "eu-west-1"]', ["us-east-1", "eu-west-1"]),
        ("compute", "functions", '{"ingest": {"memory_mb": 512}}', {"ingest": {"memory_mb": 512}}),
    ],
)
def test_a_value_is_written_as_what_it_is(
    root: Path, layer: str, key: str, value: str, written: object
) -> None:
    put(root, layer, key, value)
    found = values(root, layer)[f"{layer}:{key.rsplit(':', 1)[-1]}"]
    assert found == written
    assert type(found) is type(written)


def test_the_place_and_the_next_command_are_told(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(root, "api", "throttle_rate", "500", env="dev")
    assert capsys.readouterr().err == (
        "Set api:throttle_rate to 500 in stacks/api/Pulumi.dev.yaml. "
        "Next: ./invoke up api --env dev\n"
    )


def test_a_member_leaves_the_others_alone(root: Path) -> None:
    put(root, "compute", "functions", '{"ingest": {"memory_mb": 512}}')
    file = root / "stacks" / "compute" / "Pulumi.local.yaml"
    text = file.read_text()
    put(root, "compute", "functions.process.timeout_seconds", "20")
    put(root, "compute", "functions.ingest.timeout_seconds", "21")
    both = {
        "ingest": {"memory_mb": 512, "timeout_seconds": 21},
        "process": {"timeout_seconds": 20},
    }
    assert values(root, "compute")["compute:functions"] == both
    for member in ("process.timeout_seconds", "ingest.timeout_seconds"):
        stack_config.remove(Target.parse(root, layer="compute", env="local"), f"functions.{member}")
    assert file.read_text() == text


def test_what_the_cli_wrote_as_json_text_is_taken_apart(root: Path) -> None:
    file = root / "stacks" / "compute" / "Pulumi.dev.yaml"
    file.write_text("""config:\n  compute:functions: '{"ingest":{"memory_mb":512}}'\n""")
    put(root, "compute", "functions.ingest.timeout_seconds", "20", env="dev")
    whole = {"ingest": {"memory_mb": 512, "timeout_seconds": 20}}
    assert values(root, "compute", "dev") == {"compute:functions": whole}


@pytest.mark.parametrize(
    ("layer", "key", "value", "words"),
    [
        ("api", "throttle_rate", "fast", "a valid integer"),
        ("api", "throttle_rate", "10001", "less than or equal to 10000"),
        ("api", "throttle_rate", None, "--value VALUE"),
        ("api", "throttel_rate", "5", "nearest: throttle_rate,"),
        ("api", "throttle_rate.x", "5", "no members"),
        ("api", "usage_plans.acme.size", "5", "expected one of: burst, period, quota, rate"),
        ("data", "prevent_destroy", "yes", "a valid boolean"),
        ("data", "allowed_regions", '["mars"]', "a region such as us-east-1"),
        ("compute", "functions.ingest.memory_mb", "1", "greater than or equal to 128"),
        ("compute", "functions.cook.memory_mb", "256", "'process', 'ingest'"),
        (SECURITY, "app_config", "[1]", "an object"),
    ],
)
def test_what_the_layer_would_refuse_is_not_written(
    root: Path, layer: str, key: str, value: str | None, words: str
) -> None:
    with pytest.raises(UsageError) as caught:
        put(root, layer, key, value, env="dev")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert values(root, layer, "dev") == {}


def test_two_that_need_each_other_can_be_told_one_after_the_other(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(root, "api", "auth", "none")
    told = capsys.readouterr().err
    assert "Before it can be deployed: api (local): Layer api expects sandbox" in told
    put(root, "api", "sandbox", "true")
    assert capsys.readouterr().err.endswith("Next: ./invoke up api\n")


def test_layer_environment_and_region_must_be_there(root: Path) -> None:
    with pytest.raises(UnknownLayer):
        put(root, "apo", "throttle_rate", "5")
    with pytest.raises(UnknownRegion, match=r"\./invoke region.add us-west-2"):
        put(root, "api", "throttle_rate", "5", region="us-west-2")


def test_a_further_region_has_a_file_of_its_own(root: Path) -> None:
    file = root / "stacks" / "api" / "Pulumi.dev-us-west-2.yaml"
    file.write_text("config:\n  aws:region: us-west-2\n")
    put(root, "api", "throttle_rate", "5", env="dev", region="us-west-2")
    assert values(root, "api", "dev-us-west-2")["api:throttle_rate"] == 5
    assert values(root, "api", "dev") == {}


def test_keys_of_other_namespaces_and_layers_of_others_are_not_ours_to_check(root: Path) -> None:
    put(root, "api", "aws:maxRetries", "5", env="dev")
    assert values(root, "api", "dev") == {"aws:maxRetries": 5}
    folder = root / "stacks" / "theirs"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: theirs\nruntime: python\n")
    (folder / "__main__.py").write_text("")
    put(root, "theirs", "colour", "red", env="dev")
    assert values(root, "theirs", "dev") == {"theirs:colour": "red"}


def test_a_stack_whose_secrets_another_service_keeps_takes_plain_values(root: Path) -> None:
    file = root / "stacks" / "api" / "Pulumi.prod.yaml"
    file.write_text("secretsprovider: awskms://alias/x\nencryptedkey: abc\nconfig: {}\n")
    put(root, "api", "throttle_rate", "5", env="prod")
    document = yaml.safe_load(file.read_text())
    assert document["secretsprovider"] == "awskms://alias/x"
    assert document["config"] == {"api:throttle_rate": 5}


@pytest.mark.parametrize("flag", [True, False])
def test_a_local_secret_comes_by_standard_input_and_is_sealed(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], flag: bool
) -> None:
    pipe(monkeypatch, f"{SECRET}\n")
    put(root, SECURITY, "db_password", secret=flag)
    file = StackFile.load(Project.load(root / "stacks" / SECURITY), "local")
    word = (root / ".microstack" / "passphrase").read_text().strip()
    assert file.config(file.crypter(word)).values[f"{SECURITY}:db_password"] == SECRET
    assert SECRET not in file.path.read_text()
    assert SECRET not in str(capsys.readouterr())


def test_any_setting_can_be_sealed_and_is_checked_first(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe(monkeypatch, "loud")
    with pytest.raises(UsageError, match="'DEBUG', 'INFO'"):
        put(root, "compute", "log_level", secret=True)
    pipe(monkeypatch, "DEBUG")
    put(root, "compute", "log_level", secret=True)
    assert set(values(root, "compute")["compute:log_level"]) == {"secure"}


@pytest.mark.parametrize(
    ("layer", "key", "secret"),
    [(SECURITY, key, False) for key in secret_keys(SECURITY)] + [("api", "stage", True)],
)
def test_a_secret_in_the_arguments_is_refused_without_repeating_it(
    root: Path, layer: str, key: str, secret: bool
) -> None:
    with pytest.raises(UsageError) as caught:
        put(root, layer, key, SECRET, env="dev", secret=secret)
    assert SECRET not in str(caught.value)
    assert str(caught.value).endswith(f"./invoke config.set {layer} {key} --secret --env dev")
    assert values(root, layer, "dev") == {}


@pytest.mark.parametrize(("piped", "words"), [("", "needs a value"), ("short\n", "at least 12")])
def test_a_secret_that_is_none_is_refused_without_repeating_it(
    root: Path, monkeypatch: pytest.MonkeyPatch, piped: str, words: str
) -> None:
    pipe(monkeypatch, piped)
    with pytest.raises(UsageError, match=words) as caught:
        put(root, SECURITY, "db_password", secret=True)
    assert "short" not in str(caught.value)


def test_members_of_what_is_sealed_are_out_of_reach(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe(monkeypatch, "512")
    with pytest.raises(UsageError, match="as a whole"):
        put(root, "compute", "functions.ingest.memory_mb", secret=True)
    pipe(monkeypatch, "{}")
    put(root, "compute", "functions", secret=True)
    with pytest.raises(UsageError, match="as a whole"):
        put(root, "compute", "functions.ingest.memory_mb", "512")


def test_a_secret_of_aws_needs_the_cli(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, SECRET)
    monkeypatch.setenv("PATH", str(root))
    with pytest.raises(DeployerUnavailable, match=r"https://www\.pulumi\.com/docs/install/"):
        put(root, SECURITY, "db_password", secret=True, env="dev")


@pytest.mark.skipif(shutil.which("pulumi") is None, reason="no `pulumi` on PATH")
def test_a_secret_of_aws_is_sealed_by_the_stacks_own_provider(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(root))
    monkeypatch.setenv("PULUMI_BACKEND_URL", root.as_uri())
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "word")
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    pipe(monkeypatch, SECRET)
    with pytest.raises(MicrostackError, match="pulumi stack init dev"):
        put(root, SECURITY, "db_password", secret=True, env="dev")
    folder = root / "stacks" / SECURITY
    init = ["pulumi", "stack", "init", "dev", "--non-interactive"]
    subprocess.run(init, cwd=folder, env=dict(os.environ), check=True, capture_output=True)
    pipe(monkeypatch, f"{SECRET}\n")
    put(root, SECURITY, "db_password", secret=True, env="dev")
    shown = subprocess.run(
        ["pulumi", "config", "get", "db_password", "--stack", "dev"],
        cwd=folder,
        env=dict(os.environ),
        check=True,
        capture_output=True,
        text=True,
    )
    assert shown.stdout == f"{SECRET}\n"
    assert SECRET not in (folder / "Pulumi.dev.yaml").read_text()


def test_what_is_removed_is_gone_known_or_not(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = root / "stacks" / "api" / "Pulumi.dev.yaml"
    file.write_text("config:\n  aws:region: us-east-1\n  api:colour: red\n")
    stack_config.remove(Target.parse(root, layer="api", env="dev"), "colour")
    assert config(root, "api", "dev") == {"aws:region": "us-east-1"}
    words = "api:colour was removed from stacks/api/Pulumi.dev.yaml. Next: ./invoke up api --env"
    assert words in capsys.readouterr().err
    with pytest.raises(UsageError, match="Pulumi.dev.yaml has no api:colour: nothing was changed"):
        stack_config.remove(Target.parse(root, layer="api", env="dev"), "colour")


def test_a_local_secret_that_is_removed_is_made_anew_and_that_is_said(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe(monkeypatch, SECRET)
    put(root, SECURITY, "api_key")
    before = values(root, SECURITY)[f"{SECURITY}:api_key"]
    stack_config.remove(Target.parse(root, layer=SECURITY, env="local"), "api_key")
    assert values(root, SECURITY)[f"{SECURITY}:api_key"] != before
    assert (
        "Pulumi.local.yaml and set to a new random one. Next: ./invoke up"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    "key", [":", "apii:throttle_rate", "aws:defaultTags.tags.Owner", "aws:a\nb"]
)
def test_a_key_of_nobody_is_refused(root: Path, key: str) -> None:
    with pytest.raises(UsageError, match="is not a key: give one of api or of aws"):
        put(root, "api", key, "1", env="dev")
    assert values(root, "api", "dev") == {}


def test_what_is_no_text_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="not UTF-8"):
        put(root, "api", "domain_name", "M\udcfcller")
    pipe(monkeypatch, "a fine long secret but M\udcfcller")
    with pytest.raises(UsageError, match="not UTF-8"):
        put(root, SECURITY, "api_key")


def test_a_value_that_is_nested_without_end_is_refused(root: Path) -> None:
    with pytest.raises(UsageError, match="nested too deeply"):
        put(root, "api", "allowed_origins", "[" * 20_000)


def test_comments_are_kept(root: Path) -> None:
    file = root / "stacks" / "api" / "Pulumi.dev.yaml"
    text = "# Ours.\nconfig:\n  # The team agreed on 7.\n  api:throttle_rate: 7 # for now\n"
    file.write_text(text)
    put(root, "api", "throttle_rate", "50", env="dev")
    put(root, "api", "stage", "v1", env="dev")
    assert file.read_text() == f"{text.replace('7 #', '50 #')}  api:stage: v1\n"
    stack_config.remove(Target.parse(root, layer="api", env="dev"), "stage")
    stack_config.remove(Target.parse(root, layer="api", env="dev"), "throttle_rate")
    assert file.read_text() == "# Ours.\nconfig: {}\n  # The team agreed on 7.\n"


def test_changes_at_once_are_all_kept(root: Path) -> None:
    told = {"throttle_rate": 7, "throttle_burst": 8, "log_retention_days": 7, "stage": "one"}
    with ThreadPoolExecutor(len(told)) as pool:
        for key, value in told.items():
            pool.submit(put, root, "api", key, str(value), env="dev")
    assert values(root, "api", "dev") == {f"api:{key}": value for key, value in told.items()}


def test_a_sealed_value_has_no_members_to_remove(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe(monkeypatch, "{}")
    put(root, "compute", "functions", secret=True)
    with pytest.raises(UsageError, match="has no compute:functions.secure"):
        stack_config.remove(Target.parse(root, layer="compute", env="local"), "functions.secure")


@pytest.mark.parametrize(
    ("environment", "suffix", "region"),
    [("dev", "dev", "us-east-1"), ("prod", "prod", "us-east-1")],
)
def test_a_file_that_is_new_is_complete(
    root: Path, environment: str, suffix: str, region: str
) -> None:
    put(root, "data", "uploads_expire_days", "5", env=environment)
    found = config(root, "data", environment)
    assert found.pop("data:uploads_expire_days") == 5
    tags = default_tags("data", environment=environment, stack=suffix, region=region)
    assert found == {"aws:region": region, "aws:defaultTags": {"tags": tags}}


def test_a_file_that_is_there_keeps_its_region_and_tags(root: Path) -> None:
    write_stack_file(root, "data", "dev", "aws:region: eu-west-1")
    put(root, "data", "uploads_expire_days", "5", env="dev")
    assert config(root, "data", "dev") == {"aws:region": "eu-west-1", "data:uploads_expire_days": 5}


@pytest.mark.parametrize("key", ["colour", "throttle_rate"])
def test_what_is_refused_makes_no_file(root: Path, key: str) -> None:
    with pytest.raises(UsageError):
        stack_config.remove(Target.parse(root, layer="api", env="dev"), key)
    with pytest.raises(UsageError):
        put(root, "api", key, "fast", env="dev")
    assert not (root / "stacks" / "api" / "Pulumi.dev.yaml").exists()


@pytest.mark.parametrize("value", ["[1,", '{"ingest": {}, "ingest": {}}'])
def test_a_list_or_object_that_is_not_json_is_refused(root: Path, value: str) -> None:
    with pytest.raises(UsageError, match="Nothing was written: the value"):
        put(root, "compute", "functions", value, env="dev")
    assert config(root, "compute", "dev") == {}


def test_a_client_may_have_the_name_of_what_marks_encrypted_values(root: Path) -> None:
    put(root, "api", "usage_plans.secure.rate", "10", env="dev")
    put(root, "api", "usage_plans.secure.burst", "20", env="dev")
    assert values(root, "api", "dev") == {"api:usage_plans": {"secure": {"rate": 10, "burst": 20}}}


@pytest.mark.parametrize("value", ['{"secure": "v1:x"}', '[{"a": {"secure": "v1:x"}}]'])
def test_what_only_looks_encrypted_is_refused(root: Path, value: str) -> None:
    for layer, key in (("api", "aws:maxRetries"), ("compute", "functions")):
        with pytest.raises(UsageError, match="how encrypted values are stored"):
            put(root, layer, key, value, env="dev")
        assert config(root, layer, "dev") == {}

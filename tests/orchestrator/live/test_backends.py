from __future__ import annotations

import gzip
import json
import os
import uuid
from pathlib import Path
from typing import Any

import pytest

from orchestrator.live import backends
from orchestrator.live.backends import (
    BackendUnreadable,
    backend_url,
    from_cli,
    from_folder,
    from_s3,
)
from orchestrator.live.deployed_stack import DeployedStack
from tests.orchestrator.live_functions import LiveFunctions

SECRET = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    "ciphertext": "v1:AAAA:BBBB",
}
TABLE = {
    "urn": "urn:pulumi:dev::data::aws:dynamodb/table:Table::records",
    "custom": True,
    "type": "aws:dynamodb/table:Table",
    "protect": True,
    "outputs": {"tagsAll": {"Owner": "data-team"}},
}
STACK = {
    "urn": "urn:pulumi:dev::data::pulumi:pulumi:Stack::data-dev",
    "type": "pulumi:pulumi:Stack",
    "outputs": {"name": "t", "password": SECRET, "all": [{"x": SECRET}]},
}
PROVIDER = {"urn": "u", "custom": True, "type": "pulumi:providers:aws"}
DEPLOYMENT = {"resources": [STACK, PROVIDER, TABLE]}
EXPECTED = DeployedStack(
    "data",
    "dev",
    resources=1,
    protected=True,
    outputs={"name": "t", "password": "[secret]", "all": [{"x": "[secret]"}]},
    owner="data-team",
)


def document(deployment: dict[str, Any]) -> bytes:
    return json.dumps({"version": 3, "checkpoint": {"latest": deployment}}).encode()


def test_a_folder_is_read_without_a_passphrase(tmp_path: Path) -> None:
    folder = tmp_path / ".pulumi"
    for project in ("data", "gone-from-here"):
        (folder / "stacks" / project).mkdir(parents=True)
        (folder / "stacks" / project / "dev.json").write_bytes(document(DEPLOYMENT))
        (folder / "stacks" / project / "dev.json.bak").write_text("{")
    (folder / "meta.yaml").write_text("version: 1\n")
    found = from_folder(tmp_path.as_uri())
    assert found == [EXPECTED, DeployedStack(**{**vars(EXPECTED), "project": "gone-from-here"})]


def test_a_folder_that_is_not_there_has_no_stacks(tmp_path: Path) -> None:
    assert from_folder((tmp_path / "none").as_uri()) == []


def test_a_damaged_state_is_named(tmp_path: Path) -> None:
    (tmp_path / ".pulumi/stacks/data").mkdir(parents=True)
    (tmp_path / ".pulumi/meta.yaml").write_text("version: 1\n")
    (tmp_path / ".pulumi/stacks/data/dev.json").write_text("{")
    with pytest.raises(BackendUnreadable, match=r"dev\.json"):
        from_folder(tmp_path.as_uri())


def test_a_bucket_is_read_object_by_object(
    live_functions: LiveFunctions, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = dict(live_functions.function.process_environment)
    for name, value in environment.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    import boto3

    bucket = f"states-{uuid.uuid4().hex[:8]}"
    client = boto3.client(
        "s3", region_name="us-east-1", endpoint_url=environment["AWS_ENDPOINT_URL"]
    )
    client.create_bucket(Bucket=bucket)
    prefix = "team/.pulumi/stacks"
    packed = gzip.compress(document(DEPLOYMENT))
    client.put_object(Bucket=bucket, Key=f"{prefix}/data/dev.json", Body=document(DEPLOYMENT))
    client.put_object(Bucket=bucket, Key=f"{prefix}/data/dev.json.bak", Body=b"{")
    client.put_object(Bucket=bucket, Key=f"{prefix}/api/dev.json.gz", Body=packed)
    url = f"s3://{bucket}/team?region=us-east-1"
    found = from_s3(url, environment)
    assert found == [DeployedStack(**{**vars(EXPECTED), "project": "api"}), EXPECTED]
    client.put_object(Bucket=bucket, Key=f"{prefix}/x/dev.json", Body=b"no JSON")
    with pytest.raises(BackendUnreadable, match=r"x/dev\.json is damaged"):
        from_s3(url, environment)
    with pytest.raises(BackendUnreadable, match="cannot be read"):
        from_s3("s3://no-such-bucket-here?region=us-east-1", environment)


PULUMI = """#!/bin/sh
case "$*" in
  "stack ls --all --json --non-interactive") echo '[{"name": "acme/data/dev"}, {"name": "flat"}]';;
  "stack export --stack acme/data/dev --non-interactive") cat "$EXPORT";;
  *) echo "error: $*" >&2; exit 255;;
esac
"""


def test_other_backends_are_asked_through_the_cli(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pulumi").write_text(PULUMI)
    (tmp_path / "pulumi").chmod(0o755)
    (tmp_path / "export").write_text(json.dumps({"version": 3, "deployment": DEPLOYMENT}))
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", path)
    assert from_cli({"EXPORT": str(tmp_path / "export")}) == [EXPECTED]
    with pytest.raises(BackendUnreadable, match="^pulumi stack export --stack acme/data/dev: "):
        from_cli({"EXPORT": str(tmp_path / "absent")})


def test_the_backend_is_the_one_that_the_cli_is_logged_in_to(tmp_path: Path) -> None:
    home = {"PULUMI_HOME": str(tmp_path)}
    assert backend_url(home) == ""
    (tmp_path / "credentials.json").write_text('{"current": "s3://states"}')
    assert backend_url(home) == "s3://states"
    assert backend_url({**home, "PULUMI_BACKEND_URL": "file:///x"}) == "file:///x"
    (tmp_path / "credentials.json").write_text("[")
    assert backend_url(home) == ""


def test_each_kind_of_backend_has_its_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("from_folder", "from_s3", "from_cli"):
        stack = DeployedStack(name, "dev")
        monkeypatch.setattr(backends, name, lambda *_, stack=stack: [stack])
    kinds = {"file:///x": "from_folder", "s3://x": "from_s3", "https://api": "from_cli"}
    for url, reader in kinds.items():
        (found,) = backends.deployed_stacks({"PULUMI_BACKEND_URL": url})
        assert found.project == reader

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestrator.checkout.target import Target
from orchestrator.errors import UsageError
from orchestrator.verbs import openapi


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with the two layers that the document is about."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "contracts.py").write_text("")
    for layer, config in {"api": {}, "compute": {"compute:version": "2.1.0"}}.items():
        folder = tmp_path / "stacks" / layer
        folder.mkdir(parents=True)
        (folder / "Pulumi.yaml").write_text(f"name: {layer}\nruntime: python\n")
        (folder / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": config}))
        (folder / "__main__.py").write_text("")
    return tmp_path


def target(root: Path) -> Target:
    return Target.parse(root, env="dev")


def printed(root: Path, capsys: pytest.CaptureFixture[str], **options: str) -> dict[str, Any]:
    openapi.show(target(root), **options)
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_the_document_is_that_of_the_environment(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = printed(root, capsys)
    assert document["openapi"] == "3.1.0"
    assert document["info"]["version"] == "2.1.0"
    assert set(document["components"]["securitySchemes"]) == {"iam"}
    assert "servers" not in document


def test_what_is_given_overrides_the_settings_of_the_environment(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = printed(root, capsys, edge="http", auth="jwt", url="https://api.example.com")
    assert set(document["components"]["securitySchemes"]) == {"jwt"}
    assert document["servers"] == [{"url": "https://api.example.com"}]
    assert "GatewayError" in document["components"]["schemas"]


def test_what_is_not_there_is_listed(root: Path) -> None:
    with pytest.raises(UsageError, match="iam, jwt, none"):
        openapi.show(target(root), auth="basic")
    with pytest.raises(UsageError, match="rest, http"):
        openapi.show(target(root), edge="ftp")


def test_what_cannot_be_deployed_has_no_document(root: Path) -> None:
    with pytest.raises(UsageError, match="--edge http"):
        openapi.show(target(root), edge="rest", auth="jwt")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x", "x", "/v1", "https://", "https:///v1", "https://x y", "https://x:99999",
        "https://[x", "https://x?a=1", "https://x#a", "https://me:word@x", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_an_address_that_no_request_can_go_to_is_refused(
    root: Path, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    with pytest.raises(UsageError, match="--url https://") as caught:
        openapi.show(target(root), url=url)
    assert caught.value.exit_code == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:4566/a_b/live", "https://[::1]:1/v1", "HTTPS://x"]
)
def test_any_web_address_will_do(root: Path, capsys: pytest.CaptureFixture[str], url: str) -> None:
    assert printed(root, capsys, url=url)["servers"] == [{"url": url}]

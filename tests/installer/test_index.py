"""What pip is told, uv is told: by configuration files and by the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from installer import index
from installer.places import OWN, cache

CONFIGURED = """
[global]
index-url = https://mirror.example/simple
extra-index-url =
    https://a.example/simple
    https://b.example/simple
trusted-host = mirror.example
cert = {certificate}
proxy = http://proxy.example:3128
timeout = 7
[install]
find-links = {folder} {folder}/not-there https://links.example/
no-index = {closed}
"""


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    certificate = tmp_path / "company.pem"
    certificate.touch()
    file = tmp_path / "pip.conf"
    file.write_text(CONFIGURED.format(certificate=certificate, folder=tmp_path, closed="false"))
    for name in ("SSL_CERT_FILE", "PIP_CERT", "PIP_FIND_LINKS", "PIP_DEFAULT_TIMEOUT", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in index.FROM_UV:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    return file


def told(folder: Path) -> dict[str, str]:
    return dict(index.for_uv(folder).environment)


def test_a_configuration_file_of_pip_counts(configured: Path) -> None:
    uv = told(configured)
    assert uv["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert uv["UV_INDEX"] == "https://a.example/simple https://b.example/simple"
    assert uv["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert uv["UV_INSECURE_HOST"] == "mirror.example"
    assert uv["SSL_CERT_FILE"] == str(configured.parent / "company.pem")
    assert uv["ALL_PROXY"] == "http://proxy.example:3128"
    assert uv["UV_HTTP_TIMEOUT"] == "7"
    assert uv["UV_FIND_LINKS"] == f"{configured.parent},https://links.example/"
    assert index.for_uv(configured).options == []


def test_the_environment_of_pip_counts_more(
    configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://user:pass=word@mine.example/simple")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert told(configured)["UV_DEFAULT_INDEX"] == "https://user:pass=word@mine.example/simple"
    assert index.for_uv(configured).options == ["--no-index"]


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_what_uv_itself_is_told_counts_most(
    configured: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "https://uv.example/simple")
    assert told(configured)[name] == "https://uv.example/simple"
    others = {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} - {name}
    assert others.isdisjoint(told(configured))


def test_what_uv_is_told_of_other_installations_does_not_count(
    configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_PYTHON", "3.8")
    assert "UV_PYTHON" not in told(configured)


def test_without_a_cache_folder_the_packages_stay_in_the_checkout(configured: Path) -> None:
    assert "UV_CACHE_DIR" not in told(configured)
    assert told(configured.parent / OWN)["UV_CACHE_DIR"] == str(
        configured.parent / OWN / "packages"
    )


def test_a_cache_folder_is_the_users_and_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.chdir(tmp_path)
    assert cache(Path("/checkout")) == tmp_path / ".cache" / "microstack"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file" / "caches"))
    (tmp_path / "file").touch()
    assert cache(Path("/checkout")) == tmp_path / ".cache" / "microstack"

"""Where packages come from: what a person, or their company, told pip, told to uv as well."""

from __future__ import annotations

import ast
import importlib.util
import os
import ssl
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from installer.places import OWN

BASE_PYTHON: str = vars(sys)["_base_executable"]
"""The Python that .venv was made from, as the module venv asks for it; else the one that runs."""
SCOPES = ("global.", "install.", ":env:.")
"""Of pip's configuration, the later over the earlier."""
FROM_UV = (
    "UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS",
    "UV_INDEX_STRATEGY", "UV_KEYRING_PROVIDER", "UV_INSECURE_HOST", "UV_SYSTEM_CERTS", "UV_OFFLINE",
    "UV_HTTP_TIMEOUT", "UV_HTTP_RETRIES", "UV_CACHE_DIR", "UV_NO_CACHE", "UV_LINK_MODE",
    "UV_CONFIG_FILE", "UV_NO_CONFIG", "UV_CONCURRENT_DOWNLOADS",
)  # fmt: skip
"""What of a person's own uv counts: how it reaches packages, not what it would install where."""
SAME = (
    ("index-url", "UV_DEFAULT_INDEX"),
    ("extra-index-url", "UV_INDEX"),
    ("trusted-host", "UV_INSECURE_HOST"),
    ("proxy", "ALL_PROXY"),
    ("client-cert", "SSL_CLIENT_CERT"),
)
"""pip's settings, and what uv calls the same; both take several, with spaces between."""
NOT_OF_PIP = (
    "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_CONSTRAINT", "PIP_REQUIREMENT",
    "PIP_PYTHON", "PIP_DRY_RUN", "PIP_NO_DEPS", "PIP_IGNORE_INSTALLED", "PIP_REPORT", "PIP_LOG",
    "PIP_QUIET", "PIP_VERBOSE",
)  # fmt: skip
"""What of a person's pip would bend the installation of a whole locked set."""


def pip() -> list[str]:
    """The command: this Python's own, or that of the Python below .venv; nothing if none has it."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-I", "-m", "pip"]
    if sys.prefix != sys.base_prefix:
        return [BASE_PYTHON, "-I", "-m", "pip"]
    return []


def for_pip() -> dict[str, str]:
    """The environment that pip runs in: never a question, never into a folder of the person's."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_OF_PIP}
    ours = {
        "PIP_USER": "0",
        "PIP_REQUIRE_VIRTUALENV": "0",
        "PIP_NO_INPUT": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    return kept | ours


@dataclass(frozen=True)
class Index:
    """How uv is told where packages come from."""

    environment: Mapping[str, str]
    options: Sequence[str]


def for_uv(cache: Path) -> Index:
    """What a person told uv; if that is not where packages are, then what they told pip."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("UV_") or name in FROM_UV
    }
    told = {} if {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & kept.keys() else _told_pip()
    closed = told.get("no-index", "").lower() in ("1", "true", "yes", "on")
    ours = {"UV_PYTHON_DOWNLOADS": "never"}
    if cache.name == OWN:  # a user without a cache folder has none for uv's packages either
        ours["UV_CACHE_DIR"] = str(cache / "packages")
    return Index(
        environment={**ours, **dict(_translated(told)), **kept},
        options=["--no-index"] if closed else [],  # uv has no variable for it
    )


def _told_pip() -> dict[str, str]:
    """pip's configuration from files and environment: `index-url` and the like."""
    if not pip():
        return {}
    asked = subprocess.run(
        [*pip(), "config", "list"],
        env=for_pip(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line.partition("=") for line in asked.stdout.splitlines() if "=" in line]
    told = {}
    for scope in SCOPES:
        for key, _, value in lines:
            if key.startswith(scope):
                told[key.removeprefix(scope)] = str(ast.literal_eval(value))
    return told


def _translated(told: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, name in SAME:
        if told.get(key):
            yield name, " ".join(told[key].split())
    # As pip does, any index may have it: the hashes decide what is taken.
    yield "UV_INDEX_STRATEGY", "unsafe-best-match"
    if links := [*_links(told.get("find-links", "").split())]:
        yield "UV_FIND_LINKS", ",".join(links)
    if told.get("timeout", "").isdigit():
        yield "UV_HTTP_TIMEOUT", told["timeout"]
    if told.get("keyring-provider") == "subprocess":
        yield "UV_KEYRING_PROVIDER", "subprocess"
    yield from _certificates(told)


def _links(told: Iterable[str]) -> Iterator[str]:
    """Addresses, and folders that are there: uv refuses what pip passes over."""
    for each in told:
        if "://" in each:
            yield each
        elif Path(each).is_dir():
            yield str(Path(each).absolute())


def _certificates(told: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Whom to trust: the file that pip is told, or the system's store, as pip's newer versions."""
    named = (
        told.get("cert") or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    )
    if named:
        kind = "SSL_CERT_DIR" if Path(named).is_dir() else "SSL_CERT_FILE"
        yield kind, str(Path(named).absolute())
    elif _has_system_store():
        yield "UV_SYSTEM_CERTS", "1"


def _has_system_store() -> bool:
    """A slim container has none; uv then takes the authorities that it brings."""
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile or (paths.capath and any(Path(paths.capath).iterdir())))

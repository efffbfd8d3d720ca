"""The locks: all that pyproject.toml asks for, one version of each, with hashes, from any index."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
RUNS, TOOLS, SETUP = "requirements.lock", "requirements-dev.lock", "requirements-setup.lock"
LOCKS = (RUNS, TOOLS, SETUP)
PIN = re.compile(r"^(\S+)==(\S+)( ; .+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.M)


def text(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


def pins(lock: str) -> dict[str, str]:
    return {canonicalize_name(name): version for name, version, *_ in PIN.findall(text(lock))}


def asked(lock: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    lines = {RUNS: project["project"]["dependencies"], TOOLS: groups["dev"], SETUP: groups["setup"]}
    return [Requirement(line) for line in lines[lock]]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_what_is_asked_for(lock: str) -> None:
    pinned = pins(lock)
    for each in asked(lock):
        name = canonicalize_name(each.name)
        assert each.specifier.contains(pinned.get(name, "")), f"{each}: compile {lock} again"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_is_a_pin_with_hashes_or_a_comment(lock: str) -> None:
    left = PIN.sub("", text(lock))
    assert [line for line in left.splitlines() if not line.strip().startswith("#")] == []
    for *_, marker, _ in PIN.findall(text(lock)):
        assert not marker or Marker(marker.removeprefix(" ; "))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_the_command_that_made_it(lock: str) -> None:
    assert "://" not in text(lock)
    assert "--index" not in text(lock).replace("--no-emit-index-url", "")
    command = text(lock).splitlines()[1].removeprefix("#").strip()
    assert f"#   {command}\n" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_what_runs_and_the_tools_agree() -> None:
    runs, tools = pins(RUNS), pins(TOOLS)
    both = runs.keys() & tools.keys()
    assert both
    assert {name: tools[name] for name in both} == {name: runs[name] for name in both}


def test_no_tool_is_among_what_runs() -> None:
    assert {canonicalize_name(each.name) for each in asked(TOOLS)}.isdisjoint(pins(RUNS))

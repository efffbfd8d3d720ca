"""CODEOWNERS names the owner of each layer, and no path that does not exist."""

from __future__ import annotations

from pathlib import Path

from orchestrator.checkout.code_owners import ORGANIZATION, text
from orchestrator.checkout.layers import discover
from shared.registry.layers import LAYERS, owner_of

ROOT = Path(__file__).resolve().parents[3]


def rules() -> dict[str, list[str]]:
    lines = [line.split() for line in text().splitlines() if not line.startswith("#")]
    return {pattern: owners for pattern, *owners in lines}


def team(name: str) -> str:
    return f"@{ORGANIZATION}/{name}"


def test_every_layer_of_the_checkout_is_owned_by_its_team() -> None:
    for layer in discover(ROOT):
        assert rules()[f"/stacks/{layer.name}/"] == [team(owner_of(layer.name))]


def test_contracts_concern_every_team() -> None:
    assert rules()["/shared/contracts.py"] == [team(listed.owner) for listed in LAYERS.values()]


def test_the_first_rule_is_for_all_that_has_no_other() -> None:
    assert next(iter(rules().items())) == ("*", [team("platform-team")])


def test_every_path_exists() -> None:
    paths = [pattern.removeprefix("/") for pattern in rules() if pattern != "*"]
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert all(path.endswith("/") is (ROOT / path).is_dir() for path in paths)

"""The text of .github/CODEOWNERS, from the list of owners: a review asks the team it concerns."""

from __future__ import annotations

from collections.abc import Iterator

from shared.registry.layers import LAYERS

ORGANIZATION = "microstack"
"""The GitHub organization whose teams the owners are."""

PLATFORM = "platform-team"
"""Owns whatever no layer's team does: the tasks, the orchestrator, the local cloud."""

BESIDE = {
    "data": ("shared/registry/tables.py", "shared/registry/buckets.py"),
    "compute": ("lambda_src/", "tests/lambda_src/"),
    "api": ("lambda_src/common/schemas/", "tests/smoke/"),
    "observability": ("docs/runbooks/",),
}
"""What a layer's team owns outside of its folder and settings."""

TOGETHER = ("shared/contracts.py",)
"""What concerns all teams, so that any of them may approve it."""


def text() -> str:
    """The whole file; of several rules that match, GitHub takes the last."""
    head = (
        "# Made by ./invoke check --fix from the list of owners; "
        "do not edit it (orchestrator/checkout/code_owners.py)."
    )
    return "\n".join([head, _rule("*", PLATFORM), *_layers(), *_together(), ""])


def _layers() -> Iterator[str]:
    for layer, listed in LAYERS.items():
        module = layer.replace("-", "_")
        own = (
            f"stacks/{layer}/",
            f"shared/settings/{module}.py",
            f"tests/stacks/test_{module}.py",
        )
        for path in (*own, *BESIDE.get(layer, ())):
            yield _rule(f"/{path}", listed.owner)


def _together() -> Iterator[str]:
    for path in TOGETHER:
        yield _rule(f"/{path}", *(listed.owner for listed in LAYERS.values()))


def _rule(pattern: str, *owners: str) -> str:
    return " ".join([pattern, *(f"@{ORGANIZATION}/{owner}" for owner in owners)])

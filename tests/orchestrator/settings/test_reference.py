from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import BaseModel, Field, SecretStr, StringConstraints

from orchestrator.settings.reference import REQUIRED, Setting, markdown, settings_of
from shared.registry.jobs import JOBS
from shared.settings.compute import Compute
from shared.settings.config import Settings
from shared.settings.models import MODELS
from shared.settings.text import Form

ROOT = Path(__file__).resolve().parents[3]


class Part(BaseModel):
    """A member."""

    size: int = Field(ge=1, description="How big.")
    name: str | None = Field(default=None, max_length=9, description="What it is called.")


class Sample(Settings):
    """A layer with one setting of each kind."""

    layer: ClassVar[str] = "sample"

    days: int = Field(default=3, ge=1, le=9, description="Days.")
    percent: float = Field(default=1.5, gt=0, description="Percent.")
    wanted: bool = Field(default=False, description="Whether.")
    colour: Literal["red", "green"] = Field(default="red", description="Colour.")
    key: SecretStr = Field(min_length=8, description="Key.")
    word: Annotated[str, StringConstraints(pattern="^a|b$")] = Field("a", description="Word.")
    zone: Annotated[str, Form(r"^Z\d*$", "a zone such as Z1")] = Field(
        "Z1", max_length=9, description="Zone."
    )
    zones: tuple[Annotated[str, Form(r"^Z\d*$", "a zone such as Z1")], ...] = Field(
        default=(), min_length=1, description="Zones."
    )
    people: tuple[str, ...] = Field(default=(), description="People.")
    pieces: tuple[Part, ...] = Field(default=(), description="Parts.")
    by_name: dict[str, Part] = Field(default_factory=dict, description="Named parts.")
    by_zone: dict[Annotated[str, Form(r"^Z\d*$", "a zone such as Z1")], Part] = Field(
        default_factory=dict, description="Parts."
    )
    alone: Part | None = Field(default=None, description="A part.")


SAMPLE = {setting.path: setting for setting in settings_of(Sample)}


@pytest.mark.parametrize(
    ("path", "allowed", "default"),
    [
        ("days", "whole number from 1 to 9", "3"),
        ("percent", "number above 0", "1.5"),
        ("wanted", "true, false", "false"),
        ("colour", "red, green", "red"),
        ("key", "text of at least 8 characters", REQUIRED),
        ("word", "text matching ^a|b$", "a"),
        ("zone", "text of at most 9 characters: a zone such as Z1", "Z1"),
        ("zones", "list of: a zone such as Z1; at least 1", "[]"),
        ("people", "list of: text", "[]"),
        ("pieces[].size", "whole number from 1", REQUIRED),
        ("pieces[].name", "text of at most 9 characters", "absent"),
        ("by_name.<name>.size", "whole number from 1", REQUIRED),
        ("by_zone", "object by name: a zone such as Z1", "{}"),
        ("by_zone.<name>.size", "whole number from 1", REQUIRED),
        ("alone", "object", "absent"),
        ("alone.size", "whole number from 1", REQUIRED),
    ],
)
def test_a_setting_says_what_is_allowed_and_what_holds_by_itself(
    path: str, allowed: str, default: str
) -> None:
    assert (SAMPLE[path].allowed, SAMPLE[path].default) == (allowed, default)


def test_members_come_after_what_they_are_part_of_with_their_own_words() -> None:
    paths = list(SAMPLE)
    assert paths.index("alone.size") == paths.index("alone") + 1
    assert SAMPLE["alone.size"].description == "How big."
    assert SAMPLE["alone.size"].member
    assert not SAMPLE["alone"].member


def test_secrets_are_known() -> None:
    assert [path for path, setting in SAMPLE.items() if setting.secret] == ["key"]


def test_where_functions_differ_each_default_is_named() -> None:
    found = {setting.path: setting for setting in settings_of(Compute)}
    seconds: dict[int, list[str]] = {}
    for job, function in JOBS.items():
        seconds.setdefault(function.timeout_seconds, []).append(job)
    assert len(seconds) > 1
    assert found["functions.<name>.timeout_seconds"].default == (
        "; ".join(f"{each} for {', '.join(jobs)}" for each, jobs in seconds.items())
    )
    assert found["functions.<name>.memory_mb"].default == "256"


def every_setting() -> list[Setting]:
    return [setting for model in MODELS.values() for setting in settings_of(model)]


def test_every_setting_of_every_layer_has_a_description_and_a_range() -> None:
    for setting in every_setting():
        assert setting.description, setting.path
        assert setting.allowed, setting.path
        assert "any value" not in setting.allowed, setting.path


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("vpc_cidr", "a private IPv4 network from /16 to /24, such as 10.20.0.0/16"),
        ("secret_recovery_days", "whole number: 0, or 7 to 30"),
        ("usage_plans.<name>.rate", "whole number from 1 to 10000"),
    ],
)
def test_what_a_check_of_our_own_wants_is_said(path: str, allowed: str) -> None:
    assert {each.allowed for each in every_setting() if each.path == path} == {allowed}


def test_no_person_has_to_read_a_pattern() -> None:
    assert not [each.path for each in every_setting() if "matching" in each.allowed]


def test_the_page_is_what_the_models_say() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == markdown(), "stale: ./invoke settings --markdown > docs/settings.md"


def test_the_page_has_a_row_of_four_cells_for_every_setting() -> None:
    lines = markdown().splitlines()
    for setting in every_setting():
        row = next(line for line in lines if line.startswith(f"| `{setting.path}` |"))
        assert row.replace("\\|", "").count("|") == 5, row

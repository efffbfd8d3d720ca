"""Whoever an alarm wakes finds a page for it, and no page is for an alarm that there is not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from shared.registry.jobs import JOBS
from tests.stacks.recorder import Program

RUNBOOKS = Path(__file__).resolve().parents[2] / "docs" / "runbooks"
PAGES = {file.stem for file in RUNBOOKS.glob("*.md")} - {"README"}
QUESTIONS = ["What it means", "Look", "Do", "Escalate"]
ALARMS = ("cloudwatch/metricAlarm:MetricAlarm", "cloudwatch/compositeAlarm:CompositeAlarm")


def kind(alarm: str, watched: Iterable[str]) -> str:
    """The page of an alarm: its name without what it watches; all burn rates share one."""
    if alarm.startswith("burn-"):
        return "burn-rate"
    owner = next((name for name in watched if alarm.startswith(f"{name}-")), "")
    return alarm.removeprefix(f"{owner}-")


def kinds(data: Program, observability: Program) -> set[str]:
    watched = [*JOBS, *data.outputs["table_names"]]
    alarms = [name for type_ in ALARMS for name in observability.all(type_)]
    return {kind(alarm, watched) for alarm in alarms}


def test_every_kind_of_alarm_has_its_page_and_no_other(
    data: Program, observability: Program, http_observability: Program
) -> None:
    assert kinds(data, observability) == PAGES
    assert kinds(data, http_observability) == PAGES


def test_the_list_has_every_page_once() -> None:
    listed = re.findall(r"^\| \[([\w-]+)\]\(\1\.md\) \|", _text("README"), re.M)
    assert sorted(listed) == sorted(PAGES)


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_answers_the_four_questions_and_names_a_command(page: str) -> None:
    text = _text(page)
    assert text.startswith(f"# {page}: ")
    assert re.findall(r"^## (.+)$", text, re.M) == QUESTIONS
    assert "./invoke " in text


def _text(page: str) -> str:
    return (RUNBOOKS / f"{page}.md").read_text(encoding="utf-8")

from __future__ import annotations

from orchestrator.deployers.base import StepEvent
from orchestrator.display.lines import changes_text, step_lines
from tests.orchestrator.display.conftest import URN, console, written


def test_changes_come_before_what_stayed() -> None:
    assert changes_text({"same": 3, "create": 12, "update": 0}) == "12 created, 3 unchanged"


def test_a_changed_property_is_no_markup() -> None:
    step = StepEvent(phase="finished", urn=URN, type="t", op="update", diff=("tags[team]",))
    out = console()
    out.print(*step_lines([step]))
    assert "tags[team]" in written(out)

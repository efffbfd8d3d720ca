"""The lines about records that are not stored."""

from __future__ import annotations

import json

import pytest
from ingest.models import Element, Failure, Upload
from ingest.rejections import SHOWN, Rejections

UPLOAD = Upload(bucket="uploads", key="a.json", version_id=None, revision="e")


@pytest.mark.parametrize(("rejected", "more"), [(0, 0), (1, 0), (SHOWN, 0), (SHOWN + 30, 30)])
def test_the_first_have_a_line_each_and_the_others_are_counted(
    capsys: pytest.CaptureFixture[str], rejected: int, more: int
) -> None:
    with Rejections(UPLOAD) as rejections:
        for index in range(rejected):
            element = Element(index=index, text="text")
            failure = Failure(code="c", message="text is taken", logged="Taken.", element=element)
            rejections.add(failure)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["level"] for line in lines} <= {"WARNING"}
    assert not [line for line in lines if "text" in str(line)]
    assert {line["key"] for line in lines} <= {"a.json"}
    assert [line["index"] for line in lines if "index" in line] == list(range(rejected - more))
    assert [line["more"] for line in lines if "more" in line] == ([more] if more else [])

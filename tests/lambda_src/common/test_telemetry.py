"""Log lines that can be read by machines and hold no credential."""

from __future__ import annotations

import json

import pytest
from common.telemetry import Telemetry


@pytest.fixture
def telemetry(monkeypatch: pytest.MonkeyPatch) -> Telemetry:
    monkeypatch.setenv("LOG_LEVEL", "INFO")
    made = Telemetry()
    made.begin(function="test", correlation_id="c1", request_id="r1")
    return made


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_line_has_level_time_and_correlation_id(
    telemetry: Telemetry, capsys: pytest.CaptureFixture[str]
) -> None:
    telemetry.info("one")
    telemetry.warning("two", n=2)
    telemetry.failure("three", ValueError("x" * 1000))
    telemetry.end("four")
    found = lines(capsys)
    assert [line["level"] for line in found] == ["INFO", "WARNING", "ERROR", "INFO"]
    assert {line["correlation_id"] for line in found} == {"c1"}
    assert all(line["time"] for line in found)
    assert len(str(found[2]["error"])) < 700


@pytest.mark.parametrize(
    "name", ["Authorization", "db_password", "client_secret", "x_api_key", "apiKey", "Set-Cookie"]
)
def test_fields_that_are_called_like_credentials_are_blinded(
    telemetry: Telemetry, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    telemetry.info("x", **{name: "5ecre7"}, nested={"deep": [{name: "5ecre7"}]})
    assert "5ecre7" not in capsys.readouterr().out


def test_the_level_filters_but_never_the_line_with_the_metrics(
    telemetry: Telemetry, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    telemetry.info("one")
    telemetry.count("RecordsStored", 3)
    telemetry.end("two")
    (line,) = lines(capsys)
    assert line["RecordsStored"] == 3


def test_metrics_of_one_invocation_do_not_show_in_the_next(
    telemetry: Telemetry, capsys: pytest.CaptureFixture[str]
) -> None:
    telemetry.count("RecordsStored")
    telemetry.begin(function="test", correlation_id="c2", request_id="r2")
    telemetry.end("x")
    (line,) = lines(capsys)
    assert "RecordsStored" not in line


def test_text_that_no_encoding_can_write_is_escaped(
    telemetry: Telemetry, capsys: pytest.CaptureFixture[str]
) -> None:
    telemetry.info("broken \udcff")
    assert lines(capsys)[0]["message"] == "broken \udcff"

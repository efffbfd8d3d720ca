from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from localcloud.engine.errors import ProjectInvalid
from localcloud.engine.project import yaml_file


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("yes", "yes"),
        ("off", "off"),
        ("12:30", "12:30"),
        ("2020-01-01", "2020-01-01"),
        ("17", 17),
        ("0o17", 15),
        ("0x1f", 31),
        ("1_000", 1000),
        ("1e3", 1000.0),
        ("2.50", 2.5),
        ("'007'", "007"),
        ("~", None),
        ("", None),
        ("=", "="),
    ],
)
def test_scalars_mean_what_they_mean_to_the_cli(tmp_path: Path, text: str, value: object) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(f"key: {text}\n")
    read = yaml_file.read(path)["key"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    "text", ["yes", "12:30", "1e3", "0o17", "007", "true", "~", "", "a: b", "é", "x" * 300, "1_0"]
)
def test_a_text_stays_a_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.yaml"
    yaml_file.write(path, {"key": text, "list": [text]})
    assert yaml_file.read(path) == {"key": text, "list": [text]}


@pytest.mark.parametrize("text", ["key: &a [*a]", "key: " + "9" * 5000])
def test_what_no_json_can_hold_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(ProjectInvalid, match="holds a value that"):
        yaml_file.read(path)


def test_order_and_mode_stay(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    yaml_file.write(path, {"z": 1})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    document: dict[str, Any] = {"z": 1, "a": {"y": 2, "b": 3}}
    yaml_file.write(path, document)
    assert list(yaml_file.read(path)) == ["z", "a"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("content", [b"- a\n", b"text\n", b"a: [\n", b"a: b: c\n", b"\xff\xfe\x00"])
def test_a_bad_file_is_named_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    with pytest.raises(ProjectInvalid, match=r"x\.yaml") as caught:
        yaml_file.read(path)
    assert "\n" not in str(caught.value)


def test_a_key_that_stands_there_twice_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("config:\n  p:size: 1\n  p:other: 1\n  p:size: 2\n")
    with pytest.raises(ProjectInvalid, match=r"\(line 4: the key p:size stands there twice\)"):
        yaml_file.read(file)


def test_what_is_merged_in_may_be_said_again(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a: &a {x: 1, y: 1}\nb: {y: 2, <<: *a}\n")
    assert yaml_file.read(file)["b"] == {"x": 1, "y": 2}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectInvalid, match="no file"):
        yaml_file.read(tmp_path / "x.yaml")


def test_an_empty_file_is_an_empty_mapping(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("# nothing\n")
    assert yaml_file.read(tmp_path / "x.yaml") == {}


def test_a_new_file_is_written_as_a_person_would(tmp_path: Path) -> None:
    path, shared = tmp_path / "x.yaml", {"y": "é"}
    yaml_file.write(path, {"z": shared, "a": shared, "text": "one\ntwo"})
    assert path.read_text(encoding="utf-8") == ('z:\n  y: é\na:\n  y: é\ntext: "one\\ntwo"\n')

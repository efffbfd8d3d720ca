"""The picture of the README is a real screen: of all layers, green, with nothing of one machine."""

from __future__ import annotations

import html
import re

from docs.screen import PICTURE, screen
from tests.test_layout import LAYERS


def lines() -> list[str]:
    texts = re.findall(r"<text [^>]*>([^<]*)</text>", PICTURE.read_text(encoding="utf-8"))
    return [html.unescape(text).replace("\xa0", " ") for text in texts]


def test_the_picture_shows_layers_and_green_smoke_tests() -> None:
    shown = " ".join(lines())
    names = re.findall(r"([a-z-]+) \(local\) +\d+ created", shown)
    assert names == [layer.name for layer in LAYERS if layer.name in names]
    assert len(names) >= 5  # those of the run that it is of: a later layer needs no new picture
    assert re.search(r"smoke tests: [1-9]\d* passed, 0 failed", shown)
    assert "health_url: http://127.0.0.1:" in shown


def test_the_picture_names_no_folder_and_fetches_nothing() -> None:
    assert not re.search(r"(?<![\w:/.])/(?:home|root|tmp|work|Users)/", " ".join(lines()))
    assert "url(http" not in PICTURE.read_text(encoding="utf-8").replace('"', "")


def test_a_line_that_is_written_again_stands_once() -> None:
    frames = "\x1b[?25lone 1\ntwo 1\r\x1b[2K\x1b[1A\x1b[2Kone 2\ntwo 2\n\x1b[32mdone\x1b[0m\r\n"
    assert screen(frames) == ["one 2", "two 2", "\x1b[32mdone\x1b[0m", ""]

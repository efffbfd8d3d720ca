"""Names made up for resources that the program did not name."""

from __future__ import annotations

import re

from localcloud.provider.base.names import DEFAULTS, AutoName, digits, fill

SEED = b"seed"


def made(rule: AutoName, logical: str = "fn", **inputs: str) -> str:
    return rule.make(logical, dict(inputs), SEED)


def test_a_name_is_the_logical_one_and_seven_hex_digits() -> None:
    assert re.fullmatch(r"fn-[0-9a-f]{7}", made(AutoName()))


def test_the_same_seed_gives_the_same_name_and_another_seed_another() -> None:
    rule = AutoName()
    assert rule.make("fn", {}, b"1") == rule.make("fn", {}, b"1")
    assert rule.make("fn", {}, b"1") != rule.make("fn", {}, b"2")


def test_without_a_seed_names_are_random() -> None:
    assert digits(b"", "fn") != digits(b"", "fn")


def test_the_logical_name_is_cut_so_that_the_whole_fits() -> None:
    name = made(AutoName(max=20, suffix=".fifo"), "a-very-long-logical-name")
    assert re.fullmatch(r"a-very-l[0-9a-f]{7}\.fifo", name)
    assert len(name) == 20


def test_a_prefix_stands_in_for_the_logical_name() -> None:
    assert re.fullmatch(r"mine-[0-9a-f]{7}", made(AutoName(), namePrefix="mine-"))
    assert made(AutoName(prefix=None), namePrefix="mine-").startswith("fn-")


def test_a_lead_and_lower_case_are_honoured() -> None:
    assert made(AutoName(lead="alias/")).startswith("alias/fn-")
    assert made(AutoName(lower=True), "Fn").startswith("fn-")


def test_a_name_that_the_program_gives_stays() -> None:
    news = {"name": "mine"}
    fill(AutoName(), "fn", news, {}, SEED)
    assert news == {"name": "mine"}


def test_a_made_up_name_is_kept_from_run_to_run() -> None:
    first: dict[str, object] = {}
    fill(AutoName(), "fn", first, {}, SEED)
    second: dict[str, object] = {}
    fill(AutoName(), "fn", second, first, b"another seed")
    assert second == first == {"name": first["name"], DEFAULTS: ["name"]}


def test_a_name_that_the_program_gave_before_is_not_kept() -> None:
    news: dict[str, object] = {}
    fill(AutoName(), "fn", news, {"name": "mine"}, SEED)
    assert news["name"] != "mine"

from __future__ import annotations

from localcloud.engine.values.redaction import Blinder
from localcloud.engine.values.values import OutputValue, Secret


def test_secrets_are_found_at_any_depth() -> None:
    blinder = Blinder()
    blinder.learn({"a": [Secret({"b": ["deep-secret"], "n": 123456})], "open": "visible"})
    blinder.learn(OutputValue("of-an-output", secret=True))
    text = "deep-secret, 123456, of-an-output and visible"
    assert blinder.blind(text) == "[secret], [secret], [secret] and visible"


def test_short_values_and_booleans_are_left_alone() -> None:
    blinder = Blinder()
    blinder.learn(Secret(["abc", True, 12]))
    assert blinder.blind("abc True 12") == "abc True 12"


def test_longer_secrets_win() -> None:
    blinder = Blinder()
    blinder.learn(Secret("pass"))
    blinder.learn(Secret("password"))
    assert blinder.blind("password pass") == "[secret] [secret]"


def test_lines_and_json_forms_of_a_secret_are_secret() -> None:
    blinder = Blinder()
    blinder.learn(Secret('line one\nsays "hi"'))
    assert blinder.blind("got: line one") == "got: [secret]"
    assert blinder.blind(r'{"x": "line one\nsays \"hi\""}') == '{"x": "[secret]"}'


def test_what_is_learned_later_counts_from_then_on() -> None:
    blinder = Blinder()
    blinder.learn_text("first-one")
    assert blinder.blind("first-one second-one") == "[secret] second-one"
    blinder.learn_text("second-one")
    assert blinder.blind("first-one second-one") == "[secret] [secret]"

from __future__ import annotations

from localcloud.engine.values.redaction import Redactor
from localcloud.engine.values.values import OutputValue, Secret


def test_secrets_are_found_at_any_depth() -> None:
    redactor = Redactor()
    redactor.learn({"a": [Secret({"b": ["deep-secret"], "n": 123456})], "open": "visible"})
    redactor.learn(OutputValue("of-an-output", secret=True))
    text = "deep-secret, 123456, of-an-output and visible"
    assert redactor.redact(text) == "[secret], [secret], [secret] and visible"


def test_short_values_and_booleans_are_left_alone() -> None:
    redactor = Redactor()
    redactor.learn(Secret(["abc", True, 12]))
    assert redactor.redact("abc True 12") == "abc True 12"


def test_longer_secrets_win() -> None:
    redactor = Redactor()
    redactor.learn(Secret("pass"))
    redactor.learn(Secret("password"))
    assert redactor.redact("password pass") == "[secret] [secret]"


def test_lines_and_json_forms_of_a_secret_are_secret() -> None:
    redactor = Redactor()
    redactor.learn(Secret('line one\nsays "hi"'))
    assert redactor.redact("got: line one") == "got: [secret]"
    assert redactor.redact(r'{"x": "line one\nsays \"hi\""}') == '{"x": "[secret]"}'


def test_what_is_learned_later_counts_from_then_on() -> None:
    redactor = Redactor()
    redactor.learn_text("first-one")
    assert redactor.redact("first-one second-one") == "[secret] second-one"
    redactor.learn_text("second-one")
    assert redactor.redact("first-one second-one") == "[secret] [secret]"

from __future__ import annotations

import sys
import traceback
from pathlib import Path

import pulumi
import pytest

from localcloud.engine.program.failure import describe, describe_traceback, failure_sentence


def failure(code: str, folder: Path) -> BaseException:
    """Run some code as a program in a folder does, and catch what it raises."""
    file = folder / "__main__.py"
    file.write_text(code)
    try:
        exec(compile(code, str(file), "exec"), {})  # the way of runpy
    except BaseException as error:
        return error
    raise AssertionError("it did not fail")


def test_place_and_error_are_the_programs_own(tmp_path: Path) -> None:
    failed = describe(
        failure("def f():\n    raise ValueError('wrong')\nf()", tmp_path), str(tmp_path)
    )
    assert (failed["error"], failed["location"]) == ("ValueError: wrong", "__main__.py:2")
    assert "test_failure" not in failed["trace"].splitlines()[-1]


def test_errors_in_libraries_are_placed_where_the_program_called_them(tmp_path: Path) -> None:
    failed = describe(failure("import json\n\njson.loads('{')", tmp_path), str(tmp_path))
    assert failed["location"] == "__main__.py:3"
    assert failed["error"].startswith("JSONDecodeError: ")


def test_a_file_that_is_no_python_is_placed_where_it_breaks(tmp_path: Path) -> None:
    failed = describe(failure("x = 1\ny = (", tmp_path), str(tmp_path))
    assert failed["location"] == "__main__.py:2"
    assert failed["error"].startswith("SyntaxError: ")


def test_an_error_without_words_is_named(tmp_path: Path) -> None:
    assert describe(failure("raise KeyError", tmp_path), str(tmp_path))["error"] == "KeyError"


@pytest.mark.parametrize(("code", "failed"), [(0, {}), (None, {}), (3, "3"), ("no", "'no'")])
def test_exits(code: object, failed: object) -> None:
    description = describe(SystemExit(code), "/")
    if failed:
        assert description["error"] == f"the program exited with {failed}"
    else:
        assert description == {}


def test_the_sdk_itself_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pulumi", None)
    failed = describe(ModuleNotFoundError("No module named 'pulumi'"), "/")
    assert failed["error"] == "ModuleNotFoundError: No module named 'pulumi'"


def test_a_sentence_of_the_program_stands_alone() -> None:
    try:
        raise pulumi.RunError("data:nonsense is not a setting")
    except pulumi.RunError as error:
        failed = describe(error, "/project")
    assert failed["error"] == "data:nonsense is not a setting"
    assert failed["location"] == failed["trace"] == ""
    assert failed["run_error"]


@pytest.mark.parametrize(
    "code",
    [
        "def f():\n    raise ValueError('wrong')\nf()",
        "import json\n\njson.loads('{')",
        "x = 1\ny = (",
        "raise KeyError",
        "raise KeyError('region')",
        "raise ValueError('one\\ntwo: three')",
        "try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise ValueError('second')",
        "raise ValueError('third') from KeyError('second')",
    ],
)
def test_a_printed_traceback_says_the_same_as_the_error_itself(code: str, tmp_path: Path) -> None:
    error = failure(code, tmp_path)
    printed = "Program failed:\n" + "".join(traceback.format_exception(error)) + "\n"
    failed, same = describe_traceback(printed, str(tmp_path)), describe(error, str(tmp_path))
    assert (failed["error"], failed["location"]) == (same["error"], same["location"])
    assert without_carets(failed["trace"]) == without_carets(same["trace"])


def without_carets(trace: str) -> list[str]:
    """They mark columns, which a printed traceback's lines do not tell."""
    return [line for line in trace.splitlines() if line.strip("^~ ")]


def test_what_pulumi_runs_programs_in_is_no_place_of_theirs() -> None:
    printed = (
        "Traceback (most recent call last):\n"
        '  File "/opt/pulumi/pulumi-language-python-exec", line 17, in <module>\n'
        "    import pulumi\n"
        "ModuleNotFoundError: No module named 'pulumi'\n"
    )
    failed = describe_traceback(printed, "/project")
    assert failed["error"] == "ModuleNotFoundError: No module named 'pulumi'"
    assert failed["location"] == failed["trace"] == ""


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        ("no such colour", {}),
        ("Traceback (most recent call last):\n", {"error": "", "location": "", "trace": ""}),
    ],
)
def test_a_text_without_a_traceback_says_nothing(text: str, failed: object) -> None:
    assert describe_traceback(text, "/") == failed


def test_the_sentence_is_one_line_with_the_place_if_there_is_one() -> None:
    assert failure_sentence("data", "ValueError: a\n b", "__main__.py:2") == (
        "The program of data failed at __main__.py:2: ValueError: a b"
    )
    assert failure_sentence("data", "exited") == "The program of data failed: exited"

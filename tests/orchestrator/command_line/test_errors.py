from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from invoke.exceptions import Exit

from orchestrator.command_line.errors import NO_READER, reports_errors
from orchestrator.errors import MicrostackError, UsageError

PRINTS = """
from invoke.exceptions import Exit
from rich.console import Console
from orchestrator.command_line.errors import reports_errors

@reports_errors
def task():
    {}

try:
    task()
except Exit as end:
    raise SystemExit(end.code)
"""


def ended(error: BaseException) -> tuple[str, int]:
    @reports_errors
    def task() -> None:
        raise error

    with pytest.raises(Exit) as caught:
        task()
    return caught.value.message or "", caught.value.code


def test_an_error_of_ours_is_its_sentence_and_exit_code() -> None:
    assert ended(MicrostackError("no such thing")) == ("no such thing", 1)
    assert ended(UsageError("typed wrongly")) == ("typed wrongly", 2)


def test_ctrl_c_is_130() -> None:
    assert ended(KeyboardInterrupt()) == ("interrupted", 130)


def test_an_error_of_the_local_cloud_is_its_sentence() -> None:
    from localcloud.api import EngineError

    assert ended(EngineError("the stack is locked")) == ("the stack is locked", 1)


def test_so_is_one_of_a_command_that_opens_nothing_but_a_stack_file(tmp_path: Path) -> None:
    """Only `localcloud.embedded` is loaded then; a process of its own, as others load all."""
    program = (
        "from localcloud.embedded import Project\n"
        "from orchestrator.command_line.errors import reports_errors\n"
        f"reports_errors(lambda: Project.load({str(tmp_path)!r}) and None)()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "invoke.exceptions.Exit: There is no file" in done.stderr


def test_an_error_of_the_system_names_the_file() -> None:
    message, code = ended(PermissionError(13, "Permission denied", "/locked"))
    assert "/locked: Permission denied" in message
    assert code == 1


def test_a_defect_of_ours_leaves_its_details_in_a_file_and_no_traceback() -> None:
    message, _ = ended(ZeroDivisionError("division by zero"))
    assert "Traceback" not in message
    log = Path(message.split(" are in ")[1].split(": please")[0])
    assert "ZeroDivisionError: division by zero" in log.read_text()
    log.unlink()


@pytest.mark.parametrize(
    "prints",
    [
        "print('x' * 9, flush=True)",
        "print('x' * 9)",  # only flushed by the guard
        "Console().print('x')",
        "Console(stderr=True).print('x')",
    ],
)
def test_a_reader_that_has_gone_gets_no_message(prints: str, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    everywhere = "stderr" in prints
    with (tmp_path / "stderr").open("w+") as heard, os.fdopen(writer, "w") as gone:
        ended = subprocess.run(
            [sys.executable, "-c", PRINTS.format(prints)],
            stdout=gone,
            stderr=gone if everywhere else heard,
            check=False,
        )
        heard.seek(0)
        assert (ended.returncode, heard.read()) == (NO_READER, "")


def test_another_end_of_the_process_stays_what_it_is() -> None:
    @reports_errors
    def task() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit) as caught:
        task()
    assert caught.value.code == 3


def test_what_goes_well_prints_nothing() -> None:
    assert reports_errors(lambda: None)() is None

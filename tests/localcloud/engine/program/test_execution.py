from __future__ import annotations

import threading
from pathlib import Path

import pytest

from localcloud.engine.api import Cancelled, ProgramFailed
from tests.localcloud.engine.lab import Lab
from tests.patience import until


def test_cancelling_ends_a_program_that_does_not_listen(lab: Lab, tmp_path: Path) -> None:
    began = tmp_path / "began"
    lab.write(f"import time\nopen({str(began)!r}, 'w').close()\ntime.sleep(100_000)")

    def cancel() -> None:
        until(began.exists, "the program begins")
        lab.cancel.set()

    threading.Thread(target=cancel).start()
    with pytest.raises(Cancelled):
        lab.engine.up(lab.folder, "dev", cancel=lab.cancel)


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("x = {}\nx['no']", "The program of p failed at __main__.py:3: KeyError: 'no'"),
        ("def f(:", "The program of p failed at __main__.py:2: SyntaxError: invalid syntax"),
        ("import nothere", "No module named 'nothere'"),
        ("raise SystemExit(3)", "The program of p failed: the program exited with 3"),
        ("raise pulumi.RunError('give me a region')", "give me a region"),
        ("import os\nos._exit(7)", "The program of p was ended from outside."),
        ("export('x', Thing('a').arn.apply(lambda arn: arn.nope))", "has no attribute 'nope'"),
    ],
)
def test_a_broken_program_is_one_sentence(lab: Lab, program: str, sentence: str) -> None:
    with pytest.raises(ProgramFailed) as failure:
        lab.up(program)

    assert sentence in str(failure.value)
    assert "\n" not in str(failure.value)


def test_a_broken_program_shows_its_own_frames_only(lab: Lab) -> None:
    with pytest.raises(ProgramFailed):
        lab.up("def f():\n    raise ValueError('wrong')\nf()")

    (shown,) = lab.messages("error")
    assert "__main__.py" in shown
    assert "host.py" not in shown
    assert "site-packages" not in shown


def test_a_broken_program_deletes_nothing(lab: Lab) -> None:
    lab.up('Thing("a")')

    with pytest.raises(ProgramFailed):
        lab.up("raise ValueError('wrong')")

    assert len(lab.world.names()) == 1


def test_a_program_may_exit_by_itself(lab: Lab) -> None:
    assert lab.up('Thing("a")\nraise SystemExit(0)').changes == {"create": 2}


def test_what_a_program_prints_and_logs_becomes_diagnostics(lab: Lab) -> None:
    lab.up("""
        import sys
        print("to stdout")
        print("to stderr", file=sys.stderr)
        pulumi.log.info("an info")
        pulumi.log.info("half done", ephemeral=True)
        pulumi.log.warn("a warning")
        pulumi.log.debug("a debug line")
        """)

    assert sorted(lab.messages("info")) == ["an info", "to stderr", "to stdout"]
    assert lab.messages("warning") == ["a warning"]
    assert lab.messages("debug") == []


def test_a_program_imports_its_siblings_and_stands_in_its_folder(lab: Lab) -> None:
    (lab.folder / "sibling.py").write_text("NAME = 'sib'\n")
    result = lab.up("import os, sibling\nexport('x', [sibling.NAME, os.getcwd()])")

    assert result.outputs == {"x": ["sib", str(lab.folder)]}


def test_a_program_sees_nothing_of_the_engine(lab: Lab) -> None:
    result = lab.up("""
        import sys
        export("engine", [name for name in sys.modules if "localcloud" in name])
        export("paths", [path for path in sys.path if path.endswith("localcloud/engine")])
        """)

    assert result.outputs == {"engine": [], "paths": []}


def test_main_may_name_another_folder(lab: Lab) -> None:
    (lab.folder / "Pulumi.yaml").write_text("name: p\nruntime: python\nmain: src\n")
    (lab.folder / "src").mkdir()
    (lab.folder / "src" / "__main__.py").write_text("import pulumi\npulumi.export('x', 1)\n")

    assert lab.up().outputs == {"x": 1}

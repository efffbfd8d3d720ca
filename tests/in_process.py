"""The tasks of a checkout, run in this process: for what needs none of its own, and much quicker.

The command line, the tasks and all below them are the real ones, and so are the local AWS, the
programs' processes and the files. Only Python and its imports are there already.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
from subprocess import CompletedProcess
from unittest import mock

from invoke import Collection

from launcher.program import MicrostackProgram, Settings
from tests.checkout import Checkout


def invoke(
    checkout: Checkout, *arguments: str, code: int | None = 0, path: str = ""
) -> CompletedProcess[str]:
    """As `Checkout.invoke`: run a task; another exit code than `code` fails with what was said."""
    program = MicrostackProgram(
        namespace=_tasks(checkout), name="Microstack", binary="./invoke", config_class=Settings
    )
    environment = {**checkout.environment, **({"PATH": path} if path else {})}
    out, err, ended = io.StringIO(), io.StringIO(), 0
    with (
        mock.patch.dict(os.environ, environment, clear=True),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            program.run(["./invoke", *arguments])
        except SystemExit as end:
            ended = int(end.code or 0)
    done = CompletedProcess(list(arguments), ended, out.getvalue(), err.getvalue())
    if code is not None and ended != code:
        told = f"{done.stdout}\n{done.stderr}"
        raise AssertionError(f"{' '.join(arguments)}: exit code {ended}\n{told}")
    return done


def _tasks(checkout: Checkout) -> Collection:
    """Those of the checkout's own tasks.py, which work in its folder."""
    spec = importlib.util.spec_from_file_location("tasks_of_a_checkout", checkout.root / "tasks.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    namespace: Collection = module.namespace
    return namespace

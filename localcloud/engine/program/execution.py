"""Run a stack's program to its end, and turn its failure into one sentence."""

from __future__ import annotations

from collections.abc import Mapping

from localcloud.engine.errors import EngineError
from localcloud.engine.program.failure import failure_sentence
from localcloud.engine.program.programs import Program, Programs, RunRequest
from localcloud.engine.project.project import Project
from localcloud.engine.steps.run import Run

GRACE_SECONDS = 3.0  # how long a program may take to notice that its run is over


class ProgramFailed(EngineError):
    """A stack program is broken: the message names file, line and error."""


def execute(programs: Programs, project: Project, address: str, run: Run) -> None:
    """Run the program against the monitor at `address` until it ends or the run does."""
    request = RunRequest(
        program=str(project.program),
        root=run.folder,
        project=run.project,
        stack=run.stack,
        organization=run.organization,
        address=address,
        dry_run=run.preview,
        parallel=run.parallel,
        config=run.config,
        secret_keys=sorted(run.secret_keys),
    )
    program = programs.start(request, lambda text: run.bus.log("info", text))
    try:
        _await(run, program)
    finally:
        program.stop()
    if not run.stopping:
        _check_report(run, program)


def _await(run: Run, program: Program) -> None:
    """Wait for the program's end; when the run is over it gets a moment to notice."""
    while not program.ended.wait(0.05):
        if run.stopping:
            run.wait_until_idle()
            program.ended.wait(GRACE_SECONDS)
            return


def _check_report(run: Run, program: Program) -> None:
    report = program.report
    if report is None:
        run.fail(ProgramFailed(f"The program of {run.project} was ended from outside."))
    elif report:
        _report_failure(run, report)


def _report_failure(run: Run, report: Mapping[str, str]) -> None:
    text = run.bus.redactor.redact(" ".join(report["error"].split()))
    if report.get("run_error"):  # the program's own sentence, as it stands: so the CLI shows it
        run.fail(ProgramFailed(text))
        return
    if report.get("trace"):
        run.bus.log("error", f"{text}\n{report['trace']}")
    run.fail(ProgramFailed(failure_sentence(run.project, text, report.get("location", ""))))

"""The command line of `./invoke`: Invoke's, with settings of its own, and answers to slips."""

from __future__ import annotations

import contextlib
import difflib
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from invoke import Collection, Config, Program
from invoke.exceptions import Exit, ParseError

ROOT = Path(__file__).resolve().parent.parent
UNKNOWN = re.compile("No idea what '(.*)' is!", re.DOTALL)
"""What Invoke says to a word that it cannot place."""
VALUELESS = re.compile(r"Flag <Argument: ([\w-]+).*> needed value and was not given one!")
"""What Invoke says to an option at the end of the line."""


class Settings(Config):
    """Reads no ~/.invoke.yaml and the like: those are about a person's own tasks."""

    prefix = "microstack"


def program() -> MicrostackProgram:
    """The tasks of tasks.py, ready to run."""
    from tasks import namespace  # imports what it defines, and nothing that a task needs

    return MicrostackProgram(
        namespace=namespace, name="Microstack", binary="./invoke", config_class=Settings
    )


class MicrostackProgram(Program):
    """Invoke, whose users typed `./invoke`."""

    namespace: Collection

    def normalize_argv(self, argv: list[str] | None) -> None:
        """Take what was typed in the two forms that Invoke does not know."""
        first, *typed = sys.argv if argv is None else argv
        self.argv = [first, *_spelt_out(self.namespace, typed)]

    def parse_core(self, argv: list[str] | None) -> None:
        """Let Python keep compiled modules: Invoke forbids it, which costs each run a second."""
        kept = sys.dont_write_bytecode
        super().parse_core(argv)
        sys.dont_write_bytecode = kept

    def parse_tasks(self) -> None:
        """Parse, and answer what does not exist with what comes near."""
        with self._answered():
            super().parse_tasks()

    def parse_cleanup(self) -> None:
        """Show what was asked for, or answer as `parse_tasks` does."""
        with self._answered():
            super().parse_cleanup()

    def no_tasks_given(self) -> None:
        """Show the tasks."""
        self.list_tasks()
        raise Exit

    def task_list_opener(self, extra: str = "") -> str:
        """The heading of `--list`, which `./invoke --help` has as well."""
        return "Tasks (./invoke --help TASK shows the arguments of one)"

    def print_version(self) -> None:
        """The project's version."""
        about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        print(f"{self.name} {about['project']['version']}")

    @contextlib.contextmanager
    def _answered(self) -> Iterator[None]:
        try:
            yield
        except ParseError as error:
            raise Exit(self._answer(error), code=1) from None

    def _answer(self, error: ParseError) -> str:
        """What was wrong, what comes near, and where the right words stand."""
        task, flags = (error.context.name, error.context.flags) if error.context else (None, {})
        unknown = UNKNOWN.fullmatch(str(error))
        if not unknown:
            said = VALUELESS.sub(r"--\1 needs a value", str(error))
            return f"{said}. What it takes: ./invoke --help {task or ''}"
        if task:
            near = _near(unknown[1], flags)
            return f"{task} takes no {unknown[1]!r}.{near} What it takes: ./invoke --help {task}"
        near = _near(unknown[1], [*self.parser.contexts, *self.initial_context.flags])
        kind = "option" if unknown[1].startswith("-") else "task"
        return f"There is no {kind} {unknown[1]!r}.{near} All tasks: ./invoke --list"


def _spelt_out(namespace: Collection, typed: list[str]) -> list[str]:
    """`up --help` and `outputs data` in Invoke's own words.

    It would take the first for a layer of the name `--help`, and has no positional argument that
    may be left out.
    """
    match typed:
        case [task, "--help" | "-h"]:
            return ["--help", task]
        case [task, layer, *rest] if not layer.startswith("-") and _may_name_a_layer(
            namespace, task
        ):
            return [task, "--layer", layer, *rest]
    return typed


def _may_name_a_layer(namespace: Collection, task: str) -> bool:
    if task not in namespace.task_names:
        return False
    arguments = namespace[task].get_arguments()
    return any(each.name == "layer" and not each.positional for each in arguments)


def _near(typed: str, known: Iterable[str]) -> str:
    """` Did you mean …?`, or nothing. The tasks of a group come near its name."""
    known = list(known)
    near = [name for name in known if name.startswith(f"{typed}.")]
    near = near or difflib.get_close_matches(typed, known, n=2)
    return f" Did you mean {' or '.join(near)}?" if near else ""

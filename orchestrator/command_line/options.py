"""The options that tasks have in common, each declared once.

A task's function takes a `Target` where its users type a layer, an environment, a region and a
deployer. Invoke builds its parser from a signature, so the task is given one with those options.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from invoke import Context, Task, task

from orchestrator.command_line.errors import reports_errors

if TYPE_CHECKING:
    from orchestrator.checkout.target import Target

Own = ParamSpec("Own")


@dataclass(frozen=True)
class Option:
    """One part of a target, as it is typed."""

    name: str
    help: str
    default: str | None = None
    """None: it is positional, and must be given."""

    @property
    def parameter(self) -> Parameter:
        """What it is in the task's signature."""
        default = Parameter.empty if self.default is None else self.default
        return Parameter(self.name, Parameter.POSITIONAL_OR_KEYWORD, default=default)


LAYER = Option("layer", "the layer's name, e.g. data")
ANY_LAYER = Option("layer", f"{LAYER.help}; all if left out", "")
ENVIRONMENT = Option("env", "local (default), dev, staging, prod, or another of env.add", "local")
DEPLOYER = Option(
    "deployer",
    "auto (default): the embedded engine for local, the Pulumi CLI for AWS; embedded; or cli",
    "auto",
)
REGION = Option(
    "region", "only in this region, e.g. us-west-2; in all of the environment if left out", ""
)
ONE_REGION = Option("region", "a further region, e.g. us-west-2; the home region if left out", "")

HELP = {
    "function": "the function's name, e.g. ingest",
    "key": "a setting, e.g. log_level, or a member of one, e.g. functions.ingest.memory_mb",
    "json": "print JSON to standard output, for scripts",
    "yes": "do not ask first",
}
"""Of arguments that several tasks have, beside their target."""


@dataclass(frozen=True)
class TargetTask:
    """Makes tasks of functions that take a `Target` of one checkout first."""

    root: Path

    def __call__(
        self, *options: Option, name: str | None = None, help: Mapping[str, str] | None = None
    ) -> Callable[[Callable[Concatenate[Target, Own], None]], Task[Any]]:
        """The decorator for tasks with these `options`; `help` is of the function's own ones."""

        def declare(function: Callable[Concatenate[Target, Own], None]) -> Task[Any]:
            body = self._body(function, options)
            own = inspect.signature(body).parameters
            shared = {key: text for key, text in HELP.items() if key in own}
            helps = {**{each.name: each.help for each in options}, **shared, **(help or {})}
            made: Task[Any] = task(name=name, help=helps)(body)
            return made

        return declare

    def _body(
        self, function: Callable[Concatenate[Target, Own], None], options: tuple[Option, ...]
    ) -> Callable[..., None]:
        """What Invoke calls, with the signature that it reads."""

        @reports_errors
        @functools.wraps(function)
        def body(_: Context, **given: Any) -> None:
            from orchestrator.checkout.target import Target

            chosen = {option.name: given.pop(option.name) for option in options}
            target: Any = functools.partial(function, Target.parse(self.root, **chosen))
            target(**given)

        context, *own = inspect.signature(function).parameters.values()
        both = [*(option.parameter for option in options), *own]
        both.sort(key=lambda each: each.default is not Parameter.empty)  # positional ones first
        vars(body)["__signature__"] = inspect.Signature([context, *both])
        return body

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from invoke import Collection, Context, Task
from invoke.exceptions import Exit
from invoke.parser import Parser

from orchestrator.checkout.stacks import Environment
from orchestrator.checkout.target import Target
from orchestrator.command_line.options import DEPLOYER, ENVIRONMENT, LAYER, REGION, TargetTask

given: list[tuple[Target, str, bool]] = []


def tasks() -> tuple[Task[Any], Task[Any]]:
    """Made anew each time: Invoke takes the help out of a task that it makes a parser of."""
    on_target = TargetTask(Path("checkout"))

    @on_target(LAYER, ENVIRONMENT, DEPLOYER, REGION, name="do-it", help={"key": "another"})
    def do(target: Target, key: str, yes: bool = False) -> None:
        """Do something."""
        given.append((target, key, yes))

    @on_target(ENVIRONMENT)
    def look(target: Target) -> None:
        """Look."""
        given.append((target, "", False))

    return do, look


def run(*words: str) -> tuple[Target, str, bool]:
    """What the task's function is given when this is typed."""
    collection = Collection(*tasks())
    (context,) = Parser(collection.to_contexts()).parse_argv(list(words))
    assert context.name
    collection[context.name](Context(), **context.as_kwargs)
    return given.pop()


def test_the_options_come_as_one_target_and_the_rest_as_it_is() -> None:
    target, key, yes = run(
        "do-it", "data", "size", "--env", "dev", "--region", "us-west-2", "--deployer=cli", "--yes"
    )
    assert target == Target(
        root=Path("checkout"),
        environment=Environment.DEV,
        layer="data",
        region="us-west-2",
        deployer="cli",
    )
    assert (key, yes) == ("size", True)


def test_what_is_left_out_is_local_by_the_deployer_that_suits() -> None:
    assert run("do-it", "data", "size")[0] == Target(root=Path("checkout"), layer="data")
    assert run("look")[0] == Target(root=Path("checkout"))


def test_help_is_that_of_the_options_with_its_own_going_first() -> None:
    do, _ = tasks()
    helps = {argument.name: argument.help for argument in do.get_arguments()}
    assert list(helps) == ["layer", "key", "env", "deployer", "region", "yes"]
    assert helps["layer"] == "the layer's name, e.g. data"
    assert helps["key"] == "another"
    assert helps["yes"] == "do not ask first"
    assert do.__doc__ == "Do something."


def test_what_cannot_be_meant_is_one_sentence() -> None:
    with pytest.raises(Exit, match="There is no environment 'moon'") as caught:
        run("look", "--env", "moon")
    assert caught.value.code == 2

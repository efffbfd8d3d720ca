"""What is half-done in a checkout: every gap of a function, table or layer as one sentence.

`./invoke check` tells it, and each verb that runs programs tells it before the first of them: a gap
in one layer would else show as a KeyError in another team's. Lists are taken from the registries of
shared/, all else from the source, so nothing is run and nothing needs Pulumi.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

from shared.api.schemas import FILES, SUFFIX, all_of
from shared.contracts import CONTRACTS
from shared.function_source import COMMON, unmet_imports
from shared.function_source import gaps as gaps_of_source
from shared.registry.jobs import JOBS, Function, Job
from shared.registry.layers import LAYERS, owner_of
from shared.registry.operations import Operation
from shared.registry.tables import TABLES, TableName

JOB_LIST = "shared/registry/jobs.py"
TABLE_LIST = "shared/registry/tables.py"
NEEDS = Path("stacks") / "compute" / "needs.py"
CODE = Path("lambda_src")
TESTS = Path("tests") / "lambda_src"


def gaps(root: Path) -> list[str]:
    """What is missing or misspelt in the checkout at `root`; empty if all is whole."""
    return [
        *_of_lists(),
        *(gap for job, function in JOBS.items() for gap in _of_operations(job, function)),
        *(_of_code(root) if (root / CODE).is_dir() else ()),  # a checkout of other layers has none
        *_of_members(root),
    ]


def _of_lists() -> Iterator[str]:
    yield from _unequal(JOB_LIST, "Job", get_args(Job), "JOBS", JOBS)
    yield from _unequal(
        "shared/registry/tables.py", "TableName", get_args(TableName), "TABLES", TABLES
    )
    for layer in sorted(set(LAYERS) - set(CONTRACTS)):
        yield f"Layer {layer} has no contract: promise something in shared/contracts.py."


def _unequal(
    file: str, type_: str, typed: Iterable[str], name: str, listed: Iterable[str]
) -> Iterator[str]:
    """A type and a list that must have the same members."""
    for member in sorted(set(typed) - set(listed)):
        yield f"{file}: {type_} has {member!r}, and {name} says nothing of it."
    for member in sorted(set(listed) - set(typed)):
        yield f"{file}: {name} has {member!r}, and {type_} does not name it."


def _of_operations(job: str, function: Function) -> Iterator[str]:
    if not function.operations and not function.called_by:
        yield (
            f"Nothing calls function {job}: give it operations, or say in called_by what does "
            f"({JOB_LIST})."
        )
    for operation in function.operations:
        yield from _of_operation(job, operation)


def _of_operation(job: str, operation: Operation) -> Iterator[str]:
    if operation.body and operation.sample is None:
        yield f"{operation.key} of function {job} takes a body and has no sample ({JOB_LIST})."
    for name in operation.schemas:
        try:
            all_of([name])
        except KeyError as error:
            yield (
                f"{operation.key} of function {job} has the schema {name}, and there is no "
                f"{CODE.as_posix()}/common/{FILES.name}/{error.args[0]}{SUFFIX}."
            )


def _of_code(root: Path) -> Iterator[str]:
    """Functions without code, tests or needs; and code that no list knows."""
    yield from unmet_imports(root / CODE, COMMON)
    for job in JOBS:
        yield from gaps_of_source(root / CODE, job)
        test = TESTS / job / "test_handler.py"
        if (root / TESTS).is_dir() and not (root / test).is_file():
            yield f"Function {job} has no test: write {test.as_posix()}."
    for handler in sorted((root / CODE).glob("*/handler.py")):
        if handler.parent.name not in JOBS:
            place = handler.parent.relative_to(root).as_posix()
            yield f"{place} is a function that {JOB_LIST} does not list."
    yield from _of_needs(root)


def _of_needs(root: Path) -> Iterator[str]:
    """Jobs without needs, and needs without a job."""
    if not (root / NEEDS.parent).is_dir():
        return
    if not (root / NEEDS).is_file():
        yield f"{NEEDS.as_posix()} is missing, which says what functions need."
        return
    named = _keys_of(_parsed(root / NEEDS), "NEEDS")
    for job in sorted(set(JOBS) - named):
        yield f"Function {job} has no needs: say in {NEEDS.as_posix()} what they are."
    for unknown in sorted(named - set(JOBS)):
        yield f"{NEEDS.as_posix()} has needs of {unknown!r}, which {JOB_LIST} does not list."


def _keys_of(tree: ast.Module, name: str) -> set[str]:
    """The keys of the dictionary that a module calls so."""
    return {
        key.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign | ast.Assign)
        for target in ([node.target] if isinstance(node, ast.AnnAssign) else node.targets)
        if isinstance(target, ast.Name) and target.id == name and isinstance(node.value, ast.Dict)
        for key in node.value.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def _of_members(root: Path) -> Iterator[str]:
    """Members of fields by name that programs read and no layer promises."""
    promised = {
        field: (contract.layer, promise.members)
        for contract in CONTRACTS.values()
        for field, promise in contract.promises().items()
        if promise.members
    }
    for source in sorted((root / "stacks").glob("*/**/*.py")):
        for line, field, member in _members_read(_parsed(source)):
            layer, members = promised.get(field, ("", (member,)))
            if member not in members:
                yield (
                    f"{source.relative_to(root).as_posix()}, line {line}: layer {layer} "
                    f"({owner_of(layer)}) promises no {field}[{member!r}], but "
                    f"{', '.join(members)}. Correct the name, or let {layer} promise it "
                    "(shared/contracts.py says where its names are listed)."
                )


def _members_read(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Line, field and member of every `<contract>.<field>["<member>"]`."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Attribute)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
        ):
            yield node.lineno, node.value.attr, node.slice.value


def _parsed(source: Path) -> ast.Module:
    """A program's source; what is no Python is told when layers are looked for."""
    try:
        return ast.parse(source.read_text(encoding="utf-8"), filename=str(source))
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])

"""Which mistakes are made: those of Cosmic Ray that mean something here, and two of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.operators.operator import Example, Operator
from parso.python.tree import Keyword

Position = tuple[tuple[int, int], tuple[int, int]]

NEGATED = ("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is")
SHIFTED = ("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt")
SWAPPED = ("Add_Sub", "Sub_Add", "BitAnd_BitOr")
CHOSEN = (
    *(f"core/ReplaceComparisonOperator_{name}" for name in (*NEGATED, *SHIFTED)),
    *(f"core/ReplaceBinaryOperator_{name}" for name in SWAPPED),
    "core/AddNot",
    "core/ReplaceAndWithOr",
    "core/ReplaceOrWithAnd",
    "core/ReplaceTrueWithFalse",
    "core/ReplaceFalseWithTrue",
    "core/ReplaceBreakWithContinue",
    "core/ReplaceContinueWithBreak",
    "core/ReplaceUnaryOperator_Delete_Not",
    "core/ExceptionReplacer",
    "core/NumberReplacer",
    "core/RemoveDecorator",
    "core/ZeroIterationForLoop",
    "microstack/NegateIn",
    "microstack/RemoveCall",
)
"""Left out is what fails on any input: `-` between paths (`/`) or dicts (`|`), `is` for `==`."""

LOGIC = ("0", "1")
"""Other numbers are how long and how much: a test of one would only repeat it."""


class RemoveCall(Operator):  # type: ignore[misc]  # Cosmic Ray publishes no types
    """Leaves out a call that is a statement: a guard, a write, a lock."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """The place of such a statement."""
        if _is_call(node) and node.parent.type == "simple_stmt":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """`pass` where the call stood."""
        return Keyword("pass", node.start_pos, node.get_first_leaf().prefix)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does to a text."""
        return (Example("guard(x)\n", "pass\n"),)


class NegateIn(Operator):  # type: ignore[misc]  # Cosmic Ray publishes no types
    """`not in` for `in`, where something is asked; Cosmic Ray has all comparisons but this."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """The place of such an `in`."""
        if _is_asked(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """The other answer."""
        return Keyword("not in", node.start_pos, node.prefix)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does to a text."""
        return (Example("x in y\n", "x not in y\n"),)


plugins.OPERATOR_PROVIDERS["microstack"] = {"RemoveCall": RemoveCall, "NegateIn": NegateIn}


def mutations(source: str) -> Iterator[tuple[str, int, Position]]:
    """All that can be done to a text: the operator, which of its places, and where that is."""
    nodes = list(ast_nodes(get_ast(source)))
    for name in CHOSEN:
        operator = plugins.get_operator(name)()
        places = ((node, at) for node in nodes for at in operator.mutation_positions(node))
        for occurrence, (node, at) in enumerate(places):
            if _counts(name, node):
                yield name, occurrence, at


def _is_asked(node: Any) -> bool:
    """Whether it is an `in` that asks, and not that of a loop."""
    return bool(node.type == "keyword" and node.value == "in" and node.parent.type == "comparison")


def _is_call(node: Any) -> bool:
    if node.type not in ("atom_expr", "power"):
        return False
    last = node.children[-1]
    return bool(last.type == "trailer" and last.children[0].value == "(")


def _counts(operator: str, node: Any) -> bool:
    """What a decorator is given (`frozen=True`) is the type checker's to hold."""
    if operator == "core/RemoveDecorator":
        return True
    if operator == "core/NumberReplacer" and node.value not in LOGIC:
        return False
    return all(parent.type != "decorator" for parent in _parents(node))


def _parents(node: Any) -> Iterator[Any]:
    while (node := node.parent) is not None:
        yield node

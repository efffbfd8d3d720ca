"""The error tree as its callers see it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from common import errors
from common.errors import ServiceError


def tree(root: type[ServiceError]) -> Iterator[type[ServiceError]]:
    yield root
    for child in root.__subclasses__():
        yield from tree(child)


def test_every_error_has_a_code_of_its_own() -> None:
    kinds = list(tree(ServiceError))
    assert len({kind.code for kind in kinds}) == len(kinds)


@pytest.mark.parametrize("kind", list(tree(ServiceError)), ids=lambda kind: kind.code)
def test_the_drawn_tree_names_every_error_and_status(kind: type[ServiceError]) -> None:
    assert errors.__doc__
    assert kind.__name__ in errors.__doc__
    if kind is not ServiceError:
        assert str(kind.status) in errors.__doc__

"""A checkout of its own for each module; nothing of it goes on running."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.checkout import Checkout, fresh


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    with fresh(tmp_path_factory.mktemp("e2e")) as made:
        yield made

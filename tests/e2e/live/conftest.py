"""One deployment for all tests of this folder: a checkout and a local cloud of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.checkout import fresh
from tests.e2e.live.system import System


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with fresh(tmp_path_factory.mktemp("live")) as checkout:
        checkout.invoke("deploy-all")
        made = System(checkout)
        yield made
        made.close()

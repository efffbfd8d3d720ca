"""The core of users and items, where the routes' tests do not reach."""

from __future__ import annotations

import pytest
from common.cursors import Cursors
from common.entities import Entities
from common.errors import IdempotencyConflict, VersionConflict
from users.models import KIND

from tests.lambda_src.memory import EntityTable, Keys

ADA = {"name": "Ada", "email": "ada@example.com"}


@pytest.fixture
def users() -> Entities:
    return Entities(KIND, EntityTable(), Cursors(Keys()))


def test_a_token_makes_one_entity_whatever_became_of_it(users: Entities) -> None:
    made = users.create(ADA, token="t" * 64)
    users.replace(made.id, ADA | {"name": "Lovelace"}, expected=1)
    assert users.create(dict(reversed(ADA.items())), token="t" * 64).version == 2
    with pytest.raises(IdempotencyConflict):
        users.create(ADA | {"name": "Bob"}, token="t" * 64)


def test_without_a_token_every_post_makes_another(users: Entities) -> None:
    assert users.create(ADA, token=None).id != users.create(ADA, token=None).id


def test_the_conflict_says_which_version_there_is(users: Entities) -> None:
    made = users.create(ADA, token=None)
    users.replace(made.id, ADA, expected=1)
    with pytest.raises(VersionConflict, match="version is 2"):
        users.replace(made.id, ADA, expected=1)

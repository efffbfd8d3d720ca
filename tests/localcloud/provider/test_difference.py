"""What differs, what replaces, and in which order."""

from __future__ import annotations

import pytest

from localcloud.provider.difference import diff
from tests.localcloud.provider.shelf import Shelf


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_a_replacement_that_keeps_its_chosen_name_deletes_first(shelf: Shelf) -> None:
    class Sized(Shelf):
        props = {**Shelf.props, "size": Shelf.props["name"]}

    sized = Sized()
    assert diff(sized, {"name": "n", "size": 1}, {"name": "n", "size": 2}).delete_before_replace
    made_up = {"name": "n-1", "__defaults": ["name"]}
    found = diff(sized, {**made_up, "size": 1}, {**made_up, "size": 2})
    assert found.replaces == ("size",)
    assert not found.delete_before_replace


def test_another_region_is_another_resource(shelf: Shelf) -> None:
    assert diff(shelf, {"region": "us-east-1"}, {"region": "us-west-2"}).replaces == ("region",)
    assert not diff(shelf, {"region": "us-east-1"}, {}).changed


def test_a_type_may_ask_to_be_deleted_first(shelf: Shelf) -> None:
    class Only(Shelf):
        delete_before_replace = True

    news = {"name": "b", "__defaults": ["name"]}
    assert diff(Only(), {"name": "a"}, news).delete_before_replace
    assert not diff(shelf, {"name": "a"}, news).delete_before_replace


def test_an_update_in_place_deletes_nothing(shelf: Shelf) -> None:
    found = diff(shelf, {"name": "a", "size": 1}, {"name": "a", "size": 2})
    assert found.changed == ("size",)
    assert not found.replaces
    assert not found.delete_before_replace

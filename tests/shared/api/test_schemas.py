from __future__ import annotations

from pathlib import Path

import pytest

from shared.api.schemas import FILES, all_of, schema


def test_what_is_stored_is_what_was_sent_and_what_the_service_adds() -> None:
    new, stored = schema("Item"), schema("StoredItem")
    assert stored["title"] == "StoredItem"
    added = set(stored["properties"]) - set(new["properties"])
    assert added == {"version", "created_at", "updated_at"}
    assert set(stored["required"]) == {"id", "name", *added}
    assert stored["additionalProperties"] is False


def test_a_record_has_no_version_when_it_is_stored() -> None:
    new, stored = schema("Record"), schema("StoredRecord")
    assert set(stored["properties"]) - set(new["properties"]) == {"id", "received_at"}
    assert stored["required"] == ["symbol", "timestamp", "price", "id", "received_at"]


def test_a_page_brings_along_what_is_on_it() -> None:
    found = all_of(["ItemPage", "Error"])
    assert list(found) == ["Error", "ItemPage", "StoredItem"]
    assert found["ItemPage"]["properties"]["items"]["items"] == {"$ref": "StoredItem.json"}


@pytest.mark.parametrize("name", ["Nothing", "StoredNothing", "NothingPage"])
def test_a_schema_that_there_is_not_is_named_by_the_file_that_is_missing(name: str) -> None:
    with pytest.raises(KeyError, match="'Nothing'"):
        all_of([name])


@pytest.mark.parametrize("file", sorted(FILES.glob("*Update.json")), ids=lambda file: file.stem)
def test_an_update_takes_what_a_new_one_takes_but_for_its_id_and_names_a_version(
    file: Path,
) -> None:
    update = schema(file.stem)
    new = schema(update["title"].removesuffix("Update"))
    without_id = {name: part for name, part in new["properties"].items() if name != "id"}
    given = {name: part for name, part in update["properties"].items() if name != "version"}
    assert given == without_id
    assert "version" in update["properties"]
    assert update["required"] == new["required"]

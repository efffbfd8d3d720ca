"""What the base does around a type's own methods."""

from __future__ import annotations

import pytest

from localcloud.provider.base import operations
from localcloud.provider.base.errors import InitFailed, NotFound, ProviderError
from localcloud.provider.base.inputs import check
from localcloud.provider.base.operations import update, updated_preview
from localcloud.provider.base.resource import Props, ResourceType
from localcloud.provider.base.values import UNKNOWN
from tests.localcloud.provider.shelf import Shelf, Unbuilt, nowhere


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


AWS = nowhere()


def checked(kind: ResourceType, news: Props, olds: Props | None = None) -> Props:
    inputs, failures = check(kind, "it", news, olds or {}, seed=b"1", default_tags={})
    assert not failures
    return inputs


def read(kind: ResourceType, id: str, state: Props, inputs: Props) -> tuple[Props, Props] | None:
    found = operations.read(kind, AWS, id, state, inputs, default_tags={})
    return None if found is None else found[1:]


def test_creation_reads_once_and_keeps_what_aws_never_tells(shelf: Shelf) -> None:
    inputs = {"name": "n", "code": "c", "force": True}
    id, outputs = operations.create(shelf, AWS, inputs)
    assert id == "n"
    assert outputs == {**inputs, "colour": "white", "version": 1, "region": "us-east-1"}
    assert shelf.log == ["create", "complete", "read"]


def test_a_failure_before_there_is_anything_is_an_ordinary_error(shelf: Shelf) -> None:
    shelf.broken["create"] = ProviderError("no")
    with pytest.raises(ProviderError, match="no") as caught:
        operations.create(shelf, AWS, {"name": "n"})
    assert not isinstance(caught.value, InitFailed)


@pytest.mark.parametrize("step", ["complete", "read"])
def test_a_failure_after_that_keeps_the_id_on_record(shelf: Shelf, step: str) -> None:
    shelf.broken[step] = ProviderError("half done")
    with pytest.raises(InitFailed, match="half done") as caught:
        operations.create(shelf, AWS, {"name": "n", "size": 3})
    assert caught.value.id == "n"
    assert caught.value.outputs["size"] == 3


def test_a_repair_does_again_what_aws_lacks_or_never_tells(shelf: Shelf) -> None:
    inputs = {"name": "n", "size": 3, "colour": "red", "code": "c", "force": True}
    _, state = operations.create(shelf, AWS, inputs)
    shelf.store["n"] |= {"size": 1}
    shelf.log.clear()
    update(shelf, AWS, "n", state, inputs, inputs)
    assert shelf.log == ["complete", "read", "update code size", "read"]


def test_a_creation_that_was_cut_off_is_read_before_it_is_changed(shelf: Shelf) -> None:
    inputs = {"name": "n", "size": 3}
    shelf.broken |= {"complete": ProviderError("cut off"), "read": ProviderError("no answer")}
    with pytest.raises(InitFailed) as caught:
        operations.create(shelf, AWS, inputs)
    shelf.broken.clear()
    shelf.log.clear()
    wanted = {"name": "n", "size": 4}
    outputs = update(shelf, AWS, "n", caught.value.outputs, inputs, wanted)
    assert shelf.log == ["read", "update size", "read"]
    assert outputs["colour"] == "white"


def test_what_is_gone_cannot_be_repaired(shelf: Shelf) -> None:
    with pytest.raises(InitFailed, match="refresh to have it made again"):
        update(shelf, AWS, "n", {"version": 1}, {"name": "n"}, {"name": "n"})


def test_an_update_says_what_changed_and_gives_no_leftover_of_what_was_taken_out(
    shelf: Shelf,
) -> None:
    _, state = operations.create(shelf, AWS, {"name": "n", "size": 3})
    shelf.log.clear()
    outputs = update(shelf, AWS, "n", state, {"name": "n", "size": 3}, {"name": "n"})
    assert shelf.log == ["update size", "read"]
    assert "size" not in outputs
    assert outputs["version"] == 2


def test_a_change_that_only_drives_the_provider_calls_no_update(shelf: Shelf) -> None:
    _, state = operations.create(shelf, AWS, {"name": "n"})
    shelf.log.clear()
    outputs = update(shelf, AWS, "n", state, {"name": "n"}, {"name": "n", "force": True})
    assert shelf.log == ["read"]
    assert outputs["force"] is True


def test_a_failed_update_tells_how_things_are(shelf: Shelf) -> None:
    _, state = operations.create(shelf, AWS, {"name": "n", "size": 3})
    shelf.broken["update"] = ProviderError("no")
    with pytest.raises(InitFailed) as caught:
        update(shelf, AWS, "n", state, {"name": "n", "size": 3}, {"name": "n", "size": 4})
    assert caught.value.outputs["size"] == 3


def test_a_preview_leaves_open_what_the_update_may_change(shelf: Shelf) -> None:
    state = {"name": "n", "size": 3, "colour": "white", "version": 1}
    same = updated_preview(shelf, state, {"name": "n", "size": 3}, {"name": "n", "size": 3})
    assert same == state
    other = updated_preview(shelf, state, {"name": "n", "size": 3}, {"name": "n"})
    assert other == {"name": "n", "colour": "white", "version": UNKNOWN}


def test_reading_shows_drift_and_a_missing_one_is_none(shelf: Shelf) -> None:
    inputs = {"name": "n", "size": 3, "code": "c"}
    _, state = operations.create(shelf, AWS, inputs)
    shelf.store["n"]["size"] = 4
    found = read(shelf, "n", state, inputs)
    assert found is not None
    assert found[1] == {**inputs, "size": 4}
    assert read(shelf, "gone", state, inputs) is None


def test_a_not_found_error_is_an_answer_and_others_are_not(shelf: Shelf) -> None:
    shelf.broken["read"] = NotFound("gone")
    assert read(shelf, "n", {}, {}) is None
    shelf.broken["read"] = ProviderError("denied")
    with pytest.raises(ProviderError, match="denied"):
        read(shelf, "n", {}, {})


def test_deleting_forgives_only_what_is_gone(shelf: Shelf) -> None:
    shelf.broken["delete"] = NotFound("gone")
    operations.delete(shelf, AWS, "n", {})
    shelf.broken["delete"] = ProviderError("in use")
    with pytest.raises(ProviderError, match="in use"):
        operations.delete(shelf, AWS, "n", {})


def test_an_imported_one_keeps_its_name_though_the_program_names_none(shelf: Shelf) -> None:
    operations.create(shelf, AWS, {"name": "chosen-by-hand"})
    found = read(shelf, "chosen-by-hand", {}, {})
    assert found is not None
    assert checked(shelf, {}, olds=found[1])["name"] == "chosen-by-hand"


def test_what_the_emulator_lacks_is_never_sent_and_says_so() -> None:
    kind = Unbuilt()
    id, outputs = operations.create(kind, AWS, {"name": "n", "__token": "t"})
    assert (id, outputs) == ("on-paper", {"name": "n", "arn": "arn:paper", "notEmulated": True})
    assert read(kind, id, outputs, {"name": "n"}) == (outputs, {"name": "n"})
    assert read(kind, "", {}, {"name": "n"}) is None
    changed = update(kind, AWS, id, outputs, {"name": "n"}, {"name": "n", "size": 2})
    assert changed == {**outputs, "size": 2}
    operations.delete(kind, AWS, id, outputs)
    assert kind.log == []


def test_on_a_real_endpoint_the_same_type_is_sent() -> None:
    kind = Unbuilt()
    _, outputs = operations.create(kind, nowhere(emulated=False), {"name": "n"})
    assert kind.log[0] == "create"
    assert "notEmulated" not in outputs

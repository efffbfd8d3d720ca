from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from shared import contracts

EVERY: list[Any] = contracts.Contract.__subclasses__()


@pytest.mark.parametrize("contract", EVERY, ids=lambda contract: contract.layer)
def test_every_field_says_what_it_is_and_whether_it_is_secret(contract: Any) -> None:
    assert contract.__doc__
    for item in dataclasses.fields(contract):
        assert item.metadata["about"], item.name
        assert isinstance(item.metadata["secret"], bool)
        assert isinstance(item.metadata["optional"], bool)


def test_there_is_one_contract_for_each_layer() -> None:
    layers = [contract.layer for contract in EVERY]
    assert layers == ["network-security", "data", "compute", "api", "observability"]


@pytest.mark.parametrize("contract", EVERY, ids=lambda contract: contract.layer)
def test_no_field_takes_the_name_of_the_reserved_output(contract: Any) -> None:
    assert "contract" not in {item.name for item in dataclasses.fields(contract)}


def test_a_contract_is_frozen_and_complete() -> None:
    promised = {item.name: "x" for item in dataclasses.fields(EVERY[-1])}
    made = EVERY[-1](**promised)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.topic_arn = "y"
    promised.popitem()
    with pytest.raises(TypeError, match="missing 1 required keyword-only"):
        EVERY[-1](**promised)


def test_a_misspelt_field_is_named() -> None:
    made: Any = object.__new__(contracts.Data)
    with pytest.raises(AttributeError, match="layer data has no field 'tabel_names'"):
        made.tabel_names  # noqa: B018  reading is what is tested

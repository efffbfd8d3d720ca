from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from shared import contracts
from shared.contract.base import Contract, NotPublished, plain
from shared.contracts import CONTRACTS
from shared.registry.layers import LAYERS

every_contract = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=list(CONTRACTS))


@every_contract
def test_every_field_says_what_it_is(contract: type[Contract]) -> None:
    assert contract.__doc__
    for name, promise in contract.promises().items():
        assert promise.about, name


def test_there_is_one_contract_for_each_layer() -> None:
    assert sorted(CONTRACTS) == sorted(LAYERS)


@every_contract
def test_no_field_takes_the_name_of_the_reserved_output(contract: type[Contract]) -> None:
    assert "contract" not in contract.promises()


def test_a_contract_is_frozen_and_complete() -> None:
    kind: Any = contracts.Observability
    promised = dict.fromkeys(kind.promises(), "x")
    made = kind(**promised)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.topic_arn = "y"
    promised.popitem()
    with pytest.raises(TypeError, match="missing 1 required keyword-only"):
        kind(**promised)


def test_a_misspelt_field_is_named() -> None:
    made: Any = object.__new__(contracts.Data)
    with pytest.raises(AttributeError, match="layer data has no field 'tabel_names'"):
        made.tabel_names  # noqa: B018  reading is what is tested


OUTPUTS = {
    "alias_name": "live",
    "function_names": {"process": "process-1a2b"},
    "timeouts": {"process": 15},
}


def test_the_outputs_of_a_deployed_stack_are_read_as_programs_read_them() -> None:
    compute = contracts.Compute.of(OUTPUTS)
    assert plain(compute.alias_name) == "live"
    assert plain(compute.function_names["process"]) == "process-1a2b"
    assert plain(compute.function_names.whole) == OUTPUTS["function_names"]
    assert plain(compute.timeouts["process"]) == 15
    assert plain(contracts.Api.of({"edge": "rest"}).domain_url) is None


def test_what_a_deployed_stack_lacks_is_named_with_its_owner() -> None:
    compute = contracts.Compute.of(OUTPUTS)
    owned = r"^layer compute \(service-team\) does not publish "
    with pytest.raises(NotPublished, match=owned + "dlq_urls$"):
        compute.dlq_urls["process"]
    with pytest.raises(NotPublished, match=owned + r"function_names\['ingest'\]$"):
        compute.function_names["ingest"]

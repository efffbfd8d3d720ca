"""How MiniStack's services are read; tells after a raise of its version what has changed."""

from __future__ import annotations

import copy
import importlib
from typing import Any

import pytest
from ministack import app

from localcloud.emulator.persistence.service_readers import EXTRA, service
from localcloud.emulator.persistence.stores import copied_names, entry_key, kind_of

IN_PLACE = (
    *("apigateway", "apigateway_v1", "cloudwatch", "cloudwatch_logs", "dynamodb", "eventbridge"),
    *("iam", "lambda", "s3", "secretsmanager", "sns", "sqs", "ssm"),
)


@pytest.mark.parametrize("name", IN_PLACE)
def test_the_busy_services_are_read_in_place(name: str) -> None:
    module = importlib.import_module(f"ministack.services.{app._state_map[name]}")
    assert service(name, module).in_place


@pytest.mark.parametrize("name", IN_PLACE)
def test_what_is_read_in_place_is_all_that_ministack_saves(name: str) -> None:
    module = importlib.import_module(f"ministack.services.{app._state_map[name]}")
    assert {store.name for store in service(name, module).stores()} == set(module.get_state())


@pytest.mark.parametrize("name", EXTRA)
def test_what_ministack_forgets_is_still_where_it_was(name: str) -> None:
    module_name, variables = EXTRA[name]
    module = importlib.import_module(f"ministack.services.{module_name}")
    saved = {kind_of(value) for value in module.get_state().values()}
    assert saved <= {None, "__scoped__", "__account_region_scoped__"}
    for variable in variables.values():
        assert hasattr(module, variable)


_store: dict[str, Any] = {}


def copies() -> dict[str, Any]:
    """A docstring."""
    return {"one": copy.deepcopy(_store), "two": _store}


def builds() -> dict[str, Any]:
    return {"one": {key: 1 for key in _store}}


def test_only_plain_copying_is_taken_for_it() -> None:
    assert copied_names(copies) == {"one": "_store", "two": "_store"}
    assert copied_names(builds) is None


def test_keys_are_written_as_ministack_reads_them() -> None:
    assert entry_key(("1", "us-east-1", "/a")) == "1\x00us-east-1\x00'/a'"
    assert entry_key(("1", ("b", "k"))) == "1\x00('b', 'k')"

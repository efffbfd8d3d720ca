from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from orchestrator.checkout.layers import Layer, Layers
from orchestrator.checkout.selection import every_layer
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.deployers.base import Deployer
from orchestrator.live.stale_readers import published_outputs, stale_readers

CHAIN = Layers(
    [
        Layer("data", Path("data"), frozenset()),
        Layer("compute", Path("compute"), frozenset({"data"})),
        Layer("observability", Path("observability"), frozenset({"data", "compute"})),
    ]
)
EVERYTHING = every_layer(CHAIN, Environment.LOCAL)
DATA, COMPUTE, OBSERVABILITY = EVERYTHING.stacks


class Publishing:
    """A deployer that knows the outputs of stacks and nothing else."""

    def __init__(self, outputs: dict[Stack, dict[str, Any]]) -> None:
        self._outputs = outputs

    def outputs(self, stack: Stack) -> dict[str, Any]:
        return self._outputs.get(stack, {})


def reading(*fields: str) -> dict[str, Any]:
    return {"contract": {"reads": {"data": list(fields)}}}


def behind(
    after: dict[str, Any],
    readers: dict[Stack, dict[str, Any]],
    *,
    before: dict[str, Any] | None = None,
) -> dict[Stack, list[str]]:
    """Who is behind once data publishes `after` instead of one table and one bucket."""
    former = before or {"table": "t-1", "bucket": "b"}
    published = published_outputs([DATA], cast("Deployer", Publishing({DATA: former})))
    deployer = cast("Deployer", Publishing({DATA: after, **readers}))
    return stale_readers(published, published_outputs([DATA], deployer), EVERYTHING, deployer)


def test_who_took_what_has_changed_is_behind_in_the_order_of_deployment() -> None:
    readers = {OBSERVABILITY: reading("table"), COMPUTE: reading("table", "bucket")}
    found = behind({"table": "t-2", "bucket": "b"}, readers)
    assert list(found.items()) == [(COMPUTE, ["table"]), (OBSERVABILITY, ["table"])]


def test_who_took_other_fields_is_not() -> None:
    assert behind({"table": "t-2", "bucket": "b"}, {COMPUTE: reading("bucket")}) == {}


def test_a_field_that_is_gone_has_changed_and_a_new_one_is_nobodys() -> None:
    assert behind({"table": "t-1", "key": "k"}, {COMPUTE: reading("table")}) == {}
    assert behind({"table": "t-1"}, {COMPUTE: reading("bucket")}) == {COMPUTE: ["bucket"]}


def test_who_is_not_deployed_is_not_behind() -> None:
    assert behind({"table": "t-2", "bucket": "b"}, {}) == {}


def test_of_values_by_name_only_the_members_that_were_read_count() -> None:
    reader = reading("tables")
    reader["contract"]["members"] = {"data": {"tables": ["users"]}}
    before = {"tables": {"users": "u-1", "items": "i-1"}}
    for tables in ({"users": "u-1", "items": "i-2"}, {"users": "u-1", "orders": "o"}):
        assert behind({"tables": tables}, {COMPUTE: reader}, before=before) == {}
        of_before = {COMPUTE: reading("tables")}  # it does not say which members it read
        assert behind({"tables": tables}, of_before, before=before) == {COMPUTE: ["tables"]}
    for tables in ({"users": "u-2", "items": "i-1"}, {"items": "i-1"}):
        assert behind({"tables": tables}, {COMPUTE: reader}, before=before) == {COMPUTE: ["tables"]}

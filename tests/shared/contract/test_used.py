from __future__ import annotations

from shared.contract.used import OUTPUT, Used

TOLD = {
    "reads": {"data": ["bucket_names", "table_names"], "network-security": []},
    "members": {"data": {"table_names": ["items", "users"]}},
}


def test_what_was_exported_is_read_back() -> None:
    used = Used.of({OUTPUT: {"layer": "compute", "version": 1, **TOLD}})
    assert used.fields("data") == {"bucket_names": set(), "table_names": {"users", "items"}}
    assert used.fields("network-security") == {}
    assert used.fields("api") == {}
    assert used.exported() == TOLD


def test_a_stack_of_before_tells_fields_only() -> None:
    used = Used.of({OUTPUT: {"layer": "compute", "version": 1, "reads": TOLD["reads"]}})
    assert used.fields("data") == {"bucket_names": set(), "table_names": set()}


def test_a_stack_that_tells_nothing_used_nothing() -> None:
    assert Used.of({}).upstreams == {}

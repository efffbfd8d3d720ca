"""GET /records and GET /records/{symbol} as their callers see them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from common.cursors import Cursors
from common.edge import Api
from common.records import Record, StoredRecord, canonical_time
from retrieve.handler import routes

from tests.lambda_src.memory import Keys, Records
from tests.lambda_src.samples import Context, body_of, error_code, event


def stored(symbol: str, timestamp: str, price: str = "1.10") -> StoredRecord:
    canonical = canonical_time(timestamp)
    assert canonical
    record = Record(symbol=symbol, timestamp=canonical, price=Decimal(price))
    return StoredRecord(record=record, id="id", received_at=canonical, source="s3://internal")


@pytest.fixture
def handler() -> Api:
    records = Records()
    for minute in range(5):
        records.put(stored("ACME", f"2025-01-31T09:3{minute}:00Z"))
    records.put(stored("OTHER", "2025-01-31T09:30:00Z"))
    return Api("retrieve", lambda: routes(records, Cursors(Keys())))


def get(handler: Api, **query: str) -> dict[str, Any]:
    return handler(
        event(
            "retrieve/rest_get_records",
            multiValueQueryStringParameters=None,
            queryStringParameters=query or None,
        ),
        Context(),
    )


def get_symbol(handler: Api, symbol: str, raw: str = "") -> dict[str, Any]:
    sample = event("retrieve/http_get_symbol", rawQueryString=raw)
    sample["pathParameters"] = {"symbol": symbol}
    return handler(sample, Context())


def test_a_symbols_records_come_oldest_first(handler: Api) -> None:
    answer = handler(event("retrieve/rest_get_records"), Context())
    assert answer["statusCode"] == 200
    page = body_of(answer)
    times = [item["timestamp"] for item in page["items"]]
    assert times == [f"2025-01-31T09:3{minute}:00Z" for minute in range(5)]
    assert (page["count"], page["cursor"]) == (5, None)
    assert '"price":1.1,' in answer["body"]
    assert "internal" not in answer["body"]


def test_pages_hold_every_record_once(handler: Api) -> None:
    seen, query = [], {"symbol": "ACME", "limit": "2"}
    for _ in range(3):
        page = body_of(get(handler, **query))
        seen += [item["timestamp"] for item in page["items"]]
        query["cursor"] = page["cursor"]
    assert page["cursor"] is None
    assert seen == sorted(set(seen))
    assert len(seen) == 5


def test_a_range_includes_both_its_ends(handler: Api) -> None:
    page = body_of(
        get_symbol(handler, "ACME", "from=2025-01-31T10:31:00%2B01:00&to=2025-01-31T09:33:00Z")
    )
    assert [item["timestamp"][14:16] for item in page["items"]] == ["31", "32", "33"]


def test_one_record_is_found_by_its_time_in_any_notation(handler: Api) -> None:
    for text in (
        "2025-01-31T09:30:00Z",
        "2025-01-31T10:30:00.000%2B01:00",
        "2025-01-31T10:30:00+01:00",
    ):
        answer = get_symbol(handler, "ACME", f"timestamp={text}")
        assert answer["statusCode"] == 200
        assert body_of(answer)["timestamp"] == "2025-01-31T09:30:00Z"


def test_a_record_that_is_not_there_is_not_found(handler: Api) -> None:
    answer = get_symbol(handler, "ACME", "timestamp=2020-01-01T00:00:00Z")
    assert (answer["statusCode"], error_code(answer)) == (404, "not_found")


def test_a_symbol_without_records_has_an_empty_page(handler: Api) -> None:
    assert body_of(get(handler, symbol="NONE")) == {"items": [], "count": 0, "cursor": None}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"symbol": ""},
        {"symbol": "acme"},
        {"symbol": "A" * 13},
        {"symbol": "ACME\n"},
        {"symbol": "ACME", "limit": "0"},
        {"symbol": "ACME", "limit": "101"},
        {"symbol": "ACME", "limit": "-1"},
        {"symbol": "ACME", "limit": "٣"},
        {"symbol": "ACME", "limit": "1e1"},
        {"symbol": "ACME", "limit": ""},
        {"symbol": "ACME", "from": "yesterday"},
        {"symbol": "ACME", "to": "2025-02-30T00:00:00Z"},
        {"symbol": "ACME", "from": "2025-01-02T00:00:00Z", "to": "2025-01-01T00:00:00Z"},
        {"symbol": "ACME", "unknown": "1"},
    ],
)
def test_a_wrong_query_gets_a_named_error(handler: Api, query: dict[str, str]) -> None:
    answer = get(handler, **query)
    assert (answer["statusCode"], error_code(answer)) == (400, "invalid_query")


def test_a_parameter_given_twice_is_refused(handler: Api) -> None:
    sample = event(
        "retrieve/rest_get_records",
        multiValueQueryStringParameters={"symbol": ["ACME", "OTHER"]},
    )
    assert error_code(handler(sample, Context())) == "invalid_query"
    assert error_code(get_symbol(handler, "ACME", "limit=1&limit=2")) == "invalid_query"


def test_the_time_of_one_record_goes_with_no_range(handler: Api) -> None:
    answer = get_symbol(handler, "ACME", "timestamp=2025-01-31T09:30:00Z&limit=1")
    assert error_code(answer) == "invalid_query"


@pytest.mark.parametrize("symbol", ["", "acme", "A B", "A%20B", "../x", "A" * 13, "É"])
def test_a_wrong_symbol_in_the_path_gets_a_named_error(handler: Api, symbol: str) -> None:
    answer = get_symbol(handler, symbol)
    assert (answer["statusCode"], error_code(answer)) == (400, "invalid_path")


def test_a_cursor_works_for_its_own_query_only(handler: Api) -> None:
    cursor = body_of(get(handler, symbol="ACME", limit="1"))["cursor"]
    assert get(handler, symbol="ACME", cursor=cursor, limit="3")["statusCode"] == 200
    for query in ({"symbol": "OTHER"}, {"symbol": "ACME", "from": "2025-01-01T00:00:00Z"}):
        answer = get(handler, **query, cursor=cursor)
        assert (answer["statusCode"], error_code(answer)) == (400, "invalid_cursor")


@pytest.mark.parametrize("change", ["", "x", "!!", "A" * 2000, "é", "e30", None])
def test_a_cursor_that_was_not_issued_is_refused(handler: Api, change: str | None) -> None:
    issued = body_of(get(handler, symbol="ACME", limit="1"))["cursor"]
    forged = issued[:-2] + ("AA" if issued[-2:] != "AA" else "BB") if change is None else change
    answer = get(handler, symbol="ACME", cursor=forged)
    assert (answer["statusCode"], error_code(answer)) == (400, "invalid_cursor")

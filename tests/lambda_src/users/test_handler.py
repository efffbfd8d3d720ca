"""/users and /users/{id} as their callers see them; items share all of it but the schema."""

from __future__ import annotations

import json
from typing import Any

import pytest
from common.cursors import Cursors
from common.edge import Api
from users.handler import routes

from tests.lambda_src.memory import EntityTable, Keys
from tests.lambda_src.samples import Context, body_of, error_code, event

ADA = {"name": "Ada", "email": "ada@example.com"}


@pytest.fixture
def table() -> EntityTable:
    return EntityTable()


@pytest.fixture
def handler(table: EntityTable) -> Api:
    return Api("users", lambda: routes(table, Cursors(Keys())))


def call(
    handler: Api,
    method: str,
    id: str | None = None,
    body: Any = None,
    query: dict[str, str] | None = None,
    **headers: str,
) -> dict[str, Any]:
    sample = event(
        "users/rest_put_user",
        resource="/users" if id is None else "/users/{id}",
        httpMethod=method,
        pathParameters=None if id is None else {"id": id},
        body=body if body is None or isinstance(body, str) else json.dumps(body),
        queryStringParameters=query,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
    return handler(sample, Context())


def test_a_user_lives_from_post_to_delete(handler: Api) -> None:
    made = call(handler, "POST", body=ADA)
    assert made["statusCode"] == 201
    user = body_of(made)
    assert made["headers"]["Location"] == f"/users/{user['id']}"
    assert made["headers"]["ETag"] == '"1"'
    assert body_of(call(handler, "GET", user["id"])) == user
    changed = call(handler, "PUT", user["id"], ADA | {"name": "Lovelace"}, If_Match='"1"')
    assert (changed["statusCode"], changed["headers"]["ETag"]) == (200, '"2"')
    assert body_of(changed)["name"] == "Lovelace"
    assert body_of(changed)["created_at"] == user["created_at"]
    gone = call(handler, "DELETE", user["id"], If_Match='"2"')
    assert (gone["statusCode"], gone["body"]) == (204, "")
    for method, body in (("GET", None), ("PUT", ADA), ("DELETE", None)):
        answer = call(handler, method, user["id"], body, If_Match='"2"')
        assert (answer["statusCode"], error_code(answer)) == (404, "not_found")


def test_the_domain_of_an_address_has_one_spelling(handler: Api, table: EntityTable) -> None:
    call(handler, "POST", body={"id": "ada", "name": "Ada", "email": "Ada@EXAMPLE.com"})
    assert table.rows["ada"].fields["email"] == "Ada@example.com"
    changed = handler(event("users/rest_put_user"), Context())
    assert body_of(changed)["email"] == "ada@example.com"


def test_an_id_can_be_taken_once(handler: Api) -> None:
    assert call(handler, "POST", body=ADA | {"id": "ada"})["statusCode"] == 201
    answer = call(handler, "POST", body=ADA | {"id": "ada"})
    assert (answer["statusCode"], error_code(answer)) == (409, "conflict")


@pytest.mark.parametrize("chosen", [{}, {"id": "ada"}])
def test_a_repeated_post_makes_one_user(
    handler: Api, table: EntityTable, chosen: dict[str, str]
) -> None:
    first = call(handler, "POST", body=ADA | chosen, Idempotency_Key="k1")
    again = call(handler, "POST", body=ADA | chosen, Idempotency_Key="k1")
    assert (first["statusCode"], first["body"]) == (again["statusCode"], again["body"])
    other = call(handler, "POST", body=ADA | chosen | {"name": "Bob"}, Idempotency_Key="k1")
    assert other["statusCode"] == 409
    assert error_code(other) == ("conflict" if chosen else "idempotency_conflict")
    assert len(table.rows) == 1


def test_an_update_from_an_old_version_is_a_conflict(handler: Api) -> None:
    call(handler, "POST", body=ADA | {"id": "ada"})
    assert call(handler, "PUT", "ada", ADA | {"version": 1})["statusCode"] == 200
    for answer in (
        call(handler, "PUT", "ada", ADA | {"version": 1}),
        call(handler, "PUT", "ada", ADA, If_Match='"1"'),
        call(handler, "PUT", "ada", ADA, If_Match='"3"'),
        call(handler, "DELETE", "ada", If_Match='"1"'),
    ):
        assert (answer["statusCode"], error_code(answer)) == (409, "version_conflict")
    assert call(handler, "DELETE", "ada", If_Match='W/"2"')["statusCode"] == 204


def test_an_update_must_say_its_version(handler: Api) -> None:
    answer = call(handler, "PUT", "ada", ADA)
    assert (answer["statusCode"], error_code(answer)) == (428, "version_required")
    assert call(handler, "PUT", "ada", ADA | {"version": 1}, If_Match='"1"')["statusCode"] == 404
    answer = call(handler, "PUT", "ada", ADA | {"version": 1}, If_Match='"2"')
    assert (answer["statusCode"], error_code(answer)) == (400, "invalid_body")


def test_a_delete_must_say_its_version_or_it_could_lose_a_change(
    handler: Api, table: EntityTable
) -> None:
    call(handler, "POST", body=ADA | {"id": "ada"})
    answer = call(handler, "DELETE", "ada")
    assert (answer["statusCode"], error_code(answer)) == (428, "version_required")
    assert "ada" in table.rows


@pytest.mark.parametrize(
    ("method", "body"), [("POST", ADA), ("GET", None), ("PUT", ADA), ("DELETE", None)]
)
def test_a_parameter_that_a_route_does_not_take_is_refused_before_anything_happens(
    handler: Api, table: EntityTable, method: str, body: Any
) -> None:
    call(handler, "POST", body=ADA | {"id": "ada"})
    before = dict(table.rows)
    id = None if method == "POST" else "ada"
    answer = call(handler, method, id, body, {"version": "1"}, If_Match='"1"')
    assert (answer["statusCode"], error_code(answer)) == (400, "invalid_query")
    assert "'version'" in body_of(answer)["error"]["message"]
    assert table.rows == before


@pytest.mark.parametrize("value", ["", "*", "x", '"-1"', '"1", "2"', "9" * 13, "٣"])
def test_a_malformed_if_match_is_refused(handler: Api, value: str) -> None:
    for method, body in (("PUT", ADA), ("DELETE", None)):
        answer = call(handler, method, "ada", body, If_Match=value)
        assert (answer["statusCode"], error_code(answer)) == (400, "invalid_header")


@pytest.mark.parametrize("id", ["", "a b", "é", "-a", "a" * 65, "a/b", "a\n", "%00"])
def test_a_malformed_id_is_refused(handler: Api, id: str) -> None:
    for method, body in (("GET", None), ("PUT", ADA), ("DELETE", None)):
        answer = call(handler, method, id, body, If_Match='"1"')
        assert (answer["statusCode"], error_code(answer)) == (400, "invalid_path")
    assert call(handler, "POST", body=ADA | {"id": id})["statusCode"] in (400, 201)


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("POST", {}),
        ("POST", {"name": "Ada"}),
        ("POST", ADA | {"name": ""}),
        ("POST", ADA | {"name": "x" * 101}),
        ("POST", ADA | {"email": "ada"}),
        ("POST", ADA | {"email": "a@b@c.de"}),
        ("POST", ADA | {"email": "a@b.c\n"}),
        ("POST", ADA | {"email": None}),
        ("POST", ADA | {"id": "-"}),
        ("POST", ADA | {"version": 1}),
        ("POST", []),
        ("PUT", ADA | {"id": "ada", "version": 1}),
        ("PUT", ADA | {"version": 0}),
        ("PUT", ADA | {"version": "1"}),
        ("PUT", ADA | {"version": 10**13}),
        ("PUT", {"version": 1}),
    ],
)
def test_a_wrong_body_gets_a_named_error(
    handler: Api, table: EntityTable, method: str, body: Any
) -> None:
    answer = call(handler, method, "ada" if method == "PUT" else None, body)
    assert (answer["statusCode"], error_code(answer)) == (400, "invalid_body")
    assert not table.rows


def test_pages_hold_every_user_once(handler: Api) -> None:
    ids = {f"u{n}" for n in range(7)}
    for id in ids:
        call(handler, "POST", body=ADA | {"id": id})
    seen: list[str] = []
    query = {"limit": "3"}
    for count in (3, 3, 1):
        page = body_of(call(handler, "GET", query=query))
        assert page["count"] == count
        seen += [user["id"] for user in page["items"]]
        query["cursor"] = page["cursor"]
    assert page["cursor"] is None
    assert sorted(seen) == sorted(ids)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": "0"}, "invalid_query"),
        ({"limit": "many"}, "invalid_query"),
        ({"sort": "name"}, "invalid_query"),
        ({"cursor": ""}, "invalid_cursor"),
        ({"cursor": "eyJpZCI6ICJhIn0"}, "invalid_cursor"),
    ],
)
def test_a_wrong_query_gets_a_named_error(handler: Api, query: dict[str, str], code: str) -> None:
    answer = call(handler, "GET", query=query)
    assert (answer["statusCode"], error_code(answer)) == (400, code)


def test_what_only_the_service_needs_is_not_shown(handler: Api) -> None:
    shown = body_of(call(handler, "POST", body=ADA, Idempotency_Key="k"))
    assert set(shown) == {"id", "name", "email", "version", "created_at", "updated_at"}

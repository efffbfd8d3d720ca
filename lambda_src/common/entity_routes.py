"""The five routes of a kind of entity."""

from __future__ import annotations

import re
from typing import Any, Final

from common.edge import Reading, Routes
from common.entities import Entities, Entity
from common.errors import InvalidBody, InvalidHeader, VersionRequired
from common.idempotency import token_id
from common.paging import limit_of
from common.request import Request
from common.response import Response
from common.validation import validated

ETAG: Final = re.compile(r'(?:W/)?"?([0-9]{1,12})"?')


def entity_routes(entities: Entities) -> Routes:
    """The route table of a kind, over any table."""
    path, schema = f"/{entities.kind.name}", f"{entities.kind.schema}Update"

    def create(request: Request) -> Response:
        """POST: 201 with the entity and its place."""
        entity = entities.create(request.json_object(), token=token_id(request))
        return _shown(entity, status=201, headers={"Location": f"{path}/{entity.id}"})

    def index(_request: Request, parameters: dict[str, str]) -> Response:
        """GET: a page."""
        page = entities.page(limit=limit_of(parameters), cursor=parameters.get("cursor"))
        return Response(body=page.body())

    def show(request: Request) -> Response:
        """GET by id."""
        return _shown(entities.get(request.path.get("id", "")))

    def replace(request: Request) -> Response:
        """PUT by id, made from a version that If-Match or the body names."""
        fields = dict(validated(request.json_object(), schema))
        expected = _agreed(_if_match(request), fields.pop("version", None))
        if expected is None:
            raise VersionRequired("Say the version that you changed, by If-Match or by `version`.")
        return _shown(entities.replace(request.path.get("id", ""), fields, expected=expected))

    def delete(request: Request) -> Response:
        """DELETE by id, of the version that If-Match names: nobody's change is lost with it."""
        expected = _if_match(request)
        if expected is None:
            raise VersionRequired("Say by If-Match which version you mean to delete.")
        entities.delete(request.path.get("id", ""), expected=expected)
        return Response(status=204)

    return {
        f"GET {path}": Reading(("limit", "cursor"), index),
        f"POST {path}": create,
        f"GET {path}/{{id}}": show,
        f"PUT {path}/{{id}}": replace,
        f"DELETE {path}/{{id}}": delete,
    }


def _shown(entity: Entity, *, status: int = 200, headers: Any = None) -> Response:
    etag = {"ETag": f'"{entity.version}"'}
    return Response(status=status, body=entity.shown(), headers={**etag, **(headers or {})})


def _if_match(request: Request) -> int | None:
    text = request.headers.get("if-match")
    if text is None:
        return None
    match = ETAG.fullmatch(text.strip())
    if match is None:
        raise InvalidHeader('If-Match must be the ETag of one version, such as "3".')
    return int(match.group(1))


def _agreed(header: int | None, member: int | None) -> int | None:
    if None not in (header, member) and header != member:
        raise InvalidBody("If-Match and version name different versions.")
    return member if header is None else header

"""JSON schemas by name. Those of requests are files, and most of those of answers follow from them.

The functions and the REST edge validate with the very same files (draft 4, which both understand).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]

FILES: Final = Path(__file__).parents[2] / "lambda_src" / "common" / "schemas"
"""Read as data: no code of the functions is imported here."""
SUFFIX: Final = ".json"
STORED, PAGE = "Stored", "Page"
"""Before or behind the name of a schema: `StoredItem`, `ItemPage`."""

_TIME: Final[Json] = {"type": "string", "description": "UTC, RFC 3339."}
_OF_DOCUMENT: Final[Json] = {
    "version": {"type": "integer", "minimum": 1},
    "created_at": _TIME,
    "updated_at": _TIME,
}
"""What the service adds to a document that is kept by its id."""
_ADDED: Final[Mapping[str, Json]] = {
    "Record": {"id": {"type": "string"}, "received_at": _TIME},
}
"""What it adds to anything else."""


def schema(name: str) -> Json:
    """The schema of that name; KeyError if there is none."""
    file = FILES / f"{name}{SUFFIX}"
    if file.is_file():
        document: Json = json.loads(file.read_text(encoding="utf-8"))
        return document
    if name.startswith(STORED):
        return _stored(name.removeprefix(STORED))
    if name.endswith(PAGE):
        return _page(name.removesuffix(PAGE))
    raise KeyError(name)


def all_of(names: Iterable[str]) -> dict[str, Json]:
    """These schemas and all that they refer to, by name."""
    found: dict[str, Json] = {}
    wanted = list(names)
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = schema(name)
            wanted += references(found[name])
    return dict(sorted(found.items()))


def references(value: Any) -> Iterator[str]:
    """Names of the schemas that a part of a schema refers to."""
    if isinstance(value, list):
        for each in value:
            yield from references(each)
    elif isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].removesuffix(SUFFIX)
        for each in value.values():
            yield from references(each)


def _stored(name: str) -> Json:
    """What became of a request: all that it said, and what the service added."""
    new = schema(name)
    added = _ADDED.get(name, _OF_DOCUMENT)
    given = ["id"] if "id" in new["properties"] else []
    return {
        **new,
        "title": f"{STORED}{name}",
        "description": f"{name} with what the service knows about it.",
        "required": [*given, *new["required"], *added],
        "properties": {**new["properties"], **added},
    }


def _page(name: str) -> Json:
    return {
        "$schema": schema(name)["$schema"],
        "title": f"{name}{PAGE}",
        "description": "Some of the things asked for, in order.",
        "type": "object",
        "required": ["items", "count", "cursor"],
        "additionalProperties": False,
        "properties": {
            "items": {"type": "array", "items": {"$ref": f"{STORED}{name}{SUFFIX}"}},
            "count": {"type": "integer", "minimum": 0, "maximum": 100},
            "cursor": {
                "type": ["string", "null"],
                "description": "Where the next page starts; null: this was the last.",
            },
        },
    }

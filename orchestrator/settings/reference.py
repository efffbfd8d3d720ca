"""The settings of each layer, taken from the typed models of shared/settings/."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic_core import to_jsonable_python

from shared.registry.jobs import JOBS
from shared.settings.compute import Compute
from shared.settings.config import Settings, is_secret
from shared.settings.models import MODELS

Schema = Mapping[str, Any]
"""A JSON schema, as pydantic writes it."""

WORDS = {"integer": "whole number", "number": "number", "string": "text", "object": "object"}
ABSENT = "absent"
REQUIRED = "must be given"
BY_NAME = ".<name>."
"""Between a setting that holds objects by name and a member of each."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting, or one member of a setting that holds objects."""

    layer: str
    path: str
    """`log_level`, or `functions.<name>.memory_mb` for a member."""
    allowed: str
    default: str
    description: str
    secret: bool = False

    @property
    def member(self) -> bool:
        """Whether it is part of another setting."""
        return "." in self.path

    def member_of(self, holder: str) -> str:
        """Its name in the objects that `holder` holds by name; empty if it is not in there."""
        before, _, name = self.path.partition(BY_NAME)
        return name if before == holder else ""


def settings_of(model: type[Settings]) -> list[Setting]:
    """Every setting of a layer in the model's order, members after what they are part of."""
    document = model.model_json_schema()
    found = [
        setting
        for name, schema in document["properties"].items()
        for setting in _settings(model, name, schema, document.get("$defs", {}))
    ]
    return [_of_each_function(each) for each in found] if model is Compute else found


def _of_each_function(setting: Setting) -> Setting:
    """Name every default of a function's setting, where functions differ in it."""
    name = setting.member_of("functions")
    if not name:
        return setting
    jobs: dict[str, list[str]] = {}
    for job in JOBS:
        jobs.setdefault(value_text(getattr(Compute().function(job), name)), []).append(job)
    if len(jobs) == 1:
        return setting
    words = "; ".join(f"{default} for {', '.join(names)}" for default, names in jobs.items())
    return replace(setting, default=words)


def markdown() -> str:
    """docs/settings.md: one table per layer."""
    return "\n".join(
        [
            "# Settings",
            "",
            "The settings of a layer are in its stack file, "
            "`stacks/<layer>/Pulumi.<stack>.yaml`, under the key `<layer>:<setting>`: "
            "`./invoke config.set data uploads_expire_days --value 90`, members by their path "
            "(`functions.ingest.memory_mb`), lists and objects as JSON, secrets with `--secret`, "
            "which asks for them; `config.rm` removes one. Both keep the "
            "file's comments and layout; `pulumi config` works on the same files. Anything else in "
            "there, or out of range, ends the run before a "
            "resource is touched.",
            "",
            "`./invoke settings` shows the values in force and where each comes from. This page "
            "is made from the models in `shared/settings/`: "
            "`./invoke settings --markdown > docs/settings.md`.",
            *(line for model in MODELS.values() for line in _table(model)),
            "",
        ]
    )


def _settings(
    model: type[Settings], name: str, schema: Schema, parts: Mapping[str, Schema]
) -> Iterator[Setting]:
    info = model.model_fields[name]
    required = info.is_required()
    default = None if required else info.get_default(call_default_factory=True)
    yield Setting(
        layer=model.layer,
        path=name,
        allowed=allowed(schema, parts),
        default=REQUIRED if required else value_text(to_jsonable_python(default)),
        description=info.description or "",
        secret=is_secret(info),
    )
    yield from _members(model.layer, name, schema, parts)


def _members(
    layer: str, path: str, schema: Schema, parts: Mapping[str, Schema]
) -> Iterator[Setting]:
    """The members of the objects that a setting holds: alone, in a list, or by name."""
    found = _object(schema, parts)
    if found is None:
        return
    step, part = found
    for name, inner in part["properties"].items():
        here = f"{path}{step}{name}"
        default = value_text(inner.get("default")) if "default" in inner else ""
        yield Setting(
            layer=layer,
            path=here,
            allowed=allowed(inner, parts),
            default=default or (REQUIRED if name in part.get("required", ()) else ABSENT),
            description=inner.get("description", ""),
        )
        yield from _members(layer, here, inner, parts)


def _object(schema: Schema, parts: Mapping[str, Schema]) -> tuple[str, Schema] | None:
    """The part that a schema refers to, and what stands before its members' names."""
    whole = _present(schema)
    by_name = next(iter(whole.get("patternProperties", {}).values()), None)
    by_name = by_name or whole.get("additionalProperties")
    for step, place in ((".", whole), ("[].", whole.get("items")), (BY_NAME, by_name)):
        if isinstance(place, dict) and "$ref" in place:
            part = parts[place["$ref"].rsplit("/", 1)[-1]]
            return (step, part) if "properties" in part else None
    return None


def allowed(schema: Schema, parts: Mapping[str, Schema]) -> str:
    """A schema in words: `whole number from 1 to 30`."""
    schema = _present(schema)
    if "$ref" in schema:
        return allowed(parts[schema["$ref"].rsplit("/", 1)[-1]], parts)
    if "enum" in schema:
        return ", ".join(str(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(allowed(each, parts) for each in schema["anyOf"])
    return _ALLOWED.get(schema.get("type", ""), _scalar)(schema, parts)


def value_text(value: Any) -> str:
    """A value as one would type it: text bare, all else as JSON, nothing as `absent`."""
    if value is None:
        return ABSENT
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _present(schema: Schema) -> Schema:
    """The schema of what is not null."""
    choices = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return choices[0] if len(choices) == 1 else schema


def _scalar(schema: Schema, _: Mapping[str, Schema]) -> str:
    words = [WORDS.get(schema.get("type", ""), "any value"), *_range(schema), *_length(schema)]
    if "wanted" in schema:  # the model's own words (shared/settings/text.py)
        return schema["wanted"] if words == ["text"] else f"{' '.join(words)}: {schema['wanted']}"
    if "pattern" in schema:
        words.append(f"matching {schema['pattern']}")
    return " ".join(words)


def _list(schema: Schema, parts: Mapping[str, Schema]) -> str:
    least = f"; at least {schema['minItems']}" if schema.get("minItems") else ""
    return f"list of: {allowed(schema.get('items', {}), parts)}{least}"


def _by_name(schema: Schema, _: Mapping[str, Schema]) -> str:
    names = schema.get("propertyNames", {})
    wanted = names.get("wanted", ", ".join(names.get("enum", ())))
    return f"object by name: {wanted}" if wanted else "object"


_ALLOWED = {
    "boolean": lambda _, __: "true, false",
    "array": _list,
    "object": _by_name,
}


def _range(schema: Schema) -> Iterable[str]:
    least, most = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if least is not None and most is not None:
        return [f"from {least} to {most}"]
    ends = {"from": least, "above": above, "to": most, "below": below}
    return [f"{word} {end}" for word, end in ends.items() if end is not None]


def _length(schema: Schema) -> Iterable[str]:
    least, most = schema.get("minLength"), schema.get("maxLength")
    if least:
        yield f"of at least {least} characters" if least > 1 else "that is not empty"
    if most:
        yield f"of at most {most} characters"


def _table(model: type[Settings]) -> Iterator[str]:
    yield from ["", f"## {model.layer}", "", (model.__doc__ or "").strip(), ""]
    yield "| setting | allowed | default | what it is for |"
    yield "|---|---|---|---|"
    for setting in settings_of(model):
        cells = [
            f"`{setting.path}`",
            _cell(setting.allowed) + (" (secret)" if setting.secret else ""),
            _cell(setting.default),
            _cell(setting.description),
        ]
        yield f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    """Markdown in a table: a pattern or JSON must not be taken for markup."""
    safe = text.replace("|", "\\|")
    for sign in ("*", "<", "_", "["):
        safe = safe.replace(sign, f"\\{sign}")
    return safe

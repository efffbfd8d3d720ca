"""Property paths such as `tags.owner`, `rules[0].cidr`, `layers[*]` or `tags["a.b"]`.

Grammar and meaning are Pulumi's (sdk/go/common/resource/properties_path.go).
"""

from __future__ import annotations

from typing import Any

from localcloud.engine.values.values import Secret

Path = tuple[str | int, ...]


class BadPath(ValueError):
    """A text that is no property path."""


def parse(text: str) -> Path:
    """Take a path apart into names, indices and `*`."""
    if text.startswith("."):
        raise BadPath(f"{text!r} must start with a name or an index")
    elements: list[str | int] = []
    at = 0
    while at < len(text):
        if text[at] == ".":
            at += 1
            if at == len(text):
                raise BadPath(f"{text!r} must end with a name or an index")
        elif text[at] == "[":
            element, at = _bracket(text, at)
            elements.append(element)
        else:
            end = at
            while end < len(text) and text[end] not in ".[":
                end += 1
            elements.append(text[at:end])
            at = end
    return tuple(elements)


def _bracket(text: str, at: int) -> tuple[str | int, int]:
    if text.startswith('["', at):
        return _quoted(text, at + 2)
    end = text.find("]", at)
    inside = text[at + 1 : end]
    if end < 0 or not (inside == "*" or inside.isdecimal()):
        raise BadPath(f"{text!r} has an index that is neither a number nor *")
    return (inside if inside == "*" else int(inside)), end + 1


def _quoted(text: str, at: int) -> tuple[str, int]:
    name = ""
    while at < len(text) and text[at] != '"':
        if text.startswith('\\"', at):
            at += 1
        name += text[at]
        at += 1
    if not text.startswith('"]', at):
        raise BadPath(f"{text!r} lacks a closing quote or bracket")
    return name, at + 2


def contains(path: Path, other: Path) -> bool:
    """Return whether `other` is `path` or something inside it."""
    if len(other) < len(path):
        return False
    return all(mine in ("*", theirs) for mine, theirs in zip(path, other, strict=False))


def ignore_changes(
    new_inputs: dict[str, Any], old_inputs: dict[str, Any], ignored: list[str]
) -> dict[str, Any]:
    """Return `new_inputs` with the old values at the ignored paths; changes no argument."""
    result = new_inputs
    for text in ignored:
        try:
            path = parse(text)
        except BadPath:
            continue  # as the CLI: a path that means nothing ignores nothing
        ok, changed = _reset(path, old_inputs, result, secret=False)
        if ok:
            result = changed
    return result


_MISSING: Any = object()


def _unwrap_secret(value: Any) -> tuple[Any, bool]:
    secret = isinstance(value, Secret)
    while isinstance(value, Secret):
        value = value.value
    return value, secret


def _reset(path: Path, old: Any, new: Any, *, secret: bool) -> tuple[bool, Any]:
    """Return `new` with the value of `old` at the path, and whether the path could be followed."""
    is_secret = isinstance(new, Secret)
    old, old_secret = _unwrap_secret(old)
    plain, _ = _unwrap_secret(new)
    secret = (secret or old_secret) and not is_secret  # inside a secret no second one is needed
    head, rest = path[0], path[1:]
    if head == "*":
        ok, changed = _reset_all(rest, old, plain, secret=secret)
    elif isinstance(head, int):
        ok, changed = _reset_index(head, rest, old, plain, secret=secret)
    else:
        ok, changed = _reset_name(head, rest, old, plain, secret=secret)
    return ok, Secret(changed) if is_secret else changed


def _as_secret(value: Any, *, secret: bool) -> Any:
    return Secret(value) if secret and not isinstance(value, Secret) else value


def _reset_name(name: str, rest: Path, old: Any, new: Any, *, secret: bool) -> tuple[bool, Any]:
    if rest:
        if not isinstance(old, dict) or not isinstance(new, dict):
            return not isinstance(old, dict) and not isinstance(new, dict), new
        if name not in new:
            return name not in old, new
        ok, changed = _reset(rest, old.get(name), new[name], secret=secret)
        return ok, {**new, name: changed}
    value = old.get(name, _MISSING) if isinstance(old, dict) else _MISSING
    if not isinstance(new, dict):
        return value is _MISSING, new
    if value is _MISSING:
        return True, {key: item for key, item in new.items() if key != name}
    return True, {**new, name: _as_secret(value, secret=secret)}


def _reset_index(at: int, rest: Path, old: Any, new: Any, *, secret: bool) -> tuple[bool, Any]:
    if not isinstance(old, list) or not isinstance(new, list):
        return not isinstance(old, list) and not isinstance(new, list), new
    if at >= len(old) or at >= len(new):
        return not rest and at >= len(old) and at >= len(new), new
    if rest:
        ok, changed = _reset(rest, old[at], new[at], secret=secret)
    else:
        ok, changed = True, _as_secret(old[at], secret=secret)
    return ok, [*new[:at], changed, *new[at + 1 :]]


def _reset_all(rest: Path, old: Any, new: Any, *, secret: bool) -> tuple[bool, Any]:
    if isinstance(new, dict):
        return _reset_every_name(rest, old, new, secret=secret)
    if isinstance(new, list):
        return _reset_every_index(rest, old, new, secret=secret)
    return False, new


def _reset_every_name(
    rest: Path, old: Any, new: dict[str, Any], *, secret: bool
) -> tuple[bool, Any]:
    if not isinstance(old, dict):
        return not rest, new
    if not rest:
        return True, {key: _as_secret(item, secret=secret) for key, item in old.items()}
    changed = dict(new)
    for key, item in old.items():
        if key not in new:
            return False, changed
        ok, changed[key] = _reset(rest, item, new[key], secret=secret)
        if not ok:
            return False, changed
    return True, changed


def _reset_every_index(rest: Path, old: Any, new: list[Any], *, secret: bool) -> tuple[bool, Any]:
    if not isinstance(old, list):
        return not rest, new
    if len(old) != len(new):
        return False, new
    if not rest:
        return True, [_as_secret(item, secret=secret) for item in old]
    pairs = [_reset(rest, o, n, secret=secret) for o, n in zip(old, new, strict=True)]
    return all(ok for ok, _ in pairs), [item for _, item in pairs]

"""Configuration: what a project declares, what a stack sets, and what the program gets.

The program gets texts (`PULUMI_CONFIG`): objects and lists as JSON, secrets decrypted and listed by
key. Rules and types are those of pkg/workspace/config.go and sdk/go/common/workspace of Pulumi.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from localcloud.engine.errors import ConfigInvalid, ConfigMissing, ProjectInvalid, SecretsError
from localcloud.engine.state.state_values import dump, to_state
from localcloud.engine.values.values import Crypter

SECURE: Final = "secure"
_KINDS: Final = ("string", "integer", "boolean", "array", "object")
_INTEGER: Final = re.compile(r"[-+]?[0-9]+\Z")


@dataclass(frozen=True, slots=True)
class Config:
    """A stack's configuration in full, keyed `namespace:name`.

    `values` holds plain texts and must not be written anywhere; `stored` is the same with secrets
    as `{"secure": ciphertext}`, for the history.
    """

    values: dict[str, str] = field(repr=False)
    secret_keys: frozenset[str] = frozenset()
    stored: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What Pulumi.yaml declares of a key; `kind` "" means untyped, `default` None: required."""

    key: str
    kind: str = ""
    items: Mapping[str, Any] | None = None
    default: Any = None
    secret: bool = False
    own: bool = True  # of the project's namespace, so it must have a value

    def type_name(self) -> str:
        """Name the type as the CLI does, `array<string>`."""
        return _type_name(self.kind, self.items)


def declarations(block: Any, project: str) -> dict[str, Declaration]:
    """Read the `config:` block of Pulumi.yaml, or raise ProjectInvalid."""
    if block is None:
        return {}
    if not isinstance(block, dict):
        raise ProjectInvalid("The 'config' of Pulumi.yaml must be a mapping of keys.")
    found = [_declaration(str(key), given, project) for key, given in block.items()]
    return {declaration.key: declaration for declaration in found}


def _declaration(name: str, given: Any, project: str) -> Declaration:
    key = full_key(name, project)
    own = key.startswith(f"{project}:")
    if not isinstance(given, dict):
        return Declaration(key=key, default=given, own=own)
    unknown = sorted(set(given) - {"type", "items", "description", "secret", "default", "value"})
    if unknown:
        raise ProjectInvalid(f"Pulumi.yaml declares {key} with {unknown[0]!r}, which is unknown.")
    declared = Declaration(
        key=key,
        kind=given.get("type") or "",
        items=given.get("items"),
        default=given.get("value") if given.get("default") is None else given["default"],
        secret=bool(given.get("secret")),
        own=own,
    )
    _check_declaration(declared, given)
    return declared


def _check_declaration(declared: Declaration, given: dict[str, Any]) -> None:
    key = declared.key
    if given.get("default") is not None and given.get("value") is not None:
        raise ProjectInvalid(f"Pulumi.yaml gives {key} both a 'default' and a 'value'.")
    if declared.kind and declared.kind not in _KINDS:
        raise ProjectInvalid(f"Pulumi.yaml gives {key} the unknown type {declared.kind!r}.")
    if declared.kind == "array" and declared.items is None:
        raise ProjectInvalid(f"Pulumi.yaml declares the array {key} without 'items'.")
    if not declared.own and (declared.kind or declared.default is None):
        raise ProjectInvalid(
            f"Pulumi.yaml must give {key} just a 'value': it is in another namespace."
        )
    if declared.kind and declared.default is not None and not _fits(declared, declared.default):
        raise ProjectInvalid(
            f"The default that Pulumi.yaml gives {key} is not of type {declared.type_name()}."
        )


def full_key(name: str, project: str) -> str:
    """Return `namespace:name`; a bare name is the project's."""
    parts = name.split(":")
    if len(parts) == 3 and parts[1] == "config":  # an old spelling
        return f"{parts[0]}:{parts[2]}"
    if len(parts) > 2:
        raise ConfigInvalid(f"{name!r} is no configuration key: write <namespace>:<name>.")
    return name if len(parts) == 2 else f"{project}:{name}"


def resolve(
    given: Mapping[str, Any],
    declared: Mapping[str, Declaration],
    crypter: Crypter,
    stack: str,
) -> Config:
    """Join a stack file's values (by full key) with the declarations; check types and presence.

    Raises ConfigMissing with all missing keys, or ConfigInvalid with the first wrong one.
    """
    missing = [
        d.key for d in declared.values() if d.own and d.default is None and d.key not in given
    ]
    if missing:
        raise ConfigMissing(_missing_sentence(missing, stack))
    defaults = {d.key: d.default for d in declared.values() if d.default is not None}
    stored = {
        key: defaults[key] if key not in given else given[key] for key in {**defaults, **given}
    }
    decrypted = {
        key: _decrypted_or_named(key, value, crypter, stack) for key, value in stored.items()
    }
    for key, declaration in declared.items():
        if key in given:
            _check(declaration, given[key], decrypted[key], stack)
    return Config(
        values={key: text(value) for key, value in decrypted.items()},
        secret_keys=frozenset(key for key, value in stored.items() if is_secure(value)),
        stored={key: _as_stored(value) for key, value in stored.items()},
    )


def _missing_sentence(missing: list[str], stack: str) -> str:
    commands = f"`pulumi config set {missing[0]} <value> --stack {stack}` or Pulumi.{stack}.yaml"
    many = "s" if len(missing) > 1 else ""
    return f"Stack {stack} lacks the configuration value{many} {', '.join(missing)}: {commands}."


def _check(declaration: Declaration, given: Any, decrypted: Any, stack: str) -> None:
    if not declaration.kind:
        return
    if declaration.secret and not is_secure(given):
        raise ConfigInvalid(
            f"{declaration.key} of stack {stack} must be encrypted:"
            f" `pulumi config set --secret {declaration.key} <value> --stack {stack}`."
        )
    value = decrypted if isinstance(decrypted, (dict, list)) else text(decrypted)
    if not _fits(declaration, value):
        raise ConfigInvalid(
            f"{declaration.key} of stack {stack} must be of type {declaration.type_name()}."
        )


def _fits(declaration: Declaration, value: Any) -> bool:
    return _is_of(declaration.kind, declaration.items, value)


def _is_of(kind: str, items: Mapping[str, Any] | None, value: Any) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "integer":
            return _is_integer(value)
        case "boolean":
            return isinstance(value, bool) or value in ("true", "false")
        case "object":
            return isinstance(value, dict)
    return (
        isinstance(value, list)
        and items is not None
        and all(_is_of(items.get("type", ""), items.get("items"), item) for item in value)
    )


def _is_integer(value: Any) -> bool:
    if isinstance(value, str):
        return _INTEGER.match(value) is not None
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


def _type_name(kind: str, items: Mapping[str, Any] | None) -> str:
    if items is None:
        return kind
    return f"array<{_type_name(items.get('type', ''), items.get('items'))}>"


def is_secure(value: Any) -> bool:
    """Return whether a stored value is a secret or holds one."""
    if isinstance(value, dict):
        return _is_encrypted(value) or any(is_secure(item) for item in value.values())
    return isinstance(value, list) and any(is_secure(item) for item in value)


def _is_encrypted(value: dict[str, Any]) -> bool:
    return len(value) == 1 and isinstance(value.get(SECURE), str)


def _decrypted_or_named(key: str, value: Any, crypter: Crypter, stack: str) -> Any:
    try:
        return _decrypted(value, crypter)
    except SecretsError as error:
        raise ConfigInvalid(
            f"The secret {key} of stack {stack} cannot be decrypted: it is damaged or was made"
            " under another passphrase."
        ) from error


def _decrypted(value: Any, crypter: Crypter) -> Any:
    if isinstance(value, dict):
        if _is_encrypted(value):
            return crypter.decrypt(value[SECURE])
        return {str(key): _decrypted(item, crypter) for key, item in value.items()}
    if isinstance(value, list):
        return [_decrypted(item, crypter) for item in value]
    return value


def _as_stored(value: Any) -> Any:
    return value if isinstance(value, (dict, list)) else text(value)


def text(value: Any) -> str:
    """Return a value as a program gets it."""
    if isinstance(value, str):
        return value
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return dump(to_state(value, None))  # as Go prints numbers: 2.0 is "2"

"""What differs between old and new, and what that means for the resource."""

from __future__ import annotations

from typing import Any

from localcloud.engine.provider.responses import Diff
from localcloud.engine.values import property_paths
from localcloud.engine.values.values import OutputValue, Secret

INIT_ERROR = "#initerror"  # replaceOnChanges may name it: a resource that came up halfway


def plain(value: Any) -> Any:
    """Unwrap secrets and outputs, so that only contents are compared."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, OutputValue):
        return plain(value.value) if value.known else value
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def changed_keys(old_inputs: dict[str, Any], new_inputs: dict[str, Any]) -> list[str]:
    """Name the properties whose contents differ."""
    keys = sorted(old_inputs.keys() | new_inputs.keys())
    nothing = object()
    return [
        key
        for key in keys
        if plain(old_inputs.get(key, nothing)) != plain(new_inputs.get(key, nothing))
    ]


def resolve_unknown(
    diff: Diff, old_inputs: dict[str, Any], new_inputs: dict[str, Any], ignored: list[str]
) -> Diff:
    """Compare inputs for a provider that cannot tell (DIFF_UNKNOWN)."""
    if diff.changed is not None:
        return diff
    changes = changed_keys(
        old_inputs, property_paths.ignore_changes(new_inputs, old_inputs, ignored)
    )
    diff.changed = bool(changes)
    diff.changes = diff.changes or changes
    return diff


def apply_replace_on_changes(diff: Diff, selectors: list[str], *, init_errors: bool) -> Diff:
    """Turn changes at the selected paths into replacements (applyReplaceOnChanges of the CLI)."""
    if not selectors or not (diff.changed or init_errors):
        return diff
    selected = [property_paths.parse(selector) for selector in selectors]

    def hit(text: str) -> bool:
        path = property_paths.parse(text)
        return any(property_paths.contains(selector, path) for selector in selected)

    replaces = set(diff.replaces)
    for key, kind in (diff.detailed or {}).items():
        if hit(key):
            replaces.add(str(property_paths.parse(key)[0]))
            assert diff.detailed is not None
            diff.detailed[key] = kind | 1  # of pulumirpc.PropertyDiff: the odd kinds replace
    replaces.update(key for key in diff.changes if hit(key))
    if init_errors and hit(INIT_ERROR):
        replaces.add(INIT_ERROR)
        diff.changed = True
    diff.replaces = sorted(replaces)
    return diff

"""Which wanted inputs differ from those in force, and whether that needs a new resource."""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.provider.base import compare, names
from localcloud.provider.base.inputs import all_props
from localcloud.provider.base.resource import ResourceType
from localcloud.provider.base.values import Props


@dataclass(frozen=True)
class Difference:
    """What Diff found: changed inputs, those of them that replace, and in which order."""

    changed: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    delete_before_replace: bool = False


def diff(kind: ResourceType, olds: Props, news: Props) -> Difference:
    """Compare the inputs that are in force with those that are wanted."""
    changed = compare.changed(all_props(kind), olds, news)
    replaces = [name for name in changed if replaces_it(kind, name, olds, news)]
    before = bool(replaces) and (
        kind.delete_before_replace
        or _keeps_name(kind, olds, news)
        or _keeps_unique_inputs(kind, changed)
    )
    return Difference(tuple(changed), tuple(replaces), before)


def replaces_it(kind: ResourceType, name: str, olds: Props, news: Props) -> bool:
    """Tell whether the change of this input needs a new resource."""
    if name == "region" and kind.regional:
        return True
    return kind.must_replace(name, olds, news)


def _keeps_unique_inputs(kind: ResourceType, changed: list[str]) -> bool:
    """Whether the new one would stand where the old one does, and AWS has room for one only."""
    return bool(kind.unique_by) and not set(kind.unique_by) & set(changed)


def _keeps_name(kind: ResourceType, olds: Props, news: Props) -> bool:
    """Whether old and new would have the one name that the program chose."""
    if kind.name is None or kind.name.property in news.get(names.DEFAULTS, ()):
        return False
    return bool(olds.get(kind.name.property) == news.get(kind.name.property))

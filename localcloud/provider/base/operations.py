"""What all resource types have in common: create, read, update and delete, on plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from localcloud.provider.base import compare, names
from localcloud.provider.base import tags as tagging
from localcloud.provider.base.aws import Aws
from localcloud.provider.base.difference import replaces_it
from localcloud.provider.base.errors import InitFailed, ProviderError, is_missing
from localcloud.provider.base.inputs import all_props
from localcloud.provider.base.resource import ResourceType
from localcloud.provider.base.values import UNKNOWN, Props

T = TypeVar("T")

NOT_EMULATED = "notEmulated"  # output that marks what is on record only
_SETTLE_SECONDS = 30.0  # how long a new resource may take to become readable


# Create


def create(kind: ResourceType, aws: Aws, inputs: Props) -> tuple[str, Props]:
    """Make a resource; returns its id and outputs. A failure after it exists is `InitFailed`."""
    if on_record_only(kind, aws):
        id, computed = kind.placeholder(aws, inputs)
        return id, {**_shown(inputs), **computed, NOT_EMULATED: True}
    id = aws.retry(lambda: kind.create(aws, inputs), kind.retry_codes)
    try:
        return id, _finish(kind, aws, id, inputs)
    except Exception as error:
        raise InitFailed(id, _best_outputs(kind, aws, id, inputs), error) from error


def _finish(kind: ResourceType, aws: Aws, id: str, inputs: Props) -> Props:
    aws.retry(lambda: kind.complete(aws, id, inputs), kind.retry_codes)
    actual = _present(kind, lambda: kind.created(aws, id, inputs))
    if actual is None:
        actual = _wait_until_readable(kind, aws, id, inputs)
    if kind.tags and not kind.tags.at_create:
        _write_tags(kind, aws, id, {**inputs, **actual}, {}, inputs)
    return _outputs(kind, aws, inputs, {**actual, **_tags_of(inputs)})


def _wait_until_readable(kind: ResourceType, aws: Aws, id: str, inputs: Props) -> Props:
    return aws.wait(
        lambda: _present(kind, lambda: kind.read(aws, id, inputs)),
        what="the new resource to become readable",
        timeout=_SETTLE_SECONDS,
    )


def _best_outputs(kind: ResourceType, aws: Aws, id: str, inputs: Props) -> Props:
    """Outputs of a resource in an unclear state: what can be read, else what was asked for."""
    try:
        actual = kind.read(aws, id, inputs)
    except Exception:  # the first error matters; this one must not hide it
        actual = None
    return _outputs(kind, aws, inputs, {**_shown(inputs), **(actual or {})})


# Read


def read(
    kind: ResourceType,
    aws: Aws,
    id: str,
    state: Props,
    inputs: Props,
    *,
    default_tags: Mapping[str, str],
) -> tuple[str, Props, Props] | None:
    """Read a resource as (id, outputs, inputs); with an empty id, find it by its inputs first.

    None when there is no such thing. The inputs come back in the words of `inputs` wherever AWS
    still agrees with them, so that only a real change shows as a difference.
    """
    if on_record_only(kind, aws):
        return (id, state, inputs) if id else None
    id = id or _present(kind, lambda: kind.find(aws, inputs)) or ""
    known = {**state, **inputs}
    actual = _present(kind, lambda: _read_all(kind, aws, id, known, default_tags)) if id else None
    if actual is None:
        return None
    return id, _outputs(kind, aws, inputs or _shown(state), actual), _inputs(kind, inputs, actual)


def _read_all(
    kind: ResourceType, aws: Aws, id: str, known: Props, default_tags: Mapping[str, str]
) -> Props | None:
    actual = kind.read(aws, id, known)
    if actual is not None and kind.regional:
        actual = {"region": aws.region, **actual}
    if actual is None or kind.tags is None:
        return actual
    found = actual.get("tagsAll")
    if found is None:
        found = kind.tags.read(aws.client(kind.service), id, {**known, **actual})
    found = tagging.visible(found)
    return {**actual, "tagsAll": found, "tags": tagging.own(found, known, default_tags)}


def _inputs(kind: ResourceType, known: Props, actual: Props) -> Props:
    inputs = compare.project(all_props(kind), known, actual)
    if kind.name and not known:  # imported: a program that does not name it means this one
        inputs[names.DEFAULTS] = [kind.name.property]
    return inputs


# Update


def update(kind: ResourceType, aws: Aws, id: str, state: Props, olds: Props, news: Props) -> Props:
    """Bring a resource from the inputs in force to the new ones; returns its outputs."""
    if on_record_only(kind, aws):
        return {**_carried_over(kind, state, olds, news), NOT_EMULATED: True}
    try:
        _apply(kind, aws, id, {**state, **olds}, olds, news)
        actual = _found(kind, aws, id, {**state, **news})
    except Exception as error:
        raise InitFailed(id, _best_outputs(kind, aws, id, {**state, **news}), error) from error
    return _outputs(kind, aws, news, {**actual, **_tags_of(news)})


def _apply(kind: ResourceType, aws: Aws, id: str, known: Props, olds: Props, news: Props) -> None:
    props = all_props(kind)
    changed = compare.changed(props, olds, news)
    repairing = not changed  # the engine asks for it after a partial failure
    if repairing:
        aws.retry(lambda: kind.complete(aws, id, news), kind.retry_codes)
    if repairing or known.keys() <= props.keys():  # a creation that was cut off: nothing was read
        found = _found(kind, aws, id, {**known, **news})
        known = {**known, **found}
        changed = sorted({*changed, *_unlike(kind, news, found)})
    core = frozenset(
        n for n in changed if n not in ("tags", "tagsAll", "region") and not props[n].provider_only
    )
    if core:
        target = {n: value for n, value in known.items() if n not in props} | news
        aws.retry(lambda: kind.update(aws, id, known, target, core), kind.retry_codes)
    if kind.tags and ("tagsAll" in changed or repairing):
        _write_tags(kind, aws, id, {**known, **news}, {} if repairing else olds, news)


def _found(kind: ResourceType, aws: Aws, id: str, known: Props) -> Props:
    actual = kind.read(aws, id, known)
    if actual is None:
        raise ProviderError("it no longer exists; refresh to have it made again")
    return actual


def _unlike(kind: ResourceType, news: Props, found: Props) -> list[str]:
    """Inputs that an interrupted step may have left undone: unlike what AWS has, or unreadable.

    What it has already is not asked for again: not all that a creation sets can be set anew.
    """
    props = all_props(kind)
    actual = compare.project(props, news, found)
    unreadable = [name for name in news if name in props and props[name].write_only]
    names = {*compare.changed(props, actual, news), *unreadable} - {"tags", "tagsAll", "region"}
    return [name for name in names if not replaces_it(kind, name, actual, news)]


def updated_preview(kind: ResourceType, state: Props, olds: Props, news: Props) -> Props:
    """Outputs as far as they are known before an update is made."""
    outputs = _carried_over(kind, state, olds, news)
    changed = compare.changed(all_props(kind), olds, news)
    if changed:
        outputs |= {name: UNKNOWN for name in kind.volatile}
    asked = {name: news[name] for name in changed if name in news}
    return outputs | created_preview(kind, asked)


def created_preview(kind: ResourceType, inputs: Props) -> Props:
    """Outputs as far as they are known before a resource is made."""
    props = all_props(kind)
    shown = _shown(inputs).items()
    return {name: compare.filled(props.get(name, compare.PLAIN), v, UNKNOWN) for name, v in shown}


def _carried_over(kind: ResourceType, state: Props, olds: Props, news: Props) -> Props:
    """Outputs as they were, with the new inputs in place of the old ones."""
    props = all_props(kind)
    taken_out = {n for n in set(olds) - set(news) if n in props and not props[n].computed}
    asked = {
        name: compare.filled(props.get(name, compare.PLAIN), value, state.get(name))
        for name, value in _shown(news).items()
    }
    return {n: value for n, value in state.items() if n not in taken_out} | asked


# Delete


def delete(kind: ResourceType, aws: Aws, id: str, known: Props) -> None:
    """Remove a resource; one that is gone already is fine."""
    if on_record_only(kind, aws):
        return
    try:
        aws.retry(lambda: kind.delete(aws, id, known), kind.retry_codes)
    except Exception as error:
        if not is_missing(error, kind.missing):
            raise


# Shared steps


def on_record_only(kind: ResourceType, aws: Aws) -> bool:
    """Whether this endpoint lacks the type, which is then recorded and never sent."""
    return aws.emulated and not kind.emulated


def _present(kind: ResourceType, call: Callable[[], T | None]) -> T | None:
    try:
        return call()
    except Exception as error:
        if is_missing(error, kind.missing):
            return None
        raise


def _outputs(kind: ResourceType, aws: Aws, inputs: Props, actual: Props) -> Props:
    """Everything known of the resource, in the program's words where AWS means the same."""
    props = all_props(kind)
    outputs = {name: value for name, value in actual.items() if value is not None}
    for name, value in _shown(inputs).items():
        prop = props.get(name)
        if prop is None:
            continue
        if prop.provider_only or prop.write_only or compare.same(prop, value, actual.get(name)):
            outputs[name] = compare.filled(prop, value, actual.get(name))
    if kind.regional:
        outputs.setdefault("region", aws.region)
    return outputs


def _shown(inputs: Props) -> Props:
    return {name: value for name, value in inputs.items() if not name.startswith("__")}


def _tags_of(inputs: Props) -> Props:
    return {name: inputs[name] for name in ("tags", "tagsAll") if name in inputs}


def _write_tags(
    kind: ResourceType, aws: Aws, id: str, known: Props, olds: Props, news: Props
) -> None:
    if kind.tags is None:
        return
    before, after = olds.get("tagsAll") or {}, tagging.sent(news)
    put = {key: value for key, value in after.items() if before.get(key) != value}
    drop = sorted(set(before) - set(after))
    if put or drop:
        kind.tags.write(aws.client(kind.service), id, known, put=put, drop=drop)

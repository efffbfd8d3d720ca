"""Who depends on whom, in the order of a snapshot (pkg/resource/graph/dependency_graph.go)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from localcloud.engine.state.model import ResourceState
from localcloud.engine.values.urns import ProviderRef


def references(state: ResourceState, *, parent: bool = True) -> Iterator[str]:
    """Return the URNs that a resource refers to, its provider's and its parent's included."""
    if state.provider:
        yield ProviderRef.parse(state.provider).urn
    if parent and state.parent:
        yield state.parent
    yield from state.dependencies
    for urns in state.property_dependencies.values():
        yield from urns
    if state.deleted_with:
        yield state.deleted_with
    yield from state.replace_with


def depending_on(
    root: ResourceState,
    resources: list[ResourceState],
    *,
    ignored: Callable[[str], bool] = lambda urn: False,
    children: bool = False,
) -> list[ResourceState]:
    """Return what depends on `root` directly or indirectly, dependencies first."""
    found: list[ResourceState] = []
    marked = {root.urn}
    after_root = False
    for state in resources:
        if state is root:
            after_root = True
        elif not after_root or ignored(state.urn):
            continue
        elif any(urn in marked for urn in references(state, parent=children)):
            found.append(state)
            marked.add(state.urn)
    return found


def _index(resources: Iterable[ResourceState]) -> dict[str, list[ResourceState]]:
    index: dict[str, list[ResourceState]] = {}
    for state in resources:
        index.setdefault(state.urn, []).append(state)
    return index


def deletion_levels(
    to_delete: list[ResourceState], resources: list[ResourceState]
) -> list[list[ResourceState]]:
    """Order deletions: each level may go in parallel once the levels before it are gone.

    `resources` is the snapshot in its order; what stands before a resource may be a dependency.
    A dependency on a component is one on the children that it had by then, too.
    """
    position = {id(state): number for number, state in enumerate(resources)}
    deleting = {id(state) for state in to_delete}
    by_urn = _index(resources)
    children = _children(resources)
    height: dict[int, int] = {}
    for state in resources:  # dependencies come first, so their heights are known
        if id(state) not in deleting:
            continue
        below = [
            height[id(other)]
            for other in _dependencies(state, by_urn, children)
            if id(other) in height and position[id(other)] < position[id(state)]
        ]
        height[id(state)] = 1 + max(below, default=0)
    levels: dict[int, list[ResourceState]] = {}
    for state in to_delete:
        levels.setdefault(height[id(state)], []).append(state)
    return [levels[number] for number in sorted(levels, reverse=True)]


def _children(resources: list[ResourceState]) -> dict[str, list[ResourceState]]:
    children: dict[str, list[ResourceState]] = {}
    for state in resources:
        if state.parent:
            children.setdefault(state.parent, []).append(state)
    return children


def _dependencies(
    state: ResourceState,
    by_urn: dict[str, list[ResourceState]],
    children: dict[str, list[ResourceState]],
) -> Iterator[ResourceState]:
    if state.parent:
        yield from by_urn.get(state.parent, ())
    for urn in references(state, parent=False):
        for other in by_urn.get(urn, ()):
            yield other
            if not other.custom:
                yield from _descendants(other, children)


def _descendants(
    component: ResourceState, children: dict[str, list[ResourceState]]
) -> Iterator[ResourceState]:
    for child in children.get(component.urn, ()):
        yield child
        yield from _descendants(child, children)

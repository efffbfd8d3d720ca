"""What a stack's state consists of: resources, operations that were cut off, and the snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from localcloud.engine.errors import StateCorrupt
from localcloud.engine.state.state_values import from_state, to_state
from localcloud.engine.values import urns
from localcloud.engine.values.values import Crypter

OperationKind = Literal["creating", "updating", "deleting", "reading", "importing"]


@dataclass(slots=True)
class ResourceState:
    """One instance of a resource, as apitype.ResourceV3 of Pulumi, with decrypted values.

    `created` and `modified` are RFC 3339 times. `custom_timeouts` maps create, update and delete to
    seconds. `resource_hooks` are the CLI's alone: a registration here drops them. What a newer CLI
    has written and this class does not know is kept in `extra`.
    `handle` is the identity of the instance in its snapshot and journal: the same URN may stand
    twice there, a handle never does. -1: not in a snapshot yet.
    """

    urn: str
    type: str
    custom: bool = True
    id: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    parent: str = ""
    provider: str = ""
    dependencies: list[str] = field(default_factory=list)
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    protect: bool = False
    taint: bool = False
    external: bool = False
    delete: bool = False
    pending_replacement: bool = False
    retain_on_delete: bool = False
    deleted_with: str = ""
    replace_with: list[str] = field(default_factory=list)
    additional_secret_outputs: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    custom_timeouts: dict[str, float] | None = None
    init_errors: list[str] = field(default_factory=list)
    import_id: str = ""
    created: str = ""
    modified: str = ""
    source_position: str = ""
    stack_trace: list[dict[str, str]] = field(default_factory=list)
    ignore_changes: list[str] = field(default_factory=list)
    hide_diff: list[Any] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    replacement_trigger: Any = None
    resource_hooks: dict[str, list[str]] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    handle: int = field(default=-1, compare=False)


@dataclass(slots=True)
class Operation:
    """Something that was begun and whose end nobody has recorded.

    `token` is its identity in the journal: `Journal.end(token, …)` resolves it.
    """

    resource: ResourceState
    type: OperationKind
    token: int = field(default=-1, compare=False)


@dataclass(slots=True)
class Snapshot:
    """The state of a stack.

    `document` is the file's JSON as it was read (with a leftover journal folded in) and `digest`
    the SHA-256 of the file's bytes; both belong to the backend.
    """

    resources: list[ResourceState] = field(default_factory=list)
    pending_operations: list[Operation] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=dict, repr=False)
    digest: str = field(default="", repr=False)

    def live(self) -> dict[str, ResourceState]:
        """Return the current instance of each URN: those that do not wait for their deletion."""
        return {state.urn: state for state in self.resources if not state.delete}

    def stack_outputs(self) -> dict[str, Any]:
        """Return what the program exported; secrets are still marked."""
        for state in self.resources:
            if state.type == urns.STACK_TYPE and not state.parent:
                return state.outputs
        return {}


# (attribute, key in the file), in the order in which the CLI writes them.
FIELDS: Final = (
    ("urn", "urn"),
    ("custom", "custom"),
    ("delete", "delete"),
    ("id", "id"),
    ("type", "type"),
    ("inputs", "inputs"),
    ("outputs", "outputs"),
    ("parent", "parent"),
    ("protect", "protect"),
    ("taint", "taint"),
    ("external", "external"),
    ("dependencies", "dependencies"),
    ("init_errors", "initErrors"),
    ("provider", "provider"),
    ("property_dependencies", "propertyDependencies"),
    ("pending_replacement", "pendingReplacement"),
    ("additional_secret_outputs", "additionalSecretOutputs"),
    ("aliases", "aliases"),
    ("custom_timeouts", "customTimeouts"),
    ("import_id", "importID"),
    ("retain_on_delete", "retainOnDelete"),
    ("deleted_with", "deletedWith"),
    ("replace_with", "replaceWith"),
    ("created", "created"),
    ("modified", "modified"),
    ("source_position", "sourcePosition"),
    ("stack_trace", "stackTrace"),
    ("ignore_changes", "ignoreChanges"),
    ("hide_diff", "hideDiff"),
    ("replace_on_changes", "replaceOnChanges"),
    ("replacement_trigger", "replacementTrigger"),
    ("resource_hooks", "resourceHooks"),
)
_ALWAYS: Final = frozenset({"urn", "custom", "type"})
_VALUES: Final = frozenset({"inputs", "outputs", "replacement_trigger"})
_KNOWN: Final = {key: attribute for attribute, key in FIELDS}


def state_to_document(state: ResourceState, crypter: Crypter) -> dict[str, Any]:
    """Write a resource as the JSON of a state file; it shares nothing with the given object."""
    document: dict[str, Any] = {}
    for attribute, key in FIELDS:
        value = getattr(state, attribute)
        if _absent(attribute, value):
            continue
        document[key] = to_state(value, crypter) if attribute in _VALUES else _copied(value)
    return document | state.extra


def _absent(attribute: str, value: Any) -> bool:
    if attribute == "replacement_trigger":  # any value is one, an empty text too
        return value is None
    return not value and attribute not in _ALWAYS


def state_from_document(
    document: dict[str, Any], crypter: Crypter, handle: int = -1
) -> ResourceState:
    """Read a resource from the JSON of a state file."""
    fields: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, value in document.items():
        attribute = _KNOWN.get(key)
        if attribute is None:
            extra[key] = value
        elif attribute in _VALUES:
            fields[attribute] = from_state(value, crypter)
        elif value is not None:
            fields[attribute] = _copied(value)
    if not fields.get("urn") or not fields.get("type"):
        raise StateCorrupt("The state holds a resource without a URN or a type.")
    fields.setdefault("custom", False)
    return ResourceState(**fields, extra=extra, handle=handle)


def _copied(value: Any) -> Any:
    if isinstance(value, list):
        return [_copied(item) for item in value]
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return value

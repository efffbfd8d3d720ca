"""One deployed stack, as its state tells it: without its program, and without its passphrase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from orchestrator.deployers.base import SECRET_MASK
from shared.contract.used import Used
from shared.stack_name import StackName

STACK_TYPE: Final = "pulumi:pulumi:Stack"
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""The key by which Pulumi marks special objects in a state (sdk/go/common/resource)."""
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
"""What stands at that key of a secret."""


@dataclass(frozen=True)
class DeployedStack:
    """A stack of the backend, of whatever project."""

    project: str
    stack: str
    resources: int = 0
    """AWS resources that stand in it; components, providers and the stack itself not counted."""
    protected: bool = False
    """Whether it holds a resource that must not be deleted (`protect`)."""
    not_emulated: tuple[str, ...] = ()
    """URNs of those that the local cloud records but does not have."""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """What it publishes, secrets as `[secret]`."""
    owner: str = ""
    """The team that its resources' tags name; empty if they name none."""

    @property
    def label(self) -> str:
        """What messages call it, e.g. `data (dev)`."""
        return f"{self.project} ({self.stack})"

    @property
    def deployed(self) -> bool:
        """Whether anything stands in it."""
        return self.resources > 0

    @property
    def reads(self) -> Used:
        """What its program really read of other stacks when it was last deployed."""
        return Used.of(self.outputs)

    @property
    def options(self) -> str:
        """What chooses it in a command: empty, or ` --env dev --region us-west-2`."""
        return self.name.options

    @property
    def name(self) -> StackName:
        """Its environment and region. Raises ValueError for a name of another form."""
        return StackName.parse(self.stack)


def from_deployment(project: str, stack: str, deployment: Mapping[str, Any]) -> DeployedStack:
    """Read a stack from the `latest` of its state file, or the `deployment` of an export."""
    states = deployment.get("resources") or []
    standing = [
        state for state in states if state.get("custom") and not state["type"].startswith("pulumi:")
    ]
    return DeployedStack(
        project,
        stack,
        resources=len(standing),
        protected=any(state.get("protect") for state in standing),
        not_emulated=tuple(
            state["urn"] for state in standing if (state.get("outputs") or {}).get("notEmulated")
        ),
        outputs=_outputs(states),
        owner=_owner(standing),
    )


def _outputs(states: list[Mapping[str, Any]]) -> dict[str, Any]:
    for state in states:
        if state.get("type") == STACK_TYPE and not state.get("parent"):
            return {name: masked(value) for name, value in (state.get("outputs") or {}).items()}
    return {}


def masked(value: Any) -> Any:
    """A value of a state as JSON knows it, each secret in it as `[secret]`."""
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET:
            return SECRET_MASK
        return {key: masked(inner) for key, inner in value.items()}
    return [masked(inner) for inner in value] if isinstance(value, list) else value


def _owner(states: list[Mapping[str, Any]]) -> str:
    """The first owner that a resource's tags name (requirement S6)."""
    for state in states:
        tags = (state.get("outputs") or {}).get("tagsAll")
        if isinstance(tags, Mapping) and isinstance(tags.get("Owner"), str):
            return str(tags["Owner"])
    return ""

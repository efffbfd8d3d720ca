"""What lives in an environment, and who reads whom there.

Source says what a checkout would read; only the backend says what is deployed, and what that read.
An edge counts if either says so: what a live stack reads is never taken from it because this
checkout does not show the read, and order holds for what is about to be read as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from orchestrator.checkout.selection import Selection
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.checkout.target import Target
from orchestrator.deployers.cloud import Cloud
from orchestrator.live.backends import deployed_stacks
from orchestrator.live.deployed_stack import DeployedStack
from shared.registry.layers import LAYERS


@dataclass(frozen=True)
class Reader:
    """A live stack that reads another one, and what of it."""

    stack: DeployedStack
    fields: tuple[str, ...]
    """`table_names.records`, `data_key_arn`; empty for a read of nothing in particular."""
    here: Stack | None
    """The same stack in this checkout; None if no folder here makes it."""
    by_source: bool
    """Whether this checkout shows that it reads the other one."""

    @property
    def owner(self) -> str:
        """The team that owns it."""
        known = LAYERS.get(self.stack.project)
        return known.owner if known else self.stack.owner or self.stack.project

    @property
    def fields_text(self) -> str:
        """What it reads, for a message: ` (base_url, metric_names.requests)`, or nothing."""
        return f" ({', '.join(self.fields)})" if self.fields else ""


@dataclass(frozen=True)
class Live:
    """The deployed stacks of an environment, beside the stacks of the checkout (`everything`)."""

    everything: Selection
    deployed: tuple[DeployedStack, ...]

    @classmethod
    def of(
        cls, stacks: Iterable[DeployedStack], environment: Environment, everything: Selection
    ) -> Live:
        """Those of `stacks` that stand in the environment, in the order of the checkout."""
        order = {stack.label: place for place, stack in enumerate(everything.stacks)}
        standing = [each for each in stacks if each.deployed and _is_in(each, environment)]
        standing.sort(key=lambda each: (order.get(each.label, len(order)), each.label))
        return cls(everything, tuple(standing))

    def of_stack(self, stack: Stack) -> DeployedStack | None:
        """What is deployed of a stack; None if nothing is."""
        return self._by_label.get(stack.label)

    @cached_property
    def _by_label(self) -> dict[str, DeployedStack]:
        return {each.label: each for each in self.deployed}

    @cached_property
    def _here(self) -> dict[str, Stack]:
        return {stack.label: stack for stack in self.everything.stacks}

    @property
    def without_folder(self) -> list[DeployedStack]:
        """Live stacks that no folder of this checkout makes."""
        return [each for each in self.deployed if each.label not in self._here]

    def hidden_reads(self, stack: Stack) -> list[str]:
        """The layers that a stack reads as it is deployed, and its source here does not show."""
        live = self.of_stack(stack)
        return sorted(set(live.reads.upstreams) - stack.layer.reads) if live else []

    def readers(self, stack: Stack) -> list[Reader]:
        """The live stacks that read `stack`: as they were deployed, or as their source says."""
        found = [self._reader(each, stack) for each in self.deployed]
        return [each for each in found if each.by_source or self._reads(each.stack, stack)]

    def _reader(self, deployed: DeployedStack, stack: Stack) -> Reader:
        here = self._here.get(deployed.label)
        by_source = here is not None and stack in self.everything.upstream(here)
        return Reader(deployed, _fields(deployed, stack.layer.name), here, by_source)

    def _reads(self, reader: DeployedStack, stack: Stack) -> bool:
        """Whether it read that very stack: a layer is read in one's own region, unless noted."""
        if stack.layer.name not in reader.reads.upstreams:
            return False
        regions = reader.reads.regions.get(stack.layer.name) or {reader.name.region}
        return stack.region in regions

    def goes_before(self, selected: Sequence[Stack]) -> dict[str, list[Stack]]:
        """Label → the selected stacks that must be destroyed before it.

        Live reads come first: where source runs against them, it gives way, for what it would read
        is not deployed yet.
        """
        found: dict[str, list[Stack]] = {stack.label: [] for stack in selected}
        by_source = self.everything.upstream
        for reads in (self._live_upstream, by_source):
            for reader in selected:
                for stack in reads(reader):
                    if stack.label in found and not _waits(found, reader, for_=stack):
                        found[stack.label].append(reader)
        return found

    def _live_upstream(self, stack: Stack) -> list[Stack]:
        live = self.of_stack(stack)
        return [each for each in self.everything.stacks if live and self._reads(live, each)]


def _waits(found: dict[str, list[Stack]], stack: Stack, *, for_: Stack) -> bool:
    """Whether `stack` goes after `for_` already, at once or by way of others; itself included."""
    return stack == for_ or any(_waits(found, other, for_=for_) for other in found[stack.label])


def read_live(cloud: Cloud, target: Target) -> Live:
    """What is deployed in the target's environment, by whatever checkout."""
    stacks = deployed_stacks(cloud.process_environment)
    return Live.of(stacks, target.environment, target.everything)


def _is_in(stack: DeployedStack, environment: Environment) -> bool:
    try:
        return stack.name.environment == environment
    except ValueError:
        return False  # a stack of somebody else's, named otherwise


def _fields(reader: DeployedStack, layer: str) -> tuple[str, ...]:
    """`table_names.records` for a member, the field alone where none was noted."""
    return tuple(
        name if not member else f"{name}.{member}"
        for name, members in sorted(reader.reads.fields(layer).items())
        for member in (sorted(members) or [""])
    )

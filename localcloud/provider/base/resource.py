"""The shape of a resource type: facts about its properties and five short methods of boto3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from localcloud.provider.base.aws import Aws
from localcloud.provider.base.compare import Prop, json_text, json_value
from localcloud.provider.base.names import AutoName
from localcloud.provider.base.tags import (
    TOKEN_INPUT,
    TOKEN_TAG,
    TagCalls,
    Tags,
    by_arn,
    by_id,
    pairs,
    sent,
)
from localcloud.provider.base.values import Props, empty

__all__ = [
    "TOKEN_INPUT",
    "TOKEN_TAG",
    "AutoName",
    "Aws",
    "Prop",
    "Props",
    "ResourceType",
    "TagCalls",
    "Tags",
    "by_arn",
    "by_id",
    "empty",
    "json_text",
    "json_value",
    "pairs",
    "present",
    "sent",
]


class ResourceType:
    """One aws:* type. Subclasses are stateless: one instance serves all threads.

    The base adds by itself: the input `region` (types with `regional`), the inputs `tags` and
    `tagsAll` (types with `tags`), autonames, creation tokens, "not found", retries, secret outputs,
    the program's own spelling in outputs where AWS means the same, and the error texts.
    """

    token: ClassVar[str]  # "aws:ssm/parameter:Parameter"
    service: ClassVar[str]  # the boto3 client that tags are read with, such as "ssm"
    props: ClassVar[Mapping[str, Prop]]  # all inputs that are implemented; others are refused
    name: ClassVar[AutoName | None] = None
    creation_token: ClassVar[bool] = False  # AWS makes the id: find() looks for the token's tag
    delete_before_replace: ClassVar[bool] = False
    unique_by: ClassVar[tuple[str, ...]] = ()  # inputs in all of which no two may be the same
    tags: ClassVar[Tags | None] = None
    regional: ClassVar[bool] = True  # False for global services: no `region` property
    secret_outputs: ClassVar[frozenset[str]] = frozenset()
    volatile: ClassVar[frozenset[str]] = frozenset()  # outputs that an update may change
    missing: ClassVar[frozenset[str]] = frozenset()  # further codes that mean "not found"
    retry_codes: ClassVar[Mapping[str, str]] = {}  # worth retrying: code -> part of the message
    emulated: ClassVar[bool] = True  # False: an emulator lacks it; recorded, never sent there

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """Find wrong inputs, as (property, reason); values may be UNKNOWN in a preview."""
        return ()

    def must_replace(self, name: str, old: Props, new: Props) -> bool:
        """Tell whether the change of this one input needs a new resource."""
        prop = self.props.get(name)
        return prop is not None and prop.replaces

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the resource and return its id; only calls without which there is no id.

        `sent(inputs)` gives the tags to send: tagsAll and, where declared, the creation token.
        """
        raise NotImplementedError

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """Make what else belongs to a new resource; a failure here keeps the id on record.

        Run again after such a failure: what is there already must do no harm.
        """

    def created(self, aws: Aws, id: str, inputs: Props) -> Props | None:
        """Return the outputs after creation; override where they are known without asking AWS."""
        return self.read(aws, id, inputs)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Return all properties as AWS has them: camelCase, in the SDK's shapes, with the outputs.

        `known` is what was last known (outputs overlaid with inputs; {} at import). None, or a
        not-found error, means that it is gone: catch not-found of mere parts yourself.
        Tags are added by the base; a type whose answer has them anyway may return `tagsAll`.
        """
        raise NotImplementedError

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Bring the inputs named in `changed` to their new values; an absent one to its default.

        `new` has the wanted inputs and, beside them, the outputs that are no inputs (such as arn).
        """
        raise NotImplementedError

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the resource; a not-found error is fine."""
        raise NotImplementedError

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the id of what an interrupted create with these very inputs has made, if any."""
        id = self.id_of(aws, inputs)
        return id if id is not None and self.read(aws, id, inputs) is not None else None

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """Return the id that follows from the inputs: the name, for most named types."""
        return inputs.get(self.name.property) if self.name else None

    def placeholder(self, aws: Aws, inputs: Props) -> tuple[str, Props]:
        """Return id and computed outputs of a type that the emulator lacks, for the record only."""
        name = inputs.get(self.name.property) if self.name else None
        return str(name or f"not-emulated-{inputs.get(TOKEN_INPUT, '')}").rstrip("-"), {}


def present(**values: Any) -> dict[str, Any]:
    """Return the arguments of a call without those that say nothing (None, "", [] and {})."""
    return {name: value for name, value in values.items() if not empty(value)}

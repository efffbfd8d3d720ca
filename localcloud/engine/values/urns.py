"""Names of resources: `urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>`.

The rules are Pulumi's (sdk/go/common/resource/urn): a parent's qualified type stands before the
type, joined by `$`, except when the parent is the stack itself.
"""

from __future__ import annotations

from dataclasses import dataclass

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"
# The id of a provider that a preview would create (pkg/resource/plugin: UnknownStringValue).
UNKNOWN_ID = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def make(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """Build the URN of a resource under `parent` (an URN, or "" for none)."""
    above = "" if not parent else qualified_type(parent)
    prefix = f"{above}$" if above and above != STACK_TYPE else ""
    return f"urn:pulumi:{stack}::{project}::{prefix}{type_}::{name}"


def stack_urn(stack: str, project: str) -> str:
    """Build the URN of the stack's root resource."""
    return make(stack, project, "", STACK_TYPE, f"{project}-{stack}")


def stack_of(urn: str) -> str:
    """Return the stack in an URN."""
    return urn.split("::")[0].removeprefix("urn:pulumi:")


def project_of(urn: str) -> str:
    """Return the project in an URN."""
    return urn.split("::")[1]


def qualified_type(urn: str) -> str:
    """Return the type in an URN, with the types of its parents before it."""
    return urn.split("::", 3)[2]


def type_of(urn: str) -> str:
    """Return the type in an URN."""
    return qualified_type(urn).rpartition("$")[2]


def name_of(urn: str) -> str:
    """Return the logical name in an URN (which may itself hold `::`)."""
    return urn.split("::", 3)[3]


def is_urn(text: str) -> bool:
    """Return whether a text is an URN."""
    return text.startswith("urn:pulumi:") and text.count("::") >= 3


def package_of(token: str) -> str:
    """Return the package of a type or function token: `aws` for `aws:s3/bucket:Bucket`."""
    if token.startswith(PROVIDER_PREFIX):
        return token[len(PROVIDER_PREFIX) :]
    return token.split(":", 1)[0]


def is_provider_type(type_: str) -> bool:
    """Return whether a type is a provider's."""
    return type_.startswith(PROVIDER_PREFIX)


def is_type_token(type_: str) -> bool:
    """Return whether a custom resource may have this type: `package:module:Name`."""
    return len(type_.split(":")) == 3


@dataclass(frozen=True)
class ProviderRef:
    """What resources write into their `provider` field: the URN and the id of a provider."""

    urn: str
    id: str

    @classmethod
    def parse(cls, text: str) -> ProviderRef:
        """Take apart `<urn>::<id>`."""
        urn, _, identity = text.rpartition("::")
        if not is_urn(urn):
            raise ValueError(f"{text!r} is not a provider reference")
        return cls(urn, identity)

    def __str__(self) -> str:
        """Write it as Pulumi does."""
        return f"{self.urn}::{self.id}"


def inherited_alias(
    *, stack: str, project: str, child_type: str, child_name: str, parent_name: str, alias: str
) -> str:
    """Return what a child was called when its parent was called `alias`.

    A child whose name starts with its parent's name is taken to be named after it, so the old
    parent's name replaces that part (step_generator.go, inheritedChildAlias).
    """
    name = child_name
    if child_name.startswith(parent_name):
        name = name_of(alias) + child_name[len(parent_name) :]
    return f"urn:pulumi:{stack}::{project}::{qualified_type(alias)}${child_type}::{name}"

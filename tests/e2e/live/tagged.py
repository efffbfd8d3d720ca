"""The tags of what is deployed, as each service tells them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from localcloud.provider.base.aws import Aws, Connections, Settings
from localcloud.provider.registry import types
from tests.e2e.live.system import System


@dataclass(frozen=True)
class Tagged:
    """A deployed resource and its tags."""

    layer: str
    urn: str
    tags: Mapping[str, str]


def tagged(system: System, layer: str) -> Iterator[Tagged]:
    """Each resource of the layer that can have tags; those that are not emulated are not there."""
    aws = _aws(system)
    for state in system.checkout.states(layer):
        if has_tags(state["type"]) and not state.get("external"):
            kind = types()[state["type"]]
            if kind.emulated:
                yield Tagged(layer, state["urn"], _tags(aws, state))


def _aws(system: System) -> Aws:
    settings = Settings(
        region=system.region,
        endpoint=system.exports["AWS_ENDPOINT_URL"],
        access_key=system.exports["AWS_ACCESS_KEY_ID"],
        secret_key=system.exports["AWS_SECRET_ACCESS_KEY"],
    )
    return Aws(Connections(settings), system.region)


def has_tags(token: str) -> bool:
    """Whether Pulumi's own provider tags resources of the type, such as aws:sqs/queue:Queue."""
    package, path, name = [*token.split(":"), ""][:3]
    if package != "aws":
        return False
    module = path.partition("/")[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of types that nobody here uses
        sdk = import_module(f"pulumi_aws.{'lambda_' if module == 'lambda' else module}")
        return hasattr(getattr(sdk, name), "tags_all")


def _tags(aws: Aws, state: Mapping[str, Any]) -> Mapping[str, str]:
    """By the provider's calls to the service; none of it is what the state says."""
    kind, id, known = types()[state["type"]], state["id"], state["outputs"]
    found = kind.read(aws, id, known)
    assert found is not None, f"{state['urn']} is gone"
    assert kind.tags is not None, f"{state['type']} is made without tags"
    if "tagsAll" in found:
        return dict(found["tagsAll"])
    return kind.tags.read(aws.client(kind.service), id, {**known, **found})

"""What is in a checkout's local account, in a form in which two deployments can be compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3

from localcloud.emulator.control.lifecycle import Emulator
from localcloud.emulator.inventory import leftovers
from tests.checkout import Checkout

REGIONS = ("us-east-1", "us-west-2")
RANDOM = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<id>"),  # keys, mappings
    (re.compile(r"(REST API|HTTP API|API key|usage plan) \S+"), r"\1 <id>"),
    (re.compile(r"(Execution-Logs_)\w+"), r"\1<id>"),
    (re.compile(r"-[0-9a-f]{7,8}\b"), ""),  # automatic names
    (re.compile(r"http://\S+/"), ""),  # queue URLs
)


def leftover(checkout: Checkout) -> list[str]:
    """Everything that exists, by its name."""
    return leftovers(_environment(checkout), REGIONS)


def inventory(checkout: Checkout) -> Counter[str]:
    """How many there are of each thing, random parts of names taken out; parts of things too."""
    return Counter(map(_logical, [*leftover(checkout), *_parts(checkout)]))


@dataclass(frozen=True)
class Deployed:
    """Account and states of a deployment, equal to those of another that made the same."""

    things: Counter[str]
    urns: dict[str, frozenset[str]]

    @classmethod
    def of(cls, checkout: Checkout) -> Deployed:
        """What stands now."""
        urns = {layer: frozenset(checkout.resources(layer)) for layer in checkout.layers()}
        return cls(inventory(checkout), urns)

    def differences(self, other: Deployed) -> list[str]:
        """What `other` has more (+) or less (-) of."""
        more, less = other.things - self.things, self.things - other.things
        found = [f"+{count} {name}" for name, count in more.items()]
        found += [f"-{count} {name}" for name, count in less.items()]
        for layer, urns in self.urns.items():
            found += [f"± {urn} in the state" for urn in urns ^ other.urns[layer]]
        return found


def _environment(checkout: Checkout) -> dict[str, str]:
    return Emulator(checkout.home / "emulator").environment()


def _logical(name: str) -> str:
    for pattern, replacement in RANDOM:
        name = pattern.sub(replacement, name)
    return name


def _parts(checkout: Checkout) -> Iterator[str]:
    words = _environment(checkout)
    session = boto3.Session(
        aws_access_key_id=words["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=words["AWS_SECRET_ACCESS_KEY"],
        region_name=REGIONS[0],
    )
    for service, list_parts in (
        ("lambda", _functions),
        ("apigateway", _rest),
        ("apigatewayv2", _http),
        ("iam", _roles),
    ):
        client = session.client(service, endpoint_url=words["AWS_ENDPOINT_URL"])
        yield from list_parts(client)
        client.close()


def _functions(client: Any) -> Iterator[str]:
    for function in client.list_functions()["Functions"]:
        name = function["FunctionName"]
        versions = client.list_versions_by_function(FunctionName=name)["Versions"]
        aliases = client.list_aliases(FunctionName=name)["Aliases"]
        yield from _each(f"version of {name}", versions)
        yield from _each(f"alias of {name}", aliases, "Name")
    for layer in client.list_layers()["Layers"]:
        versions = client.list_layer_versions(LayerName=layer["LayerName"])["LayerVersions"]
        yield from _each(f"version of layer {layer['LayerName']}", versions)


def _rest(client: Any) -> Iterator[str]:
    for api in client.get_rest_apis()["items"]:
        this = {"restApiId": api["id"]}
        yield from _each("resource", client.get_resources(**this, limit=500)["items"], "path")
        yield from _each("model", client.get_models(**this)["items"], "name")
        yield from _each("validator", client.get_request_validators(**this)["items"], "name")
        yield from _each("stage", client.get_stages(**this)["item"], "stageName")
        yield from _each("deployment", client.get_deployments(**this)["items"])


def _http(client: Any) -> Iterator[str]:
    for api in client.get_apis()["Items"]:
        this = {"ApiId": api["ApiId"]}
        yield from _each("route", client.get_routes(**this)["Items"], "RouteKey")
        yield from _each("integration", client.get_integrations(**this)["Items"])
        yield from _each("authorizer", client.get_authorizers(**this)["Items"], "Name")
        yield from _each("HTTP stage", client.get_stages(**this)["Items"], "StageName")
        yield from _each("HTTP deployment", client.get_deployments(**this)["Items"])


def _roles(client: Any) -> Iterator[str]:
    for role in client.list_roles()["Roles"]:
        name = role["RoleName"]
        yield from _each(
            f"policy of {name}", client.list_role_policies(RoleName=name)["PolicyNames"]
        )


def _each(kind: str, found: Iterable[Any], name: str = "") -> Iterator[str]:
    for item in found:
        yield f"{kind} {item[name]}" if name else kind

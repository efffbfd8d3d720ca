"""A function's settings in the words of the SDK and in those of Lambda."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import Props, empty

# Input -> (member of Lambda's configuration, what clears it).
PLAIN: dict[str, tuple[str, Any]] = {
    "role": ("Role", ""),
    "handler": ("Handler", ""),
    "runtime": ("Runtime", ""),
    "description": ("Description", ""),
    "timeout": ("Timeout", 3),
    "memorySize": ("MemorySize", 128),
    "kmsKeyArn": ("KMSKeyArn", ""),
    "layers": ("Layers", []),
}
NESTED: dict[str, tuple[str, Any]] = {
    "environment": ("Environment", {"Variables": {}}),
    "deadLetterConfig": ("DeadLetterConfig", {"TargetArn": ""}),
    "tracingConfig": ("TracingConfig", {"Mode": "PassThrough"}),
    "loggingConfig": ("LoggingConfig", {"LogFormat": "Text"}),
    "vpcConfig": ("VpcConfig", {"SubnetIds": [], "SecurityGroupIds": []}),
    "ephemeralStorage": ("EphemeralStorage", {"Size": 512}),
}
SETTINGS = frozenset(PLAIN) | frozenset(NESTED)

# What a published version is a copy of: when it equals $LATEST in these, nothing is unpublished.
_PUBLISHED = (
    "CodeSha256",
    "Architectures",
    *(member for member, _ in PLAIN.values()),
    *(member for member, _ in NESTED.values()),
)
_READ_ONLY = frozenset({"vpcId"})  # in vpcConfig


def request(inputs: Props, names: frozenset[str], *, clear: bool = False) -> dict[str, Any]:
    """Return Lambda's arguments for some of the inputs; absent ones are left out, or cleared."""
    arguments: dict[str, Any] = {}
    for name, (member, cleared) in {**PLAIN, **NESTED}.items():
        value = inputs.get(name)
        if name not in names or (empty(value) and not clear):
            continue
        arguments[member] = cleared if empty(value) else _to_lambda(name, value)
    return arguments


def described(configuration: dict[str, Any]) -> Props:
    """Return the settings of a function that was read; what is not set is left out."""
    plain = {name: configuration.get(member) for name, (member, _) in PLAIN.items()}
    plain["layers"] = [layer["Arn"] for layer in configuration.get("Layers") or []]
    nested = {name: _heard(configuration.get(member)) for name, (member, _) in NESTED.items()}
    if not (nested["vpcConfig"] or {}).get("subnetIds"):
        nested["vpcConfig"] = None
    return {name: value for name, value in {**plain, **nested}.items() if not empty(value)}


def unpublished(live: dict[str, Any], version: dict[str, Any] | None) -> bool:
    """Tell whether $LATEST differs from its newest version."""
    return version is None or any(live.get(name) != version.get(name) for name in _PUBLISHED)


def _to_lambda(name: str, value: Any) -> Any:
    if name not in NESTED:
        return value
    return {key[0].upper() + key[1:]: item for key, item in value.items() if key not in _READ_ONLY}


def _heard(value: dict[str, Any] | None) -> Props | None:
    found = {
        key[0].lower() + key[1:]: item for key, item in (value or {}).items() if not empty(item)
    }
    return found or None


def function_name(reference: str) -> str:
    """Return a function's name, given that or its ARN."""
    return reference.split(":")[6] if reference.startswith("arn:") else reference


def function_reference(reference: str) -> str:
    """Return `name` or `name:qualifier` of a function, given that or its ARN."""
    return ":".join(reference.split(":")[6:]) if reference.startswith("arn:") else reference

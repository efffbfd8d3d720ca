"""The commands that a refusal names: they work wherever the stack is, Pulumi CLI or not.

Programs say them too, and do not know who runs them: `./invoke` stands at the checkout's root.
"""

from __future__ import annotations

import shlex

from shared.stack_name import StackName


def set_plain(layer: str, setting: str, where: StackName, value: str = "VALUE") -> str:
    """The command that tells a stack of a layer a plain value."""
    return f"./invoke config.set {layer} {setting} --value {shlex.quote(value)}{where.options}"


def set_secret(layer: str, setting: str, where: StackName) -> str:
    """The command that tells a stack of a layer a secret, for which it asks."""
    return f"./invoke config.set {layer} {setting} --secret{where.options}"


def remove(layer: str, setting: str, where: StackName) -> str:
    """The command that takes a setting out of the stack file."""
    return f"./invoke config.rm {layer} {setting}{where.options}"


def show(layer: str, where: StackName) -> str:
    """The command that shows what the stacks of a layer are told, and what they may be."""
    return f"./invoke settings --layer {layer}{where.options}"

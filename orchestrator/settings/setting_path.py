"""What `./invoke config.set` may be pointed at: a key of a stack file, or a member of its value."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Any, get_origin

from orchestrator.checkout.stacks import Stack
from orchestrator.errors import UsageError
from orchestrator.settings.check import as_text, model_of
from shared import commands
from shared.errors import ConfigError
from shared.settings.config import Settings, is_secret

AWS_KEY = re.compile(r"aws:[A-Za-z][A-Za-z0-9]*")
"""A setting of the AWS provider, set as a whole."""


@dataclass(frozen=True)
class SettingPath:
    """A key of a stack file, and the path inside its value."""

    stack: Stack
    key: str
    """`api:throttle_rate`"""
    members: tuple[str, ...] = ()
    """`("process", "memory_mb")` of `functions.process.memory_mb`"""

    @classmethod
    def parse(cls, stack: Stack, text: str, *, known: bool = True) -> SettingPath:
        """The path that `text` names; UsageError if `known` and the layer has no such setting."""
        own = f"{stack.layer.name}:"
        if ":" in text and not text.startswith(own):
            if known and not AWS_KEY.fullmatch(text):
                raise UsageError(
                    f"{text!r} is not a key: give one of {stack.layer.name} or of aws."
                )
            return cls(stack, text)  # another namespace, such as aws:region
        name, *members = text.removeprefix(own).split(".")
        path = cls(stack, f"{own}{name}", tuple(members))
        if known and path.model is not None:
            path._refuse_unknown(path.model)
        return path

    def __str__(self) -> str:
        return ".".join((self.key, *self.members))

    @property
    def name(self) -> str:
        """The key without its namespace."""
        return self.key.split(":", 1)[1]

    @property
    def model(self) -> type[Settings] | None:
        """What is known of the values; None in another namespace or a layer of others."""
        own = self.key.startswith(f"{self.stack.layer.name}:")
        return model_of(self.stack) if own else None

    @property
    def is_secret(self) -> bool:
        """Whether the layer requires it encrypted."""
        info = self.model.model_fields.get(self.name) if self.model is not None else None
        return info is not None and is_secret(info)

    @property
    def is_text(self) -> bool:
        """Whether the layer takes the value as it is typed: `12` is a fine version."""
        return self.model is not None and self.model.model_fields[self.name].annotation is str

    def refuse(self, value: Any) -> None:
        """UsageError if the layer does not accept the value."""
        try:
            if self.model is not None:
                self.model.refuse(self.name, as_text(value))
        except ConfigError as error:
            raise UsageError(f"Nothing was written: {error}; {self._see}") from None

    @property
    def _see(self) -> str:
        return f"what it takes: {commands.show(self.stack.layer.name, self.stack.stack_name)}"

    def _refuse_unknown(self, model: type[Settings]) -> None:
        fields = model.model_fields
        if self.name not in fields:
            near = difflib.get_close_matches(self.name, fields, cutoff=0.4)
            which = f"the nearest: {', '.join(near)}; " if near else ""
            raise UsageError(
                f"Layer {model.layer} has no setting {self.name!r}; {which}{self._see}"
            )
        if self.members and get_origin(fields[self.name].annotation) is not dict:
            raise UsageError(f"{self.key} has no members: set it as a whole; {self._see}")

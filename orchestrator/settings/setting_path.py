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
from shared.config import Settings, is_secret
from shared.errors import ConfigError

AWS_KEY = re.compile(r"aws:[A-Za-z][A-Za-z0-9]*")
"""A setting of the AWS provider, told as a whole."""


@dataclass(frozen=True)
class Place:
    """A key of a stack file, and the path inside its value."""

    stack: Stack
    key: str
    """`api:throttle_rate`"""
    path: tuple[str, ...] = ()
    """`("process", "memory_mb")` of `functions.process.memory_mb`"""

    @classmethod
    def parse(cls, stack: Stack, text: str, *, known: bool = True) -> Place:
        """Where `text` points to; UsageError if `known` and the layer has no such setting."""
        own = f"{stack.layer.name}:"
        if ":" in text and not text.startswith(own):
            if known and not AWS_KEY.fullmatch(text):
                raise UsageError(f"{text!r} is no key: give one of {stack.layer.name} or of aws.")
            return cls(stack, text)  # another namespace, such as aws:region
        name, *path = text.removeprefix(own).split(".")
        place = cls(stack, f"{own}{name}", tuple(path))
        if known and place.model is not None:
            place._refuse_unknown(place.model)
        return place

    def __str__(self) -> str:
        return ".".join((self.key, *self.path))

    @property
    def setting(self) -> str:
        """The key without its namespace."""
        return self.key.split(":", 1)[1]

    @property
    def model(self) -> type[Settings] | None:
        """What is known of the values; None in another namespace or a layer of others."""
        own = self.key.startswith(f"{self.stack.layer.name}:")
        return model_of(self.stack) if own else None

    @property
    def secret(self) -> bool:
        """Whether the layer wants it encrypted."""
        info = self.model.model_fields.get(self.setting) if self.model is not None else None
        return info is not None and is_secret(info)

    @property
    def text(self) -> bool:
        """Whether the layer takes the value as it is typed: `12` is a fine version."""
        return self.model is not None and self.model.model_fields[self.setting].annotation is str

    def refuse(self, value: Any) -> None:
        """UsageError if the layer may not be told this."""
        try:
            if self.model is not None:
                self.model.refuse(self.setting, as_text(value))
        except ConfigError as error:
            raise UsageError(f"Nothing was written: {error}; {self._see}") from None

    @property
    def _see(self) -> str:
        return f"what it takes: {commands.show(self.stack.layer.name, self.stack.stack_name)}"

    def _refuse_unknown(self, model: type[Settings]) -> None:
        fields = model.model_fields
        if self.setting not in fields:
            near = difflib.get_close_matches(self.setting, fields, cutoff=0.4)
            which = f"the nearest: {', '.join(near)}; " if near else ""
            raise UsageError(
                f"Layer {model.layer} has no setting {self.setting!r}; {which}{self._see}"
            )
        if self.path and get_origin(fields[self.setting].annotation) is not dict:
            raise UsageError(f"{self.key} has no members: set it as a whole; {self._see}")

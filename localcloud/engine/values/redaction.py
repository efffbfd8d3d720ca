"""Keep secrets out of everything that leaves the engine."""

from __future__ import annotations

import json
import threading
from typing import Any

from localcloud.engine.values.values import OutputValue, Secret

REDACTED = "[secret]"
SHORTEST = 4  # shorter values would blot out ordinary text


class Redactor:
    """Knows the secret texts of a run and replaces them in what is shown."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._longest_first: list[str] = []
        self._lock = threading.Lock()

    def learn(self, value: Any) -> None:
        """Take in the secrets that stand anywhere in a value."""
        if isinstance(value, Secret):
            self._learn_inside(value.value)
        elif isinstance(value, OutputValue):
            (self._learn_inside if value.secret else self.learn)(value.value)
        elif isinstance(value, dict):
            for item in value.values():
                self.learn(item)
        elif isinstance(value, list):
            for item in value:
                self.learn(item)

    def _learn_inside(self, value: Any) -> None:
        if isinstance(value, str):
            self.learn_text(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            self.learn_text(str(value))
        elif isinstance(value, dict):
            for item in value.values():
                self._learn_inside(item)
        elif isinstance(value, list):
            for item in value:
                self._learn_inside(item)
        elif isinstance(value, (Secret, OutputValue)):
            self._learn_inside(value.value)

    def learn_text(self, text: str) -> None:
        """Take in one secret text; its lines, and how JSON writes it, count as well."""
        parts = {text, *text.splitlines(), json.dumps(text)[1:-1]}
        new = {part for part in parts if len(part) >= SHORTEST} - self._texts
        if new:
            with self._lock:
                self._texts |= new
                self._longest_first = []

    def redact(self, text: str) -> str:
        """Return the text with every secret replaced."""
        with self._lock:
            if not self._longest_first:
                self._longest_first = sorted(self._texts, key=len, reverse=True)
            secrets = self._longest_first
        for secret in secrets:
            if secret in text:
                text = text.replace(secret, REDACTED)
        return text

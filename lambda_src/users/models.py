"""What a user is."""

from __future__ import annotations

from common.entities import Kind

from users.logic import canonical

KIND = Kind(name="users", schema="User", fields=("name", "email"), checked=canonical)

"""What is special about users."""

from __future__ import annotations

from common.entities import Fields


def canonical(fields: Fields) -> Fields:
    """One spelling of an address: what follows the @ is not case-sensitive (RFC 5321, 2.4)."""
    local, _, domain = fields["email"].rpartition("@")
    return {**fields, "email": f"{local}@{domain.lower()}"}

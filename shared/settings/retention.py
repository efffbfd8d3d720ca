"""How long logs may be kept."""

from __future__ import annotations

from typing import Literal

LogRetentionDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096]
"""The retention periods up to three years that CloudWatch Logs offers (PutRetentionPolicy)."""

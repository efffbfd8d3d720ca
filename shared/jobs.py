"""The functions of the system, by the names that folders, settings, contracts and routes use."""

from __future__ import annotations

from typing import Literal, get_args

Job = Literal["process", "ingest", "retrieve", "users", "items", "status"]

JOBS: tuple[Job, ...] = get_args(Job)

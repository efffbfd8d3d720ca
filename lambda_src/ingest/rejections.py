"""Log lines about what of an upload was not stored: which record and why, never what it says."""

from __future__ import annotations

from typing import Final, Self

from common.telemetry import telemetry

from ingest.models import Failure, Upload

SHOWN: Final = 20
"""Records of an upload that have a line each; a file may hold millions."""


class Rejections:
    """What one invocation rejects of an upload: a line for each at first, then a count."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._count > SHOWN:
            more = self._count - SHOWN
            telemetry.warning("more records rejected", **self._upload.shown(), more=more)

    def add(self, failure: Failure) -> None:
        """Write the record's line, or only count it."""
        self._count += 1
        if self._count <= SHOWN:
            telemetry.warning(
                "record rejected",
                **self._upload.shown(),
                index=failure.element.index,
                code=failure.code,
                reason=failure.logged,
            )

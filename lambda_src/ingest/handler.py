"""Lambda entry of `ingest`: S3 ObjectCreated events, and single failures that come back by redrive.

An exception means that Lambda delivers the event again (twice at most), then to the DLQ.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from common.telemetry import telemetry

from ingest import logic
from ingest.models import Element, Failure, IngestError, Summary, Upload
from ingest.rejections import SHOWN, Rejections
from ingest.store import AwsStore


class Ingest:
    """The Lambda handler over any store; each invocation gets its own."""

    def __init__(self, store: Callable[[], logic.Store]) -> None:
        self._store = store

    def __call__(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Ingest every object of the event; the objects that fail do not hold up the others."""
        request_id = str(getattr(context, "aws_request_id", ""))
        telemetry.begin(
            function="ingest",
            correlation_id=_correlation_id(event) or request_id,
            request_id=request_id,
        )
        summary = Summary()
        try:
            if event.get("kind") == "ingest.failure":
                return self._redriven(event, summary)
            self._ingest_all(event, context, summary)
        except Exception as error:  # logged here with its correlation id, then Lambda's business
            telemetry.failure("ingest failed", error)
            raise
        finally:
            _count(summary)
            telemetry.end("ingest", **asdict(summary))
        return asdict(summary)

    def _ingest_all(self, event: Mapping[str, Any], context: Any, summary: Summary) -> None:
        if event.get("Event") == "s3:TestEvent":
            return
        if not isinstance(event.get("Records"), list):
            raise IngestError("This is not an S3 event.")
        clock = _clock(context)
        errors: list[Exception] = []
        for upload in map(Upload.of, event["Records"]):
            _name(summary, upload)
            try:
                with Rejections(upload) as rejections:
                    logic.ingest(self._store(), upload, clock, summary, rejections.add)
            except Exception as error:  # the others go on; the first is raised at the end
                telemetry.warning("object not done", **upload.shown(), code=type(error).__name__)
                errors.append(error)
        if errors:
            raise errors[0]

    def _redriven(self, message: Mapping[str, Any], summary: Summary) -> dict[str, Any]:
        """Try a failure again; the answer says whether its message may go."""
        place = message["object"]
        upload = Upload(**place, revision=place["version_id"] or "")
        problem = "it was too long for its message" if message.get("truncated") else None
        element = Element(index=message["index"], text=message["record"], problem=problem)
        _name(summary, upload)
        result = logic.put(self._store(), upload, element)
        if isinstance(result, Failure):
            with Rejections(upload) as rejections:
                rejections.add(result)
            summary.failed += 1
            return {**asdict(summary), "reason": {"code": result.code, "message": result.message}}
        summary.stored, summary.unchanged = int(result), int(not result)
        return asdict(summary)


def _clock(context: Any) -> logic.Clock:
    return logic.Clock(
        remaining=lambda: float(context.get_remaining_time_in_millis()) / 1000, sleep=time.sleep
    )


def _correlation_id(event: Mapping[str, Any]) -> str:
    try:
        return str(event["Records"][0]["responseElements"]["x-amz-request-id"])
    except (KeyError, IndexError, TypeError):
        return ""


def _name(summary: Summary, upload: Upload) -> None:
    """S3 names one object in an event; whoever else calls may name any number."""
    if len(summary.objects) < SHOWN:
        summary.objects.append(upload.uri)


def _count(summary: Summary) -> None:
    telemetry.count("RecordsStored", summary.stored)
    telemetry.count("RecordsUnchanged", summary.unchanged)
    telemetry.count("RecordsRejected", summary.failed)


handler = Ingest(AwsStore.from_environment)

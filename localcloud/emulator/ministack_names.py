"""Everything that is taken of MiniStack's insides: the only list, checked at each start.

MiniStack promises none of these names. A version that has lost one would lose state silently, or
open a door; so the server does not start with it. No other module reaches for a name that is not
here (tests/localcloud/emulator/test_ministack_names.py), and what can leave this list should.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

Variables = Mapping[str, str]
"""Name of a store in the saved state: the variable that holds it."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Names taken of one module, and what for."""

    module: str
    """Below `ministack.`."""
    why: str
    names: tuple[str, ...]
    """Functions and variables. `Class.method` and `Class().attribute` name a member."""


class NameMissing(Exception):
    """The installed MiniStack lacks a name of the list; its text is for the user."""

    def __init__(self, taken: Taken, name: str) -> None:
        """Name it, the version, what it is for, and the way out."""
        super().__init__(
            f"MiniStack {version('ministack')} has no {name} in ministack.{taken.module},"
            f" which is needed for {taken.why}. Install the version that pyproject.toml names;"
            " a newer one needs a change of localcloud/emulator/ministack_names.py"
        )


SCOPED_DICTS: Final = ("AccountScopedDict", "AccountRegionScopedDict")

LAMBDA_STORES: Final[Variables] = {
    "functions": "_functions",
    "layers": "_layers",
    "esms": "_esms",
    "function_urls": "_function_urls",
    "kinesis_positions": "_kinesis_positions",
    "dynamodb_stream_positions": "_dynamodb_stream_positions",
}
S3_BUCKETS: Final = "_buckets"
DYNAMODB_TABLES: Final = "_tables"
DYNAMODB_SETTINGS: Final[Variables] = {
    "tags": "_tags",
    "ttl_settings": "_ttl_settings",
    "pitr_settings": "_pitr_settings",
    "kinesis_destinations": "_kinesis_destinations",
    "contributor_insights": "_contributor_insights",
    "backups": "_backups",
    "resource_policies": "_resource_policies",
    "exports": "_exports",
    "imports": "_imports",
}
DYNAMODB_WRITES: Final = ("_set_item", "_remove_item")
STS_SESSIONS: Final[Variables] = {"sessions": "_sessions"}
STREAMS: Final[Variables] = {
    "records": "_stream_records",
    "trimmed": "_stream_trimmed",
    "closed": "_closed_streams",
    "counter": "_stream_seq_counter",
}
UPLOADS: Final[Variables] = {"uploads": "_multipart_uploads"}

CORE: Final = (
    Taken(module="app", why="serving", names=("app",)),
    Taken(
        module="app",
        why="state that is saved as it changes",
        names=("_state_map", "_get_module", "_load_persisted_state", "save_all"),
    ),
    Taken(
        module="app",
        why="signatures on AWS_IAM routes",
        names=("_enforce_execute_api", "extract_access_key_id"),
    ),
    Taken(
        module="app",
        why="APIs that answer for every path of their domain",
        names=("_handle_pre_body_request", "_resolve_custom_domain_request"),
    ),
    Taken(
        module="core.iam_evaluator",
        why="taking the root's power from well-known keys",
        names=("is_root_access_key",),
    ),
    Taken(
        module="core.responses",
        why="seeing which entries a request looks up",
        names=tuple(
            f"{kind}{member}"
            for kind in SCOPED_DICTS
            for member in ("()._data", ".get_scoped", ".set_scoped", ".pop_scoped")
        ),
    ),
    Taken(
        module="core.persistence",
        why="snapshots in MiniStack's own form",
        names=("load_state", "_json_default", "_state_format_version"),
    ),
)
"""What is needed before any store exists."""

SERVICES: Final = (
    Taken(module="core.lambda_runtime", why="ending function workers", names=("reset",)),
    Taken(module="services.iam", why="making the admin user", names=("handle_request",)),
    Taken(
        module="services.apigateway",
        why="signatures on AWS_IAM routes",
        names=("route_authorization_type", "_jwt_forbidden"),
    ),
    Taken(
        module="services.lambda_svc",
        why="calls that wait for a free worker",
        names=("_acquire_execution_slot", "_release_execution_slot", "_invoke_depth"),
    ),
    Taken(
        module="services.lambda_svc",
        why="asynchronous invocations that survive a kill",
        names=(
            "invoke_async_with_retry",
            "_ACCOUNT_CONCURRENCY_CAP",
            "_LAMBDA_STATE_TRANSITION_DELAY",
            "_account_region_from_function_config",
            "_execute_function",
            "_execution_record_for_config",
            "_get_func_record_for_ref_in_scope",
            "_request_account_id",
            "_request_region",
            "_route_async_failure",
        ),
    ),
    Taken(
        module="services.lambda_svc",
        why="state of functions with their code in files",
        names=(
            "get_state",
            "load_persisted_state",
            "_BLOB_REF_KEY",
            "_prune_orphan_code_blobs",
            "_write_code_blob",
            *LAMBDA_STORES.values(),
        ),
    ),
    Taken(
        module="services.s3",
        why="objects that are never half written",
        names=("DATA_DIR", "_atomic_write", "_persist_object"),
    ),
    Taken(
        module="services.s3",
        why="events that are delivered before the upload is acknowledged",
        names=(
            "_bucket_notifications",
            "_fire_s3_event",
            "_fire_s3_event_async",
            "_next_event_sequencer",
        ),
    ),
    Taken(
        module="services.s3",
        why="state of buckets and of unfinished uploads",
        names=(S3_BUCKETS, "_PERSISTED_BUCKET_DICTS", *UPLOADS.values()),
    ),
    Taken(
        module="services.dynamodb",
        why="writing an item without its table",
        names=("_INDEX_MEMBERS", DYNAMODB_TABLES, *DYNAMODB_WRITES, *DYNAMODB_SETTINGS.values()),
    ),
    Taken(module="services.dynamodb", why="streams that survive", names=tuple(STREAMS.values())),
    Taken(
        module="services.sts",
        why="temporary credentials that survive",
        names=tuple(STS_SESSIONS.values()),
    ),
)
"""What is needed of services, whose stores are made when they are imported."""


def require(taken: Iterable[Taken]) -> None:
    """NameMissing if the installed MiniStack lacks one of the names; imports their modules."""
    for lost, name in missing(taken):
        raise NameMissing(lost, name)


def missing(taken: Iterable[Taken]) -> Iterator[tuple[Taken, str]]:
    """Which names the installed MiniStack lacks."""
    for some in taken:
        for name in some.names:
            try:
                _find(importlib.import_module(f"ministack.{some.module}"), name)
            except (ImportError, AttributeError):
                yield some, name


def _find(place: Any, name: str) -> None:
    for part in name.split("."):
        place = getattr(place, part.removesuffix("()"))
        place = place() if part.endswith("()") else place

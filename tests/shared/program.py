"""Runs a piece of a program inside a stack, with the stack file that a test makes up."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Mapping
from typing import TypeVar

import pulumi
from pulumi.runtime import mocks, settings

T = TypeVar("T")


class _Nothing(mocks.Mocks):
    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, object], None]:
        raise AssertionError(f"asked the cloud for {args.token}")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, object]]:
        raise AssertionError(f"registered {args.typ}")


def in_stack(
    work: Callable[[], T],
    *,
    stack: str = "dev",
    config: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> T:
    """What `work` returns when it runs as the program of a stack that may touch nothing."""
    plain = {"aws:region": "us-east-1", **(config or {})}
    kept = dict(secrets or {})

    def inside() -> T:
        pulumi.runtime.set_all_config(plain | kept, list(kept))
        settings.configure(
            mocks.MockSettings(  # type: ignore[no-untyped-call]  # the SDK's
                monitor=mocks.MockMonitor(_Nothing()),
                monitor_features=set(),
                engine=mocks.MockEngine(None),
                project="data",
                stack=stack,
                dry_run=False,
                organization="organization",
                callbacks=None,
            )
        )
        return work()

    return contextvars.copy_context().run(inside)

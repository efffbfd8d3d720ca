"""Asynchronous invocations: accepted is accepted, also over a kill -9.

MiniStack keeps an accepted event in a thread of its own: it is lost with the server, and one that
meets no free worker uses up its retries in seconds. AWS keeps events in a queue, and a throttled
one waits for up to six hours. Here events wait in a store that is saved like any other, are taken
out when done, and are taken up again after a restart: at least once, as on AWS.
"""

from __future__ import annotations

import contextvars
import functools
import logging
import os
import queue
import threading
import time
import uuid
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from ministack.core.responses import AccountRegionScopedDict

from localcloud.emulator.functions.concurrency_queue import queue_for_slots

log = logging.getLogger("microstack.async_invocations")

PENDING = "_microstack_pending"
"""Our store in MiniStack's Lambda module."""
PENDING_SECONDS = 0.05
"""How long a function stays Pending after a change: long enough to be seen, no longer (was 0.5)."""
THROTTLED_SECONDS = 0.5
SIX_HOURS = 6 * 60 * 60

Scope = tuple[str, str, str]
"""Account, region, id of an event."""


@dataclass(frozen=True)
class Invocation:
    """One attempt that is due."""

    scope: Scope
    function: dict[str, Any]
    context: contextvars.Context
    """The accepting request's: MiniStack counts in it how deep functions call functions."""


def install(module: ModuleType) -> AsyncInvocations:
    """Take over from MiniStack's function of the same name; once."""
    if not hasattr(module, PENDING):
        setattr(module, PENDING, AccountRegionScopedDict())
        invocations = AsyncInvocations(module, slots=max(2, module._ACCOUNT_CONCURRENCY_CAP // 2))
        vars(module)["_microstack_invocations"] = invocations
        vars(module)["invoke_async_with_retry"] = invocations.accept
        vars(module)["_LAMBDA_STATE_TRANSITION_DELAY"] = PENDING_SECONDS
        queue_for_slots(module)
    return module._microstack_invocations  # type: ignore[no-any-return]  # set just above


def notify_before_answering(s3: ModuleType) -> None:
    """Hand an object's event to its receivers before the upload is acknowledged, not after."""
    deliver = s3._fire_s3_event

    @functools.wraps(s3._fire_s3_event_async)
    def fire(bucket: str, *arguments: Any, **named: Any) -> None:
        if bucket in s3._bucket_notifications:
            named["sequencer"] = s3._next_event_sequencer(arguments[1])
            contextvars.copy_context().run(deliver, bucket, *arguments, **named)

    vars(s3)["_fire_s3_event_async"] = fire


class AsyncInvocations:
    """Runs accepted events, never more at a time than leaves room for callers who wait."""

    def __init__(self, module: ModuleType, slots: int) -> None:
        self.module = module
        self.slots = slots
        self._due: queue.SimpleQueue[Invocation] = queue.SimpleQueue()
        self._threads = 0
        self._stopped = False
        self._lock = threading.Lock()

    @property
    def pending(self) -> AccountRegionScopedDict:
        """Accepted and not done: function, event, attempts made, when accepted."""
        return getattr(self.module, PENDING)

    def accept(self, function: dict[str, Any], event: Any) -> None:
        """Stand-in for MiniStack's invoke_async_with_retry."""
        function = function if "config" in function else {"config": function}
        config = function["config"]
        account, region = self.module._account_region_from_function_config(config)
        scope = (account, region, str(uuid.uuid4()))
        accepted = {
            "function": config["FunctionArn"],
            "event": event,
            "attempts": 0,
            "accepted": time.time(),
        }
        self.pending.set_scoped(*scope, accepted)
        self._enqueue(Invocation(scope, function, contextvars.copy_context()))

    def stop(self) -> None:
        """Begin nothing more; what is interrupted from now on was no failure of the function."""
        self._stopped = True

    def resume(self) -> None:
        """Take up what was accepted before the last end of the server."""
        for scope, accepted in list(self.pending._data.items()):
            find = self.module._get_func_record_for_ref_in_scope
            function, config, _ = find(accepted["function"], account_id=scope[0], region=scope[1])
            if not function:
                self.pending.pop_scoped(*scope, None)
                continue
            record = self.module._execution_record_for_config(function, config)
            self._enqueue(Invocation(scope, record, contextvars.copy_context()))

    def _enqueue(self, invocation: Invocation, *, after: float = 0.0) -> None:
        if after:
            timer = threading.Timer(after, self._enqueue, [invocation])
            timer.daemon = True
            timer.start()
            return
        self._due.put(invocation)
        with self._lock:
            if self._threads < self.slots:
                self._threads += 1
                threading.Thread(target=self._run, daemon=True, name="async-invocations").start()

    def _run(self) -> None:
        while True:
            invocation = self._due.get()
            try:
                invocation.context.run(self._attempt, invocation)
            except Exception:
                log.exception("An asynchronous invocation could not be made")
                self.pending.pop_scoped(*invocation.scope, None)

    def _attempt(self, invocation: Invocation) -> None:
        self.module._request_account_id.set(invocation.scope[0])
        self.module._request_region.set(invocation.scope[1])
        accepted = self.pending.get_scoped(*invocation.scope)
        if accepted is None or self._stopped:
            return
        result = self.module._execute_function(invocation.function, accepted["event"])
        age = time.time() - accepted["accepted"]
        if self._stopped and result.get("error"):
            return
        if result.get("throttle") and age < self._settings(invocation)[1]:
            self._enqueue(invocation, after=THROTTLED_SECONDS)
        elif result.get("error"):
            self._failed(invocation, accepted, result, age)
        else:
            self.pending.pop_scoped(*invocation.scope, None)

    def _failed(
        self, invocation: Invocation, accepted: dict[str, Any], result: dict[str, Any], age: float
    ) -> None:
        attempts = accepted["attempts"] + 1
        retries, oldest, target = self._settings(invocation)
        pause = _pause(attempts)
        if attempts <= retries and age + pause <= oldest:
            self.pending.set_scoped(*invocation.scope, accepted | {"attempts": attempts})
            self._enqueue(invocation, after=pause)
            return
        if target:
            name = invocation.function["config"]["FunctionName"]
            self.module._route_async_failure(target, name, accepted["event"], result)
        self.pending.pop_scoped(*invocation.scope, None)

    def _settings(self, invocation: Invocation) -> tuple[int, int, str]:
        """Retries, seconds until an event is too old, where it goes then; AWS's defaults.

        Settings of the version or alias that was called, else those of the function.
        """
        config = invocation.function["config"]
        account, region, _ = invocation.scope
        base = self.module._functions.get_scoped(account, region, config["FunctionName"]) or {}
        qualifier = "".join(config["FunctionArn"].split(":")[7:])
        named = (base.get("event_invoke_configs") or {}).get(qualifier)
        settings = named or base.get("event_invoke_config") or {}
        retries = settings.get("MaximumRetryAttempts")
        failed = (settings.get("DestinationConfig") or {}).get("OnFailure", {}).get("Destination")
        target = failed or (config.get("DeadLetterConfig") or {}).get("TargetArn") or ""
        oldest = int(settings.get("MaximumEventAgeInSeconds") or SIX_HOURS)
        return 2 if retries is None else retries, oldest, target


def _pause(attempts: int) -> float:
    """Seconds before the next attempt; doubles each time."""
    first = float(os.environ.get("LAMBDA_ASYNC_RETRY_BASE_SECONDS", "1"))
    return min(first * 2.0 ** (attempts - 1), 30.0)

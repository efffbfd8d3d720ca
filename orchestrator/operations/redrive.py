"""Gives a function again what lies in its dead-letter queue.

A message is deleted only after the function has answered that its event is done, and functions
are idempotent: a run may be repeated, cut off at any moment, or made twice at once. What fails
again stays in the queue.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from rich.console import Console
from rich.text import Text

from orchestrator.checkout.target import Target
from orchestrator.errors import Interrupted, RedriveFailed, UsageError
from orchestrator.operations.dead_letters import DlqMessage, Kind, Queue, refusal
from orchestrator.operations.functions import DeployedFunction, aws_errors, deployed_function

WORKERS = 4
"""Invocations at a time: quick, and far below what the function's callers are left with."""
GRACE_SECONDS = 15
"""How long a message stays hidden beyond the function's timeout: to start, and to be deleted."""
PAUSES = (0.5, 1.0, 2.0)
"""Seconds between two tries of an invocation that found the function busy."""
MARKS = {"moved": "[green]✓[/]", "failed": "[red]✗[/]", "left": "·"}


@dataclass(frozen=True, kw_only=True)
class MessageOutcome:
    """What became of one message."""

    message: str
    """SQS's id of it."""
    kind: Kind
    sent: str
    outcome: Literal["moved", "failed", "left"]
    reason: str = ""


@dataclass(kw_only=True)
class RedriveReport:
    """What a run did."""

    function: str
    queue: str
    dry_run: bool
    messages: list[MessageOutcome] = field(default_factory=list)
    left: int = 0
    """About how many messages are in the queue that were not tried."""
    hidden: int = 0
    """How many of those another run has in its hands, or had when it was killed."""

    def count(self, outcome: str) -> int:
        """How many messages ended so."""
        return sum(each.outcome == outcome for each in self.messages)

    def as_json(self) -> dict[str, Any]:
        """For --json."""
        numbers = {"moved": self.count("moved"), "left": self.left, "failed": self.count("failed")}
        return {**asdict(self), **numbers}


def redrive(
    target: Target,
    job: str,
    *,
    limit: str = "",
    dry_run: bool = False,
    as_json: bool = False,
) -> None:
    """Redrive one function's queue; RedriveFailed if something in it failed again."""
    most = _limit(limit)
    with deployed_function(target, job) as function:
        hidden = function.timeout_seconds + GRACE_SECONDS
        queue = Queue(function.client("sqs"), function.dlq_url, hidden_seconds=hidden)
        run = RedriveReport(
            function=job, queue=function.dlq_url.rsplit("/", 1)[-1], dry_run=dry_run
        )
        attempt = _look if dry_run else _retry(function, queue)
        try:
            _redrive_all(run, queue, attempt, limit=most)
        except KeyboardInterrupt:
            raise Interrupted(
                f"Interrupted; nothing is lost. To go on: ./invoke redrive {job}{function.options}"
            ) from None
        finally:
            _print(run, hidden_seconds=hidden, as_json=as_json)
    if failed := run.count("failed"):
        raise RedriveFailed(
            f"{failed} of {len(run.messages)} events failed again and are still in {run.queue}. "
            f"To see why: ./invoke logs {job}{function.options} --level warning --no-follow"
        )


def _limit(text: str) -> int:
    if not text:
        return 0
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise UsageError(f"{text!r} is no limit: give a number from 1 up, or leave --limit out.")


def _redrive_all(
    run: RedriveReport, queue: Queue, attempt: Callable[[DlqMessage], MessageOutcome], *, limit: int
) -> None:
    """Try every message; whatever happens, what is still there can be received at once."""
    kept: list[DlqMessage] = []
    try:
        with ThreadPoolExecutor(WORKERS) as workers:
            for messages in queue.batches(size=WORKERS, limit=limit):
                kept += messages
                outcomes = list(workers.map(attempt, messages))
                run.messages += outcomes
                moved = {each.message for each in outcomes if each.outcome == "moved"}
                kept = [message for message in kept if message.id not in moved]
    finally:
        queue.release(kept)
        waiting, run.hidden = queue.count()
        run.left = max(waiting + run.hidden - run.count("failed"), 0)


def _look(message: DlqMessage) -> MessageOutcome:
    """What --dry-run does with a message."""
    return MessageOutcome(message=message.id, kind=message.kind, sent=message.sent, outcome="left")


def _retry(function: DeployedFunction, queue: Queue) -> Callable[[DlqMessage], MessageOutcome]:
    """Give an event to the function and, when that has done it, delete its message."""
    client = function.client(
        "lambda",
        read_timeout=function.timeout_seconds + GRACE_SECONDS,
        retries={"total_max_attempts": 1},  # a call that was cut off may still be at work
    )

    def retry(message: DlqMessage) -> MessageOutcome:
        try:
            reason = _refused(client, function, message)
            if not reason:
                queue.delete(message)
        except aws_errors() as error:
            reason = str(error)
        return MessageOutcome(
            message=message.id,
            kind=message.kind,
            sent=message.sent,
            outcome="failed" if reason else "moved",
            reason=reason,
        )

    return retry


def _refused(client: Any, function: DeployedFunction, message: DlqMessage) -> str:
    if message.kind == "unreadable":
        return "not an event: its body is no JSON object"
    answer = _patiently(
        client.exceptions.TooManyRequestsException,
        lambda: client.invoke(
            FunctionName=function.name, Qualifier=function.alias, Payload=message.event.encode()
        ),
    )
    answer_body = json.loads(answer["Payload"].read() or b"null")
    return refusal(message.kind, answer_body, crashed="FunctionError" in answer)


def _patiently(busy: type[Exception], call: Callable[[], Any]) -> Any:
    for pause in PAUSES:
        try:
            return call()
        except busy:
            time.sleep(pause)
    return call()


def _print(run: RedriveReport, *, hidden_seconds: int, as_json: bool) -> None:
    if as_json:
        print(json.dumps(run.as_json(), indent=2))
        return
    console = Console()
    for line in _lines(run, hidden_seconds):
        console.print(line, highlight=False, soft_wrap=True)


def _lines(run: RedriveReport, hidden_seconds: int) -> Sequence[Text]:
    shown = [each for each in run.messages if run.dry_run or each.outcome == "failed"]
    lines = [
        Text.from_markup(f"{MARKS[each.outcome]} {each.message} {each.kind} sent {each.sent}")
        + Text(f" {each.reason}".rstrip())
        for each in shown
    ]
    numbers = f"{run.count('moved')} moved, {run.left} left, {run.count('failed')} failed"
    lines.append(Text(f"{run.queue}: {numbers}{' (dry run)' if run.dry_run else ''}"))
    if run.hidden:
        lines.append(
            Text(
                f"{run.hidden} of them are held by another run; if that was killed, they "
                f"come back within {hidden_seconds} s."
            )
        )
    return lines

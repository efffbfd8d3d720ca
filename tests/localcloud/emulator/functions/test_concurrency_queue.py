"""More callers than workers: they wait, unless the function's own limit says no."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from pathlib import Path
from types import ModuleType

import pytest

from localcloud.emulator import Emulator
from localcloud.emulator.functions import concurrency_queue
from localcloud.emulator.settings import Settings
from tests.localcloud.emulator.conftest import Lab
from tests.localcloud.emulator.sample_functions import make_function
from tests.patience import PATIENCE, until

WORKERS = 2
CALLERS = 12
SLOW = """
import time
def handler(event, context):
    print("x")
    time.sleep(0.2)
    return event
"""
NESTED = """
import time, boto3
from botocore.config import Config
once = Config(retries={"total_max_attempts": 1})
def handler(event, context):
    print("x")
    time.sleep(0.5)
    if event:
        boto3.client("lambda", config=once).invoke(FunctionName="f", Payload=b"0")
    return "answered"
"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A local AWS with few workers."""
    lab = Lab(tmp_path / "emulator")
    lab.emulator = Emulator(tmp_path / "emulator", Settings(function_concurrency=WORKERS))
    lab.emulator.start()
    yield lab
    lab.emulator.stop()


def call(lab: Lab, event: object) -> object:
    answer = lab.client("lambda").invoke(FunctionName="f", Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())


def test_callers_wait_for_a_worker(lab: Lab) -> None:
    make_function(lab, "f", SLOW)
    with ThreadPoolExecutor(CALLERS) as callers:
        assert list(callers.map(lambda n: call(lab, n), range(CALLERS))) == list(range(CALLERS))


def test_a_function_at_its_own_limit_refuses_at_once(lab: Lab) -> None:
    make_function(lab, "f", SLOW)
    functions = lab.client("lambda")
    functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    with pytest.raises(functions.exceptions.TooManyRequestsException):
        call(lab, 1)


@pytest.mark.parametrize(("depth", "outcome"), [(1, "a slot"), (2, None)])
def test_only_who_is_called_by_no_function_waits(
    monkeypatch: pytest.MonkeyPatch, depth: int, outcome: str | None
) -> None:
    """All slots are taken until somebody asks again, which he who does not wait never does."""
    monkeypatch.setattr(concurrency_queue, "QUEUE_SECONDS", PATIENCE)
    module, asked = ModuleType("lambda_svc"), threading.Event()

    def acquire(*_: object) -> tuple[str | None, str | None]:
        first = not asked.is_set()
        asked.set()
        return (None, "account") if first else ("a slot", None)

    vars(module).update(
        _acquire_execution_slot=acquire,
        _release_execution_slot=lambda _: None,
        _invoke_depth=ContextVar("depth", default=depth),
    )
    concurrency_queue.queue_for_slots(module)
    with ThreadPoolExecutor(1) as aside:
        called = aside.submit(module._acquire_execution_slot, {}, {})
        until(lambda: _freed(module, asked) and called.done(), "the call gets its answer")
    assert called.result()[0] == outcome


def _freed(module: ModuleType, asked: threading.Event) -> bool:
    """Free a slot, once it has been asked for one."""
    if asked.is_set():
        module._release_execution_slot("another slot")
    return asked.is_set()


def test_functions_that_call_each_other_do_not_wait_for_each_other(lab: Lab) -> None:
    """All workers are taken by callers of the function itself: that ends."""
    make_function(lab, "f", NESTED)
    policy = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    lab.client("iam").put_role_policy(
        RoleName="f",
        PolicyName="p",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [policy]}),
    )
    call(lab, 0)
    with ThreadPoolExecutor(WORKERS) as callers:
        answers = list(callers.map(lambda _: str(call(lab, 1)), range(WORKERS)))
    assert any("TooManyRequests" in answer for answer in answers)

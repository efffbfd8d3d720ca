"""More callers than workers: they wait, unless the function's own limit says no."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from localcloud.emulator import Emulator
from localcloud.emulator.functions.concurrency_queue import QUEUE_SECONDS
from localcloud.emulator.settings import Settings
from tests.localcloud.emulator.conftest import Lab
from tests.localcloud.emulator.sample_functions import make_function

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


def test_functions_that_call_each_other_do_not_wait_for_each_other(lab: Lab) -> None:
    """All workers are taken by callers of the function itself: that ends, and at once."""
    make_function(lab, "f", NESTED)
    policy = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    lab.client("iam").put_role_policy(
        RoleName="f",
        PolicyName="p",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [policy]}),
    )
    call(lab, 0)
    began = time.monotonic()
    with ThreadPoolExecutor(WORKERS) as callers:
        answers = list(callers.map(lambda _: str(call(lab, 1)), range(WORKERS)))
    assert time.monotonic() - began < QUEUE_SECONDS / 2
    assert any("TooManyRequests" in answer for answer in answers)

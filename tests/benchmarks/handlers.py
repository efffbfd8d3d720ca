"""What routing, validation, telemetry and error handling cost: ours against bare handlers.

A bare handler makes the very same calls of AWS with boto3, answers, and writes one line: all that
nobody can do without. Both run in turn under the same role on the same local cloud.
"""

from __future__ import annotations

import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.benchmarks.figures import Figure
from tests.checkout import Checkout
from tests.e2e.live.roles import function_like
from tests.e2e.live.system import System

CALLS = 300
"""Calls of each handler for its median."""
CLIENTS = 8
SECONDS = 2.0
"""How long the clients call one handler; then it is the other's turn."""
ROUNDS = 3

HEAD = """
import json, os, boto3
dynamodb = boto3.client("dynamodb")
s3 = boto3.client("s3")

def answer(status, body):
    print(json.dumps({"status": status}))
    headers = {"Content-Type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
"""
HEALTH = """
def handler(event, context):
    return answer(200, {"status": "ok"})
"""
READ = """
def handler(event, context):
    key = {"id": {"S": event["pathParameters"]["id"]}}
    found = dynamodb.get_item(TableName=os.environ["ITEMS_TABLE"], Key=key, ConsistentRead=True)
    return answer(200, {name: next(iter(value.values())) for name, value in found["Item"].items()})
"""
WRITE = """
def handler(event, context):
    record = json.loads(event["body"])
    dynamodb.put_item(
        TableName=os.environ["RECORDS_TABLE"],
        Item={
            "symbol": {"S": record["symbol"]},
            "timestamp": {"S": record["timestamp"]},
            "price": {"N": str(record["price"])},
        },
        ConditionExpression="attribute_not_exists(symbol)",
    )
    s3.put_object(
        Bucket=os.environ["LOGS_BUCKET"],
        Key=f"logs/{record['timestamp']}-{context.aws_request_id}.json",
        Body=event["body"],
        ContentType="application/json",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=os.environ["LOGS_KEY_ARN"],
    )
    return answer(201, record)
"""

_numbers = itertools.count()


def _event(method: str, resource: str, body: object = None, **path: str) -> dict[str, Any]:
    return {
        "httpMethod": method,
        "resource": resource,
        "pathParameters": path or None,
        "headers": {"Content-Type": "application/json"},
        "body": None if body is None else json.dumps(body),
        "requestContext": {"requestId": "bench"},
    }


def _new_record() -> dict[str, object]:
    """One that has not been stored yet."""
    moment = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=next(_numbers))
    return {"symbol": "BENCH", "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "price": 1.5}


@dataclass(frozen=True)
class Case:
    """What a function of ours is asked, and the bare handler that does the same."""

    name: str
    job: str
    bare: str
    event: Callable[[], dict[str, Any]]
    status: int


CASES = (
    Case("GET /health", "status", HEALTH, lambda: _event("GET", "/health"), 200),
    Case("GET /items/{id}", "items", READ, lambda: _event("GET", "/items/{id}", id="bench"), 200),
    Case(
        "POST /records",
        "process",
        WRITE,
        lambda: _event("POST", "/records", body=_new_record()),
        201,
    ),
)


def compare(checkout: Checkout) -> list[Figure]:
    """Medians, and calls per second with several clients, as ratios of ours to bare."""
    system = System(checkout)
    made = system.api.post("/items", json={"id": "bench", "name": "Engine", "price": 1.5})
    assert made.status_code == 201, made.text
    try:
        return [figure for case in CASES for figure in _compared(system, case)]
    finally:
        system.close()


def _compared(system: System, case: Case) -> Iterator[Figure]:
    code = {"bare.py": (HEAD + case.bare).encode()}
    with function_like(system, case.job, code, handler="bare.handler") as bare:
        functions = (system.function(case.job), bare)
        ours, theirs = _medians(system, case, functions)
        remark = f"{ours * 1000:.1f} : {theirs * 1000:.1f} ms"
        yield Figure(f"{case.name}: p50 to bare", ours / theirs, 1.25, "x", remark=remark)
        ours, theirs = _rates(system, case, functions)
        yield Figure(
            f"{case.name}: calls/s at {CLIENTS} clients to bare",
            ours / theirs,
            0.8,
            "x",
            least=True,
            remark=f"{ours:.0f} : {theirs:.0f}",
        )


def _medians(system: System, case: Case, functions: tuple[str, str]) -> tuple[float, float]:
    """Seconds of a call; the two take turns, so that what disturbs one disturbs the other."""
    client = system.client("lambda")
    times: dict[str, list[float]] = {name: [] for name in functions}
    for name in functions:
        _call(client, name, case)
    for _ in range(CALLS):
        for name in functions:
            began = time.perf_counter()
            _call(client, name, case)
            times[name].append(time.perf_counter() - began)
    ours, theirs = (statistics.median(times[name]) for name in functions)
    return ours, theirs


def _rates(system: System, case: Case, functions: tuple[str, str]) -> tuple[float, float]:
    """Calls per second, once as many workers are warm as there are clients."""
    counts = dict.fromkeys(functions, 0)
    with ExitStack() as stack:
        clients = [
            stack.enter_context(closing(system.new_client("lambda"))) for _ in range(CLIENTS)
        ]
        pool = stack.enter_context(ThreadPoolExecutor(CLIENTS))
        for name in functions:
            list(pool.map(lambda c, n=name: _until(c, n, case, SECONDS / 2), clients))
        for _ in range(ROUNDS):
            for name in functions:
                done = pool.map(lambda c, n=name: _until(c, n, case, SECONDS), clients)
                counts[name] += sum(done)
    ours, theirs = (counts[name] / ROUNDS / SECONDS for name in functions)
    return ours, theirs


def _until(client: Any, function: str, case: Case, seconds: float) -> int:
    """Call again and again for so long; how often."""
    end, count = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        _call(client, function, case)
        count += 1
    return count


def _call(client: Any, function: str, case: Case) -> None:
    payload = json.dumps(case.event())
    answer = json.loads(client.invoke(FunctionName=function, Payload=payload)["Payload"].read())
    if answer.get("statusCode") != case.status:
        raise SystemExit(f"{case.name}: {function} answered {answer}")

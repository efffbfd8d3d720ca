"""Clients, waiting and retrying."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from localcloud.provider.base.aws import Aws, Connections
from localcloud.provider.base.errors import Cancelled, WaitedTooLong
from localcloud.provider.configuration import settings
from tests.localcloud.provider.shelf import nowhere


def throttled() -> ClientError:
    return ClientError({"Error": {"Code": "InvalidRole", "Message": "cannot be assumed"}}, "Call")


@pytest.fixture
def real(environment: Mapping[str, str]) -> Aws:
    return Aws(Connections(settings({}, environment, explicit=True)), "us-east-1")


def test_all_threads_share_one_client_per_service_and_region(real: Aws) -> None:
    with ThreadPoolExecutor(16) as threads:
        made = list(threads.map(lambda _: real.client("ssm"), range(64)))
    assert len({id(client) for client in made}) == 1
    assert real.client("ssm", "us-west-2") is not made[0]


def test_who_and_where(real: Aws) -> None:
    assert real.account_id == "000000000000"
    assert real.arn("ssm", "parameter/x") == "arn:aws:ssm:us-east-1:000000000000:parameter/x"
    assert real.arn("iam", "role/x", region="") == "arn:aws:iam::000000000000:role/x"
    assert real.at("cn-north-1").partition == "aws-cn"
    assert real.at(None).region == "us-east-1"


def test_waiting_ends_with_the_first_true_answer() -> None:
    answers = iter([None, None, "ready"])
    assert nowhere().wait(lambda: next(answers), what="it") == "ready"


def test_waiting_too_long_says_for_what() -> None:
    with pytest.raises(WaitedTooLong, match=r"waited 0\.1 seconds for the moon"):
        nowhere().wait(lambda: None, what="the moon", timeout=0.1)


def test_the_programs_own_time_limit_wins() -> None:
    with pytest.raises(WaitedTooLong, match=r"waited 0\.1 seconds"):
        nowhere().at(None, 0.1).wait(lambda: None, what="it", timeout=60)


def test_a_cancelled_wait_stops() -> None:
    aws = nowhere()
    aws.connections.cancelled.set()
    with pytest.raises(Cancelled):
        aws.wait(lambda: None, what="it")


def test_only_listed_errors_are_retried() -> None:
    tries: list[int] = []

    def call() -> str:
        tries.append(1)
        if len(tries) < 3:
            raise throttled()
        return "done"

    assert nowhere().retry(call, {"InvalidRole": "assumed"}) == "done"
    for codes in ({}, {"Other": ""}, {"InvalidRole": "another sentence"}):
        tries.clear()
        with pytest.raises(ClientError):
            nowhere().retry(call, codes)
        assert len(tries) == 1


def test_retrying_ends() -> None:
    def call() -> None:
        raise throttled()

    with pytest.raises(ClientError):
        nowhere().retry(call, {"InvalidRole": ""}, timeout=0.1)

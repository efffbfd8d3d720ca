"""kill -9 at random moments under writes from many threads: every acknowledged write is there."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests.localcloud.emulator.conftest import Lab
from tests.localcloud.emulator.persistence.test_durability import create_table, row
from tests.localcloud.emulator.sample_functions import TRUST, archive, make_function
from tests.patience import PATIENCE

ROUNDS = 6
Write = Callable[[int], None]

pytestmark = pytest.mark.slow  # kills a server that is being written to, again and again


class Writer(threading.Thread):
    """Repeats a write with rising numbers until the server is gone; keeps what was acknowledged."""

    def __init__(self, write: Write, first: int) -> None:
        super().__init__(daemon=True)
        self.write = write
        self.next = first
        self.acknowledged: list[int] = []
        self.stopped = threading.Event()

    def run(self) -> None:
        with contextlib.suppress(BotoCoreError):
            while not self.stopped.is_set():
                self.write(self.next)
                self.acknowledged.append(self.next)
                self.next += 1


class Subject:
    """One kind of write and how to see what is there."""

    def prepare(self, lab: Lab) -> None: ...

    def write(self, lab: Lab) -> Write:
        raise NotImplementedError

    def check(self, lab: Lab, acknowledged: list[int]) -> None:
        raise NotImplementedError


class Parameters(Subject):
    def write(self, lab: Lab) -> Write:
        ssm = lab.client("ssm")
        return lambda n: ssm.put_parameter(
            Name=f"/p/{n}", Value=f"{n} " + "x" * 300, Type="SecureString"
        )

    def check(self, lab: Lab, acknowledged: list[int]) -> None:
        pages = lab.client("ssm").get_paginator("get_parameters_by_path").paginate(Path="/p")
        there = {int(p["Name"].rpartition("/")[2]) for page in pages for p in page["Parameters"]}
        assert set(acknowledged) <= there


class Items(Subject):
    def prepare(self, lab: Lab) -> None:
        create_table(lab.client("dynamodb"), "records")

    def write(self, lab: Lab) -> Write:
        dynamodb = lab.client("dynamodb")
        return lambda n: dynamodb.put_item(TableName="records", Item=row(f"S{n % 7}", n, "v" * 100))

    def check(self, lab: Lab, acknowledged: list[int]) -> None:
        pages = lab.client("dynamodb").get_paginator("scan").paginate(TableName="records")
        there = {int(item["at"]["N"]) for page in pages for item in page["Items"]}
        assert set(acknowledged) <= there


class Counter(Subject):
    """Adding again what was written already would show here."""

    key = {"symbol": {"S": "counter"}, "at": {"N": "0"}}

    def prepare(self, lab: Lab) -> None:
        create_table(lab.client("dynamodb"), "counters")

    def write(self, lab: Lab) -> Write:
        dynamodb = lab.client("dynamodb")
        return lambda _: dynamodb.update_item(
            TableName="counters",
            Key=self.key,
            UpdateExpression="ADD n :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )

    def check(self, lab: Lab, acknowledged: list[int]) -> None:
        item = lab.client("dynamodb").get_item(TableName="counters", Key=self.key)["Item"]
        assert len(acknowledged) <= int(item["n"]["N"]) <= len(acknowledged) + ROUNDS


class Objects(Subject):
    """One object over and over, with another length each time: never half of each."""

    def prepare(self, lab: Lab) -> None:
        lab.client("s3").create_bucket(Bucket="uploads")

    def write(self, lab: Lab) -> Write:
        s3 = lab.client("s3")
        return lambda n: s3.put_object(
            Bucket="uploads", Key="k", Body=b"%d " % n * (n + 1) * 50, Metadata={"n": str(n)}
        )

    def check(self, lab: Lab, acknowledged: list[int]) -> None:
        found = lab.client("s3").get_object(Bucket="uploads", Key="k")
        n = int(found["Metadata"]["n"])
        assert n >= acknowledged[-1]
        assert found["Body"].read() == b"%d " % n * (n + 1) * 50


class Messages(Subject):
    def prepare(self, lab: Lab) -> None:
        lab.client("sqs").create_queue(QueueName="q", Attributes={"VisibilityTimeout": "0"})

    def write(self, lab: Lab) -> Write:
        sqs = lab.client("sqs")
        url = sqs.get_queue_url(QueueName="q")["QueueUrl"]
        return lambda n: sqs.send_message(QueueUrl=url, MessageBody=str(n))

    def check(self, lab: Lab, acknowledged: list[int]) -> None:
        sqs = lab.client("sqs")
        url = sqs.get_queue_url(QueueName="q")["QueueUrl"]
        name = "ApproximateNumberOfMessages"
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]
        assert len(acknowledged) <= int(found) <= len(acknowledged) + ROUNDS


class Code(Subject):
    """A function's code: what an update answered is what runs."""

    def prepare(self, lab: Lab) -> None:
        make_function(lab, "f", self.text(-1))

    def text(self, number: int) -> str:
        return f"def handler(event, context):\n    print('x')\n    return {number}\n"

    def write(self, lab: Lab) -> Write:
        functions = lab.client("lambda")
        return lambda n: functions.update_function_code(
            FunctionName="f", ZipFile=archive(self.text(n))
        )

    def check(self, lab: Lab, acknowledged: list[int]) -> None:
        answer = lab.client("lambda").invoke(FunctionName="f")["Payload"].read()
        assert int(answer) >= acknowledged[-1]


class Roles(Subject):
    def write(self, lab: Lab) -> Write:
        iam = lab.client("iam")
        return lambda n: iam.create_role(RoleName=f"role-{n}", AssumeRolePolicyDocument=TRUST)

    def check(self, lab: Lab, acknowledged: list[int]) -> None:
        pages = lab.client("iam").get_paginator("list_roles").paginate()
        there = {role["RoleName"] for page in pages for role in page["Roles"]}
        assert {f"role-{n}" for n in acknowledged} <= there


def test_no_acknowledged_write_is_ever_lost(lab: Lab) -> None:
    subjects = [Parameters(), Items(), Counter(), Objects(), Messages(), Code(), Roles()]
    acknowledged: dict[Subject, list[int]] = {subject: [] for subject in subjects}
    for subject in subjects:
        subject.prepare(lab)
    first = dict.fromkeys(subjects, 0)
    for _ in range(ROUNDS):
        writers = {subject: Writer(subject.write(lab), first[subject]) for subject in subjects}
        for writer in writers.values():
            writer.start()
        time.sleep(random.uniform(0.2, 1.5))
        lab.kill()
        for subject, writer in writers.items():
            writer.join(timeout=PATIENCE)
            assert not writer.is_alive()
            acknowledged[subject] += writer.acknowledged
            first[subject] = writer.next + 1
        lab.emulator.start()
        for subject in subjects:
            if acknowledged[subject]:
                subject.check(lab, acknowledged[subject])
    assert min(map(len, acknowledged.values())) > 10


def test_a_delete_stays_deleted(lab: Lab) -> None:
    ssm: Any = lab.client("ssm")
    for n in range(50):
        ssm.put_parameter(Name=f"/p/{n}", Value="v", Type="String")
    lab.crash_and_restart()
    ssm = lab.client("ssm")
    for n in range(0, 50, 2):
        ssm.delete_parameter(Name=f"/p/{n}")
    lab.crash_and_restart()
    lab.crash_and_restart()
    pages = lab.client("ssm").get_paginator("describe_parameters").paginate()
    there = {p["Name"] for page in pages for p in page["Parameters"]}
    assert there == {f"/p/{n}" for n in range(1, 50, 2)}


def test_the_journal_is_folded_while_serving_and_nothing_is_lost(lab: Lab) -> None:
    """Writes more than the journal may hold, so that folding happens beside the writing."""
    s3 = lab.client("s3")
    s3.create_bucket(Bucket="uploads")
    upload = s3.create_multipart_upload(Bucket="uploads", Key="k")["UploadId"]
    part = random.randbytes(6 * 1024 * 1024)
    tags = [
        s3.upload_part(Bucket="uploads", Key="k", UploadId=upload, PartNumber=n, Body=part)["ETag"]
        for n in range(1, 7)
    ]
    ssm = lab.client("ssm")
    state = lab.emulator.layout.state
    written = 0
    while not (state / "microstack_uploads.json").exists() or written < 20:
        ssm.put_parameter(Name=f"/p/{written}", Value="v", Type="String")
        written += 1
        assert written < 100_000
    lab.crash_and_restart()
    parts = [{"PartNumber": n, "ETag": tag} for n, tag in enumerate(tags, 1)]
    s3 = lab.client("s3")
    s3.complete_multipart_upload(
        Bucket="uploads", Key="k", UploadId=upload, MultipartUpload={"Parts": parts}
    )
    assert s3.head_object(Bucket="uploads", Key="k")["ContentLength"] == 6 * len(part)
    with pytest.raises(ClientError):
        lab.client("ssm").put_parameter(Name=f"/p/{written - 1}", Value="v", Type="String")

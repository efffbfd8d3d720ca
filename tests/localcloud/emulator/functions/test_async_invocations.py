"""What was accepted for later is done, over crashes and crowds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.localcloud.emulator.conftest import Lab
from tests.localcloud.emulator.sample_functions import archive, make_function
from tests.patience import until

SLOW = """
import time, pathlib
def handler(event, context):
    print("x")
    with open(event["file"], "a") as out:
        out.write(str(event["n"]) + "\\n")
    time.sleep(event.get("seconds", 0))
    if event.get("poison"):
        raise ValueError("poison")
"""


def queue(lab: Lab, name: str) -> tuple[str, str]:
    sqs = lab.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, found["Attributes"]["QueueArn"]


def later(lab: Lab, event: dict[str, Any]) -> None:
    answer = lab.client("lambda").invoke(
        FunctionName="f", InvocationType="Event", Payload=json.dumps(event)
    )
    assert answer["StatusCode"] == 202


def lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def test_an_accepted_event_is_done_after_a_crash(lab: Lab, tmp_path: Path) -> None:
    out = tmp_path / "out"
    make_function(lab, "f", SLOW)
    later(lab, {"n": 1, "file": str(out), "seconds": 1})
    lab.kill()
    lab.emulator.start()
    until(lambda: "1" in lines(out), "the event is done")
    until(lambda: not _is_done_again(lab, out), "it is written down as done")


def _is_done_again(lab: Lab, out: Path) -> bool:
    """Whether the first event is called again after a crash, at the latest before a second one."""
    first, second = (lines(out).count(n) for n in "12")
    lab.crash_and_restart()
    later(lab, {"n": 2, "file": str(out)})
    until(lambda: lines(out).count("2") > second, "the second event is done")
    return lines(out).count("1") > first


def test_an_event_interrupted_by_a_stop_is_done_again_and_not_a_failure(
    lab: Lab, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    make_function(lab, "f", SLOW)
    lab.client("lambda").put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=0)
    later(lab, {"n": 1, "file": str(out), "seconds": 3})
    until(lambda: lines(out), "it is called")
    lab.emulator.stop()
    lab.emulator.start()
    until(lambda: len(lines(out)) == 2, "it is called again")


def test_an_uploaded_file_is_noticed_after_a_crash(lab: Lab, tmp_path: Path) -> None:
    out = tmp_path / "out"
    make_function(
        lab, "f", f"def handler(event, context):\n    open({str(out)!r}, 'a').write('seen\\n')\n"
    )
    functions, s3 = lab.client("lambda"), lab.client("s3")
    functions.add_permission(
        FunctionName="f",
        StatementId="s",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
    )
    s3.create_bucket(Bucket="uploads")
    target = {
        "LambdaFunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f",
        "Events": ["s3:ObjectCreated:*"],
    }
    s3.put_bucket_notification_configuration(
        Bucket="uploads",
        NotificationConfiguration={"LambdaFunctionConfigurations": [target]},
    )
    s3.put_object(Bucket="uploads", Key="k", Body=b"x")
    lab.crash_and_restart()
    until(lambda: lines(out), "it is called")


def test_what_fails_every_time_ends_in_the_dead_letter_queue(lab: Lab, tmp_path: Path) -> None:
    out = tmp_path / "out"
    url, arn = queue(lab, "dead")
    make_function(lab, "f", SLOW)
    functions = lab.client("lambda")
    functions.update_function_configuration(FunctionName="f", DeadLetterConfig={"TargetArn": arn})
    functions.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=1)
    later(lab, {"n": 7, "file": str(out), "poison": True})
    found: list[Any] = []

    def arrived() -> bool:
        found[:] = lab.client("sqs").receive_message(QueueUrl=url).get("Messages", [])
        return bool(found)

    until(arrived, "the dead letter")
    assert lines(out) == ["7", "7"]
    assert json.loads(found[0]["Body"])["requestPayload"]["n"] == 7


def test_a_crowd_waits_instead_of_failing(lab: Lab, tmp_path: Path) -> None:
    """More events at once than workers, with a limit of one: each is done exactly once."""
    out = tmp_path / "out"
    url, arn = queue(lab, "dead")
    make_function(lab, "f", SLOW)
    functions = lab.client("lambda")
    functions.update_function_configuration(FunctionName="f", DeadLetterConfig={"TargetArn": arn})
    functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)
    for n in range(30):
        later(lab, {"n": n, "file": str(out)})
    until(lambda: len(lines(out)) >= 30, "all are done")
    assert sorted(map(int, lines(out))) == list(range(30))
    assert "Messages" not in lab.client("sqs").receive_message(QueueUrl=url)


def test_a_published_version_runs_its_own_code(lab: Lab, tmp_path: Path) -> None:
    out = tmp_path / "out"
    make_function(lab, "f", SLOW)
    functions = lab.client("lambda")
    functions.publish_version(FunctionName="f")
    functions.update_function_code(
        FunctionName="f", ZipFile=archive("def handler(event, context):\n    raise ValueError\n")
    )
    functions.invoke(
        FunctionName="f",
        Qualifier="1",
        InvocationType="Event",
        Payload=json.dumps({"n": 1, "file": str(out)}),
    )
    lab.crash_and_restart()
    until(lambda: lines(out), "it is called")

from __future__ import annotations

import threading
from typing import Any

import pytest

from localcloud.engine.api import StepError, StepFailed, StepFinished, StepStarted
from localcloud.engine.events import Event, Op
from localcloud.engine.provider.inprocess_grpc import InitFailed, ProviderError
from localcloud.engine.state.model import ResourceState, Snapshot
from localcloud.engine.steps.registrations import Registrations
from localcloud.engine.steps.run import EventBus, NoJournal, Run, Stopped
from localcloud.engine.steps.step_events import StepReporter, is_default_provider
from localcloud.engine.values.redaction import Redactor
from localcloud.engine.values.values import Secret
from tests.localcloud.engine.stacks import resource


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def reporter(events: list[Event]) -> StepReporter:
    run = Run(
        stack="dev",
        project="demo",
        organization="organization",
        folder="/",
        config={"demo:pw": "hush-hush"},
        secret_keys=frozenset({"demo:pw"}),
        preview=False,
        parallel=2,
        snapshot=Snapshot(),
        bus=EventBus(events.append, Redactor()),
        journal=NoJournal(),
        cancel=threading.Event(),
    )
    return StepReporter(run, Registrations(stack="dev", project="demo", snapshot=Snapshot()))


def test_a_step_is_reported_before_and_after(reporter: StepReporter, events: list[Event]) -> None:
    with reporter.step(Op.CREATE, resource("a"), ("x",)):
        assert [type(event) for event in events] == [StepStarted]
    (finished,) = [event for event in events if isinstance(event, StepFinished)]
    assert (finished.op, finished.diff) == (Op.CREATE, ("x",))


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (ProviderError("no hush-hush today"), "no [secret] today"),
        (InitFailed("id", {}, None, ["one", "two"]), "one; two"),
        (InitFailed("id", {}, None, []), "it was made but did not come up"),
    ],
)
def test_a_failure_names_the_resource_and_ends_the_run(
    reporter: StepReporter, events: list[Event], failure: Exception, reason: str
) -> None:
    with (
        pytest.raises(StepError, match="test:index:Thing 'a' could not be created"),
        reporter.step(Op.CREATE, resource("a")),
    ):
        raise failure
    (failed,) = [event for event in events if isinstance(event, StepFailed)]
    assert failed.message == reason
    with pytest.raises(Stopped), reporter.step(Op.CREATE, resource("b")):
        pass


def test_a_reason_that_names_the_resource_is_not_named_twice(reporter: StepReporter) -> None:
    reason = "creating test:index:Thing 'a' failed: no"
    assert str(reporter.fail_step(Op.CREATE, resource("a"), reason)) == reason


def test_only_so_many_steps_at_once(reporter: StepReporter) -> None:
    running, most = 0, 0
    lock, go = threading.Lock(), threading.Event()

    def work(name: str) -> None:
        nonlocal running, most
        with reporter.step(Op.CREATE, resource(name)):
            with lock:
                running += 1
                most = max(most, running)
            go.wait(0.05)
            with lock:
                running -= 1

    threads = [threading.Thread(target=work, args=(f"t{i}",)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


def test_secret_outputs_are_marked(reporter: StepReporter) -> None:
    state = resource(
        "a",
        inputs={"pw": Secret("x-1-x"), "open": 1},
        outputs={"pw": "x-1-x", "open": 1, "key": "y-2-y", "id": "i"},
        additional_secret_outputs=["key", "id", "absent"],
    )
    reporter.mark_secrets(state)
    assert state.outputs == {
        "pw": Secret("x-1-x"),
        "open": 1,
        "key": Secret("y-2-y"),
        "id": "i",
    }
    assert reporter.run.bus.redactor.redact("x-1-x y-2-y") == "[secret] [secret]"


def provider(name: str) -> Any:
    return ResourceState(
        urn=f"urn:pulumi:dev::demo::pulumi:providers:aws::{name}", type="pulumi:providers:aws"
    )


def test_default_providers_are_nobodys_business(
    reporter: StepReporter, events: list[Event]
) -> None:
    assert is_default_provider(provider("default").urn)
    assert is_default_provider(provider("default_7_51_1").urn)
    assert not is_default_provider(provider("west").urn)
    with reporter.step(Op.CREATE, provider("default")):
        pass
    reporter.count(Op.CREATE, provider("default"))
    reporter.count(Op.CREATE, provider("west"))
    assert events == []
    assert reporter.run.bus.changes == {"create": 1}

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.errors import DeployFailed, Interrupted, StillProtected, StillRead, UsageError
from orchestrator.verbs.destroy import destroy, destroy_all
from tests.orchestrator.conftest import write_stack_file
from tests.orchestrator.fake_deployer import FakeClouds, FakeDeployer
from tests.orchestrator.verbs.conftest import LAYERS, ctrl_c_too_late, dev, fail

Answer = Callable[[str | None], None]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Answer the question with this; None: nobody is there."""

    def answer(text: str | None) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        monkeypatch.setattr(sys.stdin, "isatty", lambda: text is not None)

    return answer


def test_everything_goes_readers_first(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer
) -> None:
    fake.standing = {*LAYERS}
    destroy_all(dev(checkout), yes=True)
    assert fake.calls == [f"destroy {layer} (dev)" for layer in reversed(LAYERS)]
    assert fake.standing == set()


def test_what_a_reader_that_would_not_go_reads_stays(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer
) -> None:
    fake.standing = {*LAYERS}
    fake.acts = {"compute": fail}
    with pytest.raises(DeployFailed, match=r": \./invoke destroy-all --env dev$"):
        destroy_all(dev(checkout), yes=True)
    assert fake.standing == {"network", "data", "compute"}


def test_one_layer_goes(checkout: Path, clouds: FakeClouds, fake: FakeDeployer) -> None:
    fake.standing = {*LAYERS}
    destroy(dev(checkout, "api"), yes=True)
    assert fake.calls == ["destroy api (dev)"]


def test_all_regions_of_a_layer_may_go_at_once(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer
) -> None:
    write_stack_file(checkout, "api", "dev-us-west-2", "aws:region: us-west-2")
    fake.standing = {"api (dev)", "api (dev-us-west-2)"}
    fake.acts = {"api (dev)": fail}
    with pytest.raises(DeployFailed):
        destroy(dev(checkout, "api"), yes=True)
    assert fake.standing == {"api (dev)"}


def test_what_a_live_stack_reads_stays(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer
) -> None:
    fake.standing = {*LAYERS}
    with pytest.raises(StillRead, match=r"Destroy first: \./invoke destroy api --env dev"):
        destroy(dev(checkout, "data"), yes=True)
    assert fake.calls == []


@pytest.mark.parametrize("verb", [destroy, destroy_all])
def test_what_is_protected_stays_and_so_does_all_that_would_go_before_it(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer, verb: Callable[..., None]
) -> None:
    fake.standing = {"network"}
    fake.protected = {"network"}
    target = dev(checkout, "network" if verb is destroy else "")
    with pytest.raises(StillProtected, match=r"then: \./invoke destroy"):
        verb(target, yes=True)
    assert fake.calls == []


def test_what_stands_is_named_in_the_order_of_its_end_and_goes_after_the_right_answer(
    checkout: Path,
    clouds: FakeClouds,
    fake: FakeDeployer,
    answer: Answer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer("dev\n")
    fake.standing = {"network", "data"}
    destroy_all(dev(checkout), yes=False)
    question = "Destroy data (dev), network (dev)? To go on, type dev: "
    assert question in capsys.readouterr().err
    assert fake.standing == set()


def test_any_other_answer_destroys_nothing(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer, answer: Answer
) -> None:
    answer("yes\n")
    fake.standing = {"api"}
    with pytest.raises(UsageError, match=r"^Nothing was destroyed\.$"):
        destroy(dev(checkout, "api"), yes=False)
    assert fake.calls == []


def test_without_a_terminal_only_yes_destroys(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer, answer: Answer
) -> None:
    answer(None)
    fake.standing = {"api"}
    with pytest.raises(
        UsageError, match=r"^destroy api destroys api \(dev\), and there is no .*: add --yes\.$"
    ):
        destroy(dev(checkout, "api"), yes=False)
    assert fake.calls == []
    destroy(dev(checkout, "api"), yes=True)
    assert fake.calls == ["destroy api (dev)"]


def test_nothing_is_asked_where_nothing_stands(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer, answer: Answer
) -> None:
    answer(None)
    destroy_all(dev(checkout), yes=False)
    assert len(fake.calls) == len(LAYERS)  # a half-made stack may still have something to delete


def test_ctrl_c_in_the_last_moment_is_no_success(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer
) -> None:
    fake.standing = {"api"}
    fake.acts = {"api": ctrl_c_too_late}
    with pytest.raises(Interrupted, match=r": \./invoke destroy api --env dev$"):
        destroy(dev(checkout, "api"), yes=True)

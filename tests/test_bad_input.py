"""Whatever is wrong: one sentence that names it and the way out, exit code 1 or 2, nothing made.

The tasks run in this process. That they say the same in one of their own is tried at the end.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.checkout import Checkout, fresh
from tests.e2e.account import leftover
from tests.in_process import invoke
from tests.patience import PATIENCE, until

LAYER = "network-security"


class Words(str):
    """What a command said on both streams; the last line is the error."""

    @property
    def sentence(self) -> str:
        return self.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    with fresh(tmp_path_factory.mktemp("bad-input")) as made:
        yield made


@pytest.fixture(scope="module")
def started(checkout: Checkout) -> Iterator[Checkout]:
    """An emulator with nothing in it, and stack files."""
    checkout.invoke("env")
    yield checkout
    assert leftover(checkout) == [], "refused commands have made something"


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Checkout]:
    """A checkout without a local AWS."""
    with fresh(tmp_path) as made:
        yield made


@pytest.fixture
def empty(started: Checkout) -> Iterator[Checkout]:
    """A checkout in which nothing is deployed, before and after; its files are put back."""
    kept = {file: file.read_bytes() for file in started.root.glob("stacks/*/*") if file.is_file()}
    yield started
    for file, content in kept.items():
        file.write_bytes(content)
    shutil.rmtree(started.root / "stacks" / "broken", ignore_errors=True)
    made = {
        urn
        for file in started.home.glob("backend/.pulumi/stacks/*/local.json")
        for urn in started.resources(file.parent.name)
        if "::pulumi:" not in urn
    }
    assert made == set(), "a refused command has made something"


def refused(checkout: Checkout, *arguments: str, code: int | None = 1, path: str = "") -> Words:
    """Run a task that must be refused; every refusal has the same form."""
    done = invoke(checkout, *arguments, code=code, path=path)
    words = Words(done.stdout + done.stderr)
    assert done.returncode in (1, 2)
    assert "Traceback" not in words
    assert "defect" not in words, words
    assert done.stdout == "", "errors belong on standard error"
    assert words.sentence.endswith((".", "VALUE")) or "./invoke " in words.sentence
    return words


def configure(checkout: Checkout, key: str, value: object, layer: str = LAYER) -> None:
    """Set a plain value in the layer's Pulumi.local.yaml."""
    checkout.configure(layer, {key: value})


def program(checkout: Checkout, source: str, name: str = "broken") -> None:
    """A sixth layer with this program."""
    folder = checkout.root / "stacks" / name
    folder.mkdir(exist_ok=True)
    (folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
    (folder / "__main__.py").write_text(source)


# --- the command itself ---------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["up"], ["destroy"], ["outputs", "--layer"]])
def test_unknown_layer(empty: Checkout, arguments: list[str]) -> None:
    words = refused(empty, *arguments, "databse", code=2)
    assert "'databse'" in words
    assert all(layer in words for layer in empty.layers())


def test_unknown_environment(empty: Checkout) -> None:
    words = refused(empty, "deploy-all", "--env", "qa", code=2)
    assert "'qa'" in words
    assert "local, dev, staging, prod" in words


def test_unknown_deployer(empty: Checkout) -> None:
    words = refused(empty, "up", LAYER, "--deployer", "terraform", code=2)
    assert "'terraform'" in words
    assert "embedded" in words


def test_unknown_task(empty: Checkout) -> None:
    done = invoke(empty, "deploy-everything", code=None)
    assert done.returncode in (1, 2)
    assert "deploy-everything" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_the_embedded_engine_refuses_aws(empty: Checkout) -> None:
    words = refused(empty, "up", LAYER, "--env", "dev", "--deployer", "embedded", code=2)
    assert "dev" in words
    assert "Pulumi CLI" in words


@pytest.mark.parametrize("arguments", [["deploy-all"], ["up", LAYER]])
def test_an_aws_environment_without_the_pulumi_cli(empty: Checkout, arguments: list[str]) -> None:
    words = refused(empty, *arguments, "--env", "dev", code=2, path=_path_without_pulumi())
    assert "Pulumi CLI" in words
    assert "https://www.pulumi.com/docs/install/" in words


def _path_without_pulumi() -> str:
    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(part for part in path if not (Path(part) / "pulumi").exists())


def test_an_upstream_that_is_not_deployed(empty: Checkout) -> None:
    for task in ("up", "preview"):
        words = refused(empty, task, "data")
        assert LAYER in words.sentence
        assert f"./invoke up {LAYER}" in words.sentence


def test_smoke_without_a_deployment(empty: Checkout) -> None:
    assert "./invoke deploy-all" in refused(empty, "smoke").sentence


def test_outputs_of_what_is_not_deployed(empty: Checkout) -> None:
    assert f"./invoke up {LAYER}" in refused(empty, "outputs", "--layer", LAYER).sentence


# --- configuration --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        (
            f"{LAYER}:key_deletion_days",
            "soon",
            "config.set network-security key_deletion_days --value",
        ),
        (f"{LAYER}:key_deletion_days", 99, "30"),
        (
            f"{LAYER}:prevent_destroy",
            "perhaps",
            "config.set network-security prevent_destroy --value",
        ),
        (f"{LAYER}:app_config", "not an object", "config.set network-security app_config"),
        (f"{LAYER}:colour", "red", "./invoke config.rm network-security colour"),
        (
            f"{LAYER}:db_password",
            "in plain text, which is wrong",
            "config.set network-security db_password --secret",
        ),
        ("aws:region", "eu-west-1", "config.set network-security aws:region --value us-east-1"),
        ("aws:region", "", "aws:region"),
        ("aws:regoin", "us-east-1", "regoin"),
    ],
    ids=lambda value: str(value)[-24:].replace(" ", "-"),
)
def test_a_wrong_setting(empty: Checkout, key: str, value: object, said: str) -> None:
    configure(empty, key, value)
    words = refused(empty, "up", LAYER)
    assert said in words


@pytest.mark.parametrize(
    ("layer", "setting", "value"),
    [
        ("data", "uploads_expire_days", 0),
        ("compute", "max_retries", 99),
        ("compute", "functions", {"cook": {}}),
        ("api", "throttle_rate", "fast"),
        ("observability", "availability_percent", 100),
    ],
)
def test_a_wrong_setting_of_any_layer_stops_all_before_the_first(
    empty: Checkout, layer: str, setting: str, value: object
) -> None:
    configure(empty, f"{layer}:{setting}", value, layer)
    words = refused(empty, "deploy-all")
    assert words.sentence.startswith(f"{layer} (local): {layer}:{setting}")


def test_a_region_that_is_not_allowed(empty: Checkout) -> None:
    configure(empty, f"{LAYER}:allowed_regions", ["us-west-2"])
    words = refused(empty, "up", LAYER)
    assert "us-east-1" in words
    assert f"{LAYER}:allowed_regions" in words


def test_a_required_secret_that_is_missing(empty: Checkout) -> None:
    program(empty, "import pulumi\npulumi.Config().require_secret('token')\n")
    words = refused(empty, "up", "broken")
    assert "broken:token" in words
    assert "pulumi config set --secret broken:token" in words


@pytest.mark.parametrize("content", ["config: [oops", "just text", "config: 7", "\x00\x01"])
def test_a_stack_file_that_is_none(empty: Checkout, content: str) -> None:
    (empty.root / "stacks" / LAYER / "Pulumi.local.yaml").write_text(content)
    words = refused(empty, "up", LAYER)
    assert "Pulumi.local.yaml" in words
    assert LAYER in words


@pytest.mark.parametrize("content", ["runtime: python\n", "name: [x", "name: 'not so!'\n"])
def test_a_project_file_that_is_none(empty: Checkout, content: str) -> None:
    (empty.root / "stacks" / LAYER / "Pulumi.yaml").write_text(content)
    words = refused(empty, "up", LAYER)
    assert "Pulumi.yaml" in words
    assert LAYER in words


# --- programs -------------------------------------------------------------------------------------

PARAMETER = "import pulumi_aws as aws\naws.ssm.Parameter('p', type='String', value='v'{})\n"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f(:\n    pass\n", "line 1"),
        ("import nothing_of_that_name\n", "nothing_of_that_name"),
        ("raise ValueError('no such colour')\n", "no such colour"),
        ("import sys\nsys.exit(3)\n", "3"),
        ("import os\nos._exit(9)\n", "broken"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "broken"),
        (PARAMETER.format(", type_='x'"), "type_"),
        (PARAMETER.format(", no_such=1"), "no_such"),
        ("import pulumi_aws as aws\naws.glue.Registry('r')\n", "glue"),
        (
            "import pulumi\n"
            + PARAMETER.format(
                ", opts=pulumi.ResourceOptions("
                "hooks=pulumi.ResourceHookBinding(after_create=[lambda args: None]))"
            ),
            "resource 'p' (aws:ssm/parameter:Parameter) uses hooks, which the embedded engine",
        ),
    ],
    ids=[
        "syntax", "import", "exception", "exit", "os-exit", "killed", "value", "argument", "type",
        "option",
    ],
)  # fmt: skip
def test_a_broken_program(empty: Checkout, source: str, said: str) -> None:
    program(empty, source)
    words = refused(empty, "up", "broken")
    assert said in words
    assert "broken" in words


def test_the_layers_that_stand_are_not_touched_by_a_broken_one(empty: Checkout) -> None:
    program(empty, PARAMETER.format(""))
    invoke(empty, "up", "broken")
    try:
        before = empty.resources("broken")
        program(empty, PARAMETER.format("") + "raise ValueError('no such colour')\n")
        refused(empty, "up", "broken")
        assert empty.resources("broken") == before
    finally:
        program(empty, PARAMETER.format(""))
        invoke(empty, "destroy", "broken", "--yes")


def test_destroying_what_stands_needs_a_yes_where_nobody_can_be_asked(empty: Checkout) -> None:
    invoke(empty, "destroy-all")  # nothing stands, so nothing is asked
    program(empty, PARAMETER.format(""))
    invoke(empty, "up", "broken")
    before = empty.resources("broken")
    for arguments in (["destroy-all"], ["destroy", "broken"]):
        words = refused(empty, *arguments, code=2)
        assert (
            "destroys broken (local), and there is no terminal to ask on: add --yes"
            in words.sentence
        )
    assert empty.resources("broken") == before
    invoke(empty, "destroy", "broken", "--yes")


def test_a_layer_that_publishes_nothing_is_deployed_all_the_same(empty: Checkout) -> None:
    program(empty, PARAMETER.format(""))
    invoke(empty, "up", "broken")
    try:
        assert invoke(empty, "outputs", "--layer", "broken").stdout == "broken: no outputs\n"
        assert invoke(empty, "outputs", "--layer", "broken", "--json").stdout == "{}\n"
    finally:
        invoke(empty, "destroy", "broken", "--yes")
    refused(empty, "outputs", "--layer", "broken")


# --- what is on disk and on the machine -----------------------------------------------------------


def test_two_runs_at_once(empty: Checkout, tmp_path: Path) -> None:
    sign = tmp_path / "go"
    wait = f"import os, time\nwhile not os.path.exists({str(sign)!r}):\n    time.sleep(0.05)\n"
    program(empty, wait + PARAMETER.format(""))
    first = empty.start("up", "broken", output=tmp_path / "first.log")
    try:
        until(lambda: any(empty.home.glob("backend/.pulumi/locks/**/*.json")), "the lock")
        words = refused(empty, "up", "broken")
        assert str(first.pid) in words
        assert "broken" in words
        for whole in (("deploy-all",), ("destroy-all", "--yes"), ("smoke",), ("emulator.stop",)):
            words = refused(empty, *whole)
            assert f"./invoke up broken is running on local (process {first.pid})" in words
        sign.touch()
        assert first.wait(PATIENCE) == 0, (tmp_path / "first.log").read_text()
    finally:
        first.kill()
        first.wait()
    sign.touch()
    invoke(empty, "up", "broken")
    invoke(empty, "destroy", "broken", "--yes")


@pytest.mark.parametrize(
    ("content", "task"),
    [("garbage", "up"), ("{}", "up"), ('{"version": 99}', "status"), ("", "status")],
)
def test_a_state_file_that_is_none(empty: Checkout, content: str, task: str) -> None:
    file = empty.home / "backend" / ".pulumi" / "stacks" / "broken" / "local.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    program(empty, PARAMETER.format(""))
    try:
        arguments = [task, "broken"] if task == "up" else [task]
        words = refused(empty, *arguments)
        assert "broken" in words
        assert "local.json" in words
        assert file.read_text() == content, "evidence was overwritten"
    finally:
        file.unlink()


@pytest.mark.parametrize("content", ["another-passphrase", ""])
def test_a_passphrase_that_is_another(empty: Checkout, content: str) -> None:
    file = empty.home / "passphrase"
    kept = file.read_bytes()
    try:
        file.write_text(content)
        words = refused(empty, "up", LAYER)
        assert "put the one that it was encrypted with into .microstack/passphrase" in words
    finally:
        file.write_bytes(kept)


def test_a_port_that_is_taken(bare: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        words = refused(bare, "emulator.start", "--port", port)
        assert port in words.sentence
        assert not bare.processes()
        (bare.home / "emulator").mkdir(parents=True, exist_ok=True)
        (bare.home / "emulator" / "port").write_text(port)
        assert port in refused(bare, "up", LAYER)


@pytest.mark.parametrize("port", ["eighty", "-1", "70000", "1"])
def test_a_port_that_is_none(bare: Checkout, port: str) -> None:
    if port == "1" and os.geteuid() == 0:
        pytest.skip("root may listen on any port")
    words = refused(bare, "emulator.start", "--port", port, code=None)
    assert port in words
    assert not bare.processes()


@pytest.mark.parametrize("folder", [".", ".microstack/backend"])
def test_a_folder_that_cannot_be_written(bare: Checkout, folder: str) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    closed = bare.root / folder
    closed.mkdir(parents=True, exist_ok=True)
    closed.chmod(0o500)
    try:
        assert ".microstack" in refused(bare, "up", LAYER)
    finally:
        closed.chmod(0o700)


def test_a_file_where_the_folder_should_be(bare: Checkout) -> None:
    bare.home.write_text("")
    assert ".microstack" in refused(bare, "up", LAYER)
    bare.home.unlink()  # for the fixture's own look at the emulator


# --- the same in a process of its own -------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [["up", "databse"], ["up", LAYER], ["up", "broken"], ["smoke"], ["nothing"]]
)
def test_a_process_says_the_same(empty: Checkout, arguments: list[str]) -> None:
    configure(empty, f"{LAYER}:key_deletion_days", 99)
    program(empty, "import nothing_of_that_name\n")
    here = invoke(empty, *arguments, code=None)
    there = empty.invoke(*arguments, code=None)
    assert here.returncode == there.returncode != 0
    assert (here.stdout, Words(here.stderr).sentence) == (
        there.stdout,
        Words(there.stderr).sentence,
    )


def test_a_reader_that_goes_away_early_is_no_traceback(empty: Checkout) -> None:
    command = " ".join([*empty.command("status", "--json"), "| true"])
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=empty.root,
        env=empty.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr

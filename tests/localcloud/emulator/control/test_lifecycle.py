"""Start, stop, status: exactly one server, no orphans, never a signal to a stranger."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from localcloud.emulator import AlreadyRunning, Emulator, NotRunning, PortTaken, StartFailed
from localcloud.emulator.layout import Layout
from tests.localcloud.emulator.conftest import Lab, gone
from tests.localcloud.emulator.sample_functions import busy_function, make_function
from tests.patience import PATIENCE, until

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "emulator"
    Emulator(tmp_path / "emulator").stop()


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        yield stranger.getsockname()[1]


def test_it_starts_answers_as_admin_and_stops(home: Path) -> None:
    emulator = Emulator(home)
    emulator.start()
    emulator.stop()
    endpoint = emulator.start()
    assert requests.get(endpoint.url + "/_ministack/health", timeout=PATIENCE).status_code == 200
    status = emulator.status()
    assert (status.running, status.port, status.url) == (True, endpoint.port, endpoint.url)
    assert status.memory is not None
    assert status.memory < 100 * 1024 * 1024
    assert emulator.stop()
    assert not emulator.status().running
    assert not emulator.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(endpoint.url, timeout=PATIENCE)


def test_starting_twice_gives_the_same_server_and_port(home: Path) -> None:
    first = Emulator(home).start()
    again = Emulator(home).start()
    assert (first.started, again.started) == (True, False)
    assert again.port == first.port
    Emulator(home).stop()
    assert Emulator(home).start().port == first.port


STARTER = """
import sys
from pathlib import Path
from localcloud.emulator import Emulator
endpoint = Emulator(Path(sys.argv[1])).start()
print(endpoint.port, endpoint.started)
"""


def starter(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", STARTER, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def test_of_many_starters_at_once_one_starts_and_all_get_it(home: Path) -> None:
    starters = [starter(home) for _ in range(4)]
    answers = [process.communicate(timeout=PATIENCE)[0].split() for process in starters]
    assert len({port for port, _ in answers}) == 1
    assert sorted(started for _, started in answers) == ["False", "False", "False", "True"]


def test_ctrl_c_in_the_terminal_of_the_starter_does_not_reach_the_server(home: Path) -> None:
    process = starter(home)
    process.communicate(timeout=PATIENCE)
    pid = Emulator(home).status().pid
    assert pid is not None
    assert os.getsid(pid) != os.getsid(0)
    assert os.getpgid(pid) != os.getpgid(0)


def test_a_wanted_port_that_is_taken_is_named(home: Path, taken: int) -> None:
    with pytest.raises(PortTaken, match=rf"^Port {taken} .*emulator.start --port NUMBER\.$"):
        Emulator(home).start(taken)
    assert not Emulator(home).status().running


def test_the_former_port_is_not_given_up_silently(home: Path, taken: int) -> None:
    Emulator(home).start()
    Emulator(home).stop()
    Layout(home).port.write_text(str(taken))
    with pytest.raises(PortTaken, match=str(taken)):
        Emulator(home).start()


def test_a_running_server_is_not_moved(home: Path) -> None:
    port = Emulator(home).start().port
    with pytest.raises(AlreadyRunning, match=f"port {port}.*emulator.stop"):
        Emulator(home).start(port + 1)


def test_environment_and_credentials_need_a_server(home: Path) -> None:
    with pytest.raises(NotRunning, match="emulator.start"):
        Emulator(home).environment()
    with pytest.raises(NotRunning):
        Emulator(home).credentials()


def test_the_environment_is_all_that_a_client_needs(lab: Lab) -> None:
    environment = lab.emulator.environment("eu-west-1")
    admin = lab.emulator.credentials()
    assert environment == {
        "AWS_ENDPOINT_URL": lab.emulator.status().url,
        "AWS_ACCESS_KEY_ID": admin.access_key_id,
        "AWS_SECRET_ACCESS_KEY": admin.secret_access_key,
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "MICROSTACK_EMULATED": "1",
    }
    assert admin.secret_access_key not in repr(admin)


def test_a_pid_file_that_names_a_stranger_harms_nobody(home: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    Layout(home).make()
    record = {"pid": stranger.pid, "started": time.time() - 1000, "port": 1}
    Layout(home).process.write_text(json.dumps(record))
    assert not Emulator(home).status().running
    assert not Emulator(home).stop()
    Emulator(home).start()
    Emulator(home).stop()
    assert stranger.poll() is None
    stranger.communicate(b"\n")


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"pid": "x"}', '{"pid": 99999999'])
def test_a_broken_pid_file_is_as_none(home: Path, content: str) -> None:
    Layout(home).make()
    Layout(home).process.write_text(content)
    assert not Emulator(home).status().running
    assert Emulator(home).start().started


def test_after_kill_9_it_starts_again_on_the_same_port(lab: Lab) -> None:
    port = lab.emulator.status().port
    lab.kill()
    assert not lab.emulator.status().running
    assert lab.emulator.start().port == port


def workers(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def busy(lab: Lab) -> list[psutil.Process]:
    """Processes of a function that is in the middle of something."""
    busy_function(lab)
    invoke = lab.client("lambda").invoke
    threading.Thread(target=_quietly, args=(invoke,), daemon=True).start()
    pid = lab.emulator.status().pid
    assert pid is not None
    until((lab.emulator.layout.home.parent / "busy").exists, "the function is at work")
    return workers(pid)


def _quietly(invoke: Any) -> None:
    try:
        invoke(FunctionName="busy")
    except Exception as error:  # the server is killed under it
        print(error)


def test_stop_leaves_no_worker_behind(lab: Lab) -> None:
    left = busy(lab)
    assert lab.emulator.status().workers == 1
    lab.emulator.stop()
    for process in left:
        gone(process.pid)


@pytest.mark.parametrize("moved", [False, True])
def test_a_server_whose_folder_is_gone_ends_with_its_workers(
    lab: Lab, tmp_path: Path, moved: bool
) -> None:
    """Nothing could find it any more: it would hold its port until the machine is restarted."""
    left, pid = busy(lab), lab.emulator.status().pid
    assert pid is not None
    lab.emulator.layout.home.rename(tmp_path / "moved")
    if not moved:
        shutil.rmtree(tmp_path / "moved", ignore_errors=True)
    for each in (pid, *(process.pid for process in left)):
        gone(each)


def test_workers_of_a_killed_server_end_at_the_next_start(lab: Lab) -> None:
    left = busy(lab)
    lab.kill()
    assert any(process.is_running() for process in left)  # busy, so it has not seen the end yet
    lab.emulator.start()
    for process in left:
        gone(process.pid)


def test_functions_see_nothing_of_the_starter(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very secret")
    monkeypatch.setenv("GITHUB_TOKEN", "very secret")
    lab = Lab(home)
    lab.emulator.start()
    monkeypatch.undo()
    make_function(
        lab,
        "see",
        "import os\ndef handler(event, context):\n    print('x')\n    return dict(os.environ)\n",
    )
    answer = lab.client("lambda").invoke(FunctionName="see")["Payload"].read()
    seen = json.loads(answer)
    assert "very secret" not in answer.decode()
    assert "AWS_PROFILE" not in seen
    assert seen["HOME"] == str(home / "home")
    assert seen["AWS_ENDPOINT_URL"] == lab.emulator.status().url
    assert seen["AWS_ACCESS_KEY_ID"] != lab.emulator.credentials().access_key_id


def test_nobody_else_can_read_the_state(lab: Lab) -> None:
    lab.client("ssm").put_parameter(Name="/p", Value="v", Type="SecureString")
    lab.emulator.stop()
    lab.emulator.start()
    layout = lab.emulator.layout
    for folder in (layout.home, layout.state, layout.objects, layout.scratch):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in layout.home.rglob("*"):
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_state_that_cannot_be_read_stops_the_start_instead_of_vanishing(lab: Lab) -> None:
    lab.client("ssm").put_parameter(Name="/p", Value="v", Type="String")
    lab.emulator.stop()
    lab.emulator.start()
    lab.emulator.stop()
    saved = lab.emulator.layout.state / "ssm.json"
    good = saved.read_text()
    saved.write_text(good[:-10])
    with pytest.raises(StartFailed, match="emulator.log") as failed:
        lab.emulator.start()
    assert "ssm" in str(failed.value)
    saved.write_text(good)
    lab.emulator.start()
    assert lab.client("ssm").get_parameter(Name="/p")["Parameter"]["Value"] == "v"


def test_reset_forgets_everything(lab: Lab) -> None:
    lab.client("ssm").put_parameter(Name="/p", Value="v", Type="String")
    lab.client("s3").create_bucket(Bucket="uploads")
    lab.client("s3").put_object(Bucket="uploads", Key="k", Body=b"x")
    before = lab.emulator.credentials()
    lab.emulator.reset()
    assert not lab.emulator.status().running
    lab.emulator.start()
    assert lab.emulator.credentials() != before
    assert lab.client("ssm").describe_parameters()["Parameters"] == []
    assert lab.client("s3").list_buckets()["Buckets"] == []


def test_sigterm_from_outside_is_a_clean_stop(lab: Lab) -> None:
    lab.client("ssm").put_parameter(Name="/p", Value="v", Type="String")
    pid = lab.emulator.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGTERM)
    gone(pid)
    lab.emulator.start()
    assert lab.client("ssm").get_parameter(Name="/p")["Parameter"]["Value"] == "v"


def test_a_big_log_is_set_aside(lab: Lab) -> None:
    lab.emulator.stop()
    lab.emulator.layout.log.write_bytes(b"old\n" * 3_000_000)
    lab.emulator.start()
    assert lab.emulator.layout.log.stat().st_size < 1000
    assert (lab.emulator.layout.home / "emulator.log.1").stat().st_size == 12_000_000


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.1, 0.15, 0.2, 0.3])
def test_a_killed_starter_leaves_something_that_the_next_one_can_use(
    home: Path, seconds: float
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(home)], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    while not Layout(home).port.exists():
        time.sleep(0.005)
    time.sleep(seconds)
    process.kill()
    process.wait()
    url = Emulator(home).start().url
    assert requests.get(url + "/_ministack/health", timeout=PATIENCE).status_code == 200
    assert Lab(home).client("sts").get_caller_identity()["Account"] == "000000000000"

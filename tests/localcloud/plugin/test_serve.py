"""The executable, started as the CLI starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from localcloud.provider.base.values import to_struct
from tests.patience import PATIENCE, has_ended, until

PLUGIN = Path(__file__).parents[3] / "localcloud" / "plugin" / "pulumi-resource-aws"


@pytest.fixture
def plugin(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    (tmp_path / "secrets.py").write_text("raise SystemExit('the program shadows Python')")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    process = subprocess.Popen(
        [str(PLUGIN), "127.0.0.1:1"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
def port(plugin: subprocess.Popen[str]) -> int:
    assert plugin.stdout is not None
    return int(plugin.stdout.readline())


def test_the_first_line_is_the_port_and_the_provider_answers_there(port: int) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        request = provider_pb2.ConfigureRequest(args=to_struct({"region": "us-east-1"}))
        assert stub.Configure(request).supportsPreview


def test_an_error_arrives_with_its_code_and_sentence(port: int) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        request = provider_pb2.ConfigureRequest(args=to_struct({"insecure": "true"}))
        with pytest.raises(grpc.RpcError) as caught:
            stub.Configure(request)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert "does not implement the provider setting insecure" in caught.value.details()


def test_interrupted_after_a_cancel_it_ends_at_once_and_says_nothing_more(
    plugin: subprocess.Popen[str], port: int
) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        provider_pb2_grpc.ResourceProviderStub(channel).Cancel(empty_pb2.Empty())
    plugin.send_signal(signal.SIGINT)
    output, _ = plugin.communicate(timeout=PATIENCE)
    assert plugin.returncode == 0
    assert output == ""


def test_it_ends_when_the_process_that_started_it_is_gone(tmp_path: Path) -> None:
    starter = (
        "import subprocess, sys\n"
        f"p = subprocess.Popen([{str(PLUGIN)!r}], stdout=subprocess.PIPE, text=True)\n"
        "print(p.pid, p.stdout.readline(), flush=True)\n"
    )
    started = subprocess.run(
        [sys.executable, "-c", starter], capture_output=True, text=True, check=True
    )
    pid = int(started.stdout.split()[0])
    until(lambda: has_ended(pid), "the plugin ends with the CLI that had started it")

"""Run a stack program: the code inside the child process.

Started as a script by `programs.py`, in one of two ways:
  host.py run RESULT FOLDER…    one program, in this process
  host.py fork-server FOLDER…   fork a child for each program; its pipes come over stdin
The folders are those of programs to come (see preload.py). A run request is one line of JSON on
the program's stdin. It carries the configuration, secrets included, which therefore never stands in
an argument or an environment variable.

Either way a program dies with the engine: only the engine has the write end of that stdin, and the
program leaves when it closes. (PR_SET_PDEATHSIG would do so on Linux alone, and it fires already
when the *thread* that started the process ends.)

This file imports nothing of ours: programs must not see the engine.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import select
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any

GC_THRESHOLD = (50_000, 20, 50)  # a program lives for a second: looking for garbage is wasted
SHOWN = 32  # Pulumi's exit code for "the error was already shown"


class QuietEngine:
    """The engine's log service without debug lines: the SDK sends six of them per resource."""

    def __init__(self, stub: Any) -> None:
        self._stub = stub

    def Log(self, request: Any) -> Any:  # noqa: N802  # the name in Pulumi's protocol
        """Pass on what a person may want to see."""
        if request.severity != 0:
            return self._stub.Log(request)
        return None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stub, name)


def watch(lifeline: int) -> None:
    """End this process at once when the engine is gone."""

    def wait() -> None:
        while os.read(lifeline, 1):
            pass
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def configure(request: dict[str, Any]) -> None:
    """Hook the SDK up to the engine that sent the request."""
    import grpc
    import pulumi.runtime
    from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
    from pulumi.runtime.proto import engine_pb2_grpc

    pulumi.runtime.config.set_all_config(request["config"], request["secret_keys"])
    channel = grpc.insecure_channel(request["address"], options=_GRPC_CHANNEL_OPTIONS)
    settings = pulumi.runtime.Settings(
        monitor=request["address"],
        engine=QuietEngine(engine_pb2_grpc.EngineStub(channel)),
        project=request["project"],
        stack=request["stack"],
        parallel=request["parallel"],
        dry_run=request["dry_run"],
        organization=request["organization"],
        root_directory=request["root"],
    )
    pulumi.runtime.configure(settings)


def execute(request: dict[str, Any]) -> None:
    """Run the program inside a stack resource, as Pulumi's language host does."""
    import asyncio
    import logging
    import runpy
    from concurrent.futures import ThreadPoolExecutor

    import pulumi.runtime

    configure(request)
    os.chdir(request["root"])
    sys.argv = [request["program"]]
    # A program that fails leaves futures behind; asyncio's complaints about them help nobody.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.set_default_executor(ThreadPoolExecutor(max_workers=max(request["parallel"], 1) * 4))

    async def program() -> None:
        runpy.run_path(request["program"], run_name="__main__")
        # One turn of the loop, for the calls to begin: the SDK then waits for them one by one. It
        # would walk over all outputs at every answer otherwise, which is quadratic (1,000
        # resources: 8 s of 11).
        await asyncio.sleep(0)

    loop.run_until_complete(pulumi.runtime.run_in_stack(program))


def run(request: dict[str, Any], result: int) -> None:
    """Run one program, write its report to the descriptor `result`, and end the process."""
    report: dict[str, Any] = {}
    try:
        execute(request)
    except BaseException as error:  # noqa: BLE001  # whatever a program raises is an answer
        report = load_sibling("failure").describe(error, request["root"])
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os.write(result, json.dumps(report).encode() + b"\n")
    os._exit(SHOWN if report else 0)


def read_line(descriptor: int) -> bytes:
    """Read one line, byte by byte past nothing: what follows it must stay in the pipe."""
    line = bytearray()
    while not line.endswith(b"\n"):
        chunk = os.read(descriptor, 1)
        if not chunk:
            return b""
        line += chunk
    return bytes(line)


def run_from_stdin(result: int) -> None:
    """Run the one request that stands on stdin."""
    line = read_line(0)
    if not line:
        os._exit(0)
    watch(0)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # both are real files
    run(json.loads(line), result)


def preload_until_input(descriptor: int, preload: Any) -> None:
    """Import what is in the queue until something comes in."""
    while not select.select([descriptor], [], [], 0)[0] and preload.step():
        pass


def fork_server(preload: Any) -> None:
    """Serve the socket at stdin: `warm FOLDER`, and `start FOLDER` with the pipes of a program."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are watched by their pipes
    gc.set_threshold(*GC_THRESHOLD)
    control = socket.socket(fileno=0)
    while True:
        preload_until_input(0, preload)
        message, pipes, _, _ = socket.recv_fds(control, 1 << 16, 4)
        if not message:
            os._exit(0)
        verb, _, folder = message.decode().partition(" ")
        if verb == "warm":
            preload.add(folder)
            continue
        preload.finish(folder)
        gc.freeze()  # or the collector would touch, and so copy, every shared page
        if os.fork() == 0:
            control.detach()
            run_forked(pipes)
        for pipe in pipes:
            os.close(pipe)


def run_forked(pipes: list[int]) -> None:
    """Run as a child of the fork server, with the given pipes as standard streams."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    stdin, stdout, stderr, result = pipes
    for pipe, descriptor in ((stdin, 0), (stdout, 1), (stderr, 2)):
        os.dup2(pipe, descriptor)
        os.close(pipe)
    run_from_stdin(result)


def load_sibling(name: str) -> Any:
    """Load a file of this folder without putting the folder on the path."""
    spec = importlib.util.spec_from_file_location(
        f"_{name}", Path(__file__).with_name(f"{name}.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Start in the way that the first argument names."""
    os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"
    for name in ("PULUMI_CONFIG", "PULUMI_CONFIG_SECRET_KEYS"):
        os.environ.pop(name, None)  # of some other run: this one's configuration is in the request
    mode, *rest = sys.argv[1:]
    preload = load_sibling("preload").Preload()
    for folder in rest if mode == "fork-server" else rest[1:]:
        preload.add(folder)
    if mode == "fork-server":
        fork_server(preload)
    preload_until_input(0, preload)
    run_from_stdin(int(rest[0]))


if __name__ == "__main__":
    main()

"""Run a stack program: the code inside the child process.

Started as a script by `program.py`, in one of two ways:
  program_host.py run RESULT PRELOAD…    one job, in this process
  program_host.py nursery PRELOAD…       fork a child for each job; its pipes come over stdin
A job is one line of JSON on the program's stdin. It carries the configuration, secrets included,
which therefore never stands in an argument or an environment variable.

Either way a program dies with the engine: only the engine has the write end of that stdin, and the
program leaves when it closes. (PR_SET_PDEATHSIG would do so on Linux alone, and it fires already
when the *thread* that started the process ends.)

This file imports nothing of ours: programs must not see the engine.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
import threading
import traceback
from typing import Any

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


def configure(job: dict[str, Any]) -> None:
    """Hook the SDK up to the engine that sent the job."""
    import grpc
    import pulumi.runtime
    from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
    from pulumi.runtime.proto import engine_pb2_grpc

    pulumi.runtime.config.set_all_config(job["config"], job["secret_keys"])
    channel = grpc.insecure_channel(job["address"], options=_GRPC_CHANNEL_OPTIONS)
    settings = pulumi.runtime.Settings(
        monitor=job["address"],
        engine=QuietEngine(engine_pb2_grpc.EngineStub(channel)),
        project=job["project"],
        stack=job["stack"],
        parallel=job["parallel"],
        dry_run=job["dry_run"],
        organization=job["organization"],
        root_directory=job["root"],
    )
    pulumi.runtime.configure(settings)


def execute(job: dict[str, Any]) -> None:
    """Run the program inside a stack resource, as Pulumi's language host does."""
    import asyncio
    import logging
    import runpy
    from concurrent.futures import ThreadPoolExecutor

    import pulumi.runtime

    configure(job)
    os.chdir(job["root"])
    sys.argv = [job["program"]]
    # A program that fails leaves futures behind; asyncio's complaints about them help nobody.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.set_default_executor(ThreadPoolExecutor(max_workers=max(job["parallel"], 1) * 4))

    def program() -> None:
        runpy.run_path(job["program"], run_name="__main__")

    loop.run_until_complete(pulumi.runtime.run_in_stack(program))


def own_frames(error: BaseException, root: str) -> list[traceback.FrameSummary]:
    """Pick the frames of the program and what it calls of its own, without SDK and libraries."""
    skipped = (os.sep + "site-packages" + os.sep, os.sep + "lib" + os.sep + "python", "<frozen")
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if not any(s in f.filename for s in skipped)]
    return [f for f in own if os.path.abspath(f.filename) != os.path.abspath(__file__)]


def place_of(error: BaseException, frames: list[traceback.FrameSummary], root: str) -> str:
    """Say `file:line` of an error, relative to the program's folder."""
    if isinstance(error, SyntaxError) and error.filename:
        file, line = error.filename, error.lineno
    elif frames:
        file, line = frames[-1].filename, frames[-1].lineno
    else:
        return ""
    near = os.path.relpath(file, root)
    return f"{file if near.startswith('..') else near}:{line}"


def describe(error: BaseException, root: str) -> dict[str, Any]:
    """Say what went wrong: one sentence, the place, and the program's own frames."""
    import pulumi

    if isinstance(error, SystemExit):
        failed = error.code not in (None, 0)
        text = f"the program exited with {error.code!r}"
        return {"error": text, "place": "", "trace": ""} if failed else {}
    frames = own_frames(error, root)
    kind = "run" if isinstance(error, pulumi.RunError) else "exception"
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    name = "" if kind == "run" else type(error).__name__ + (": " if text else "")
    trace = "".join(traceback.format_list(frames)).rstrip()
    return {
        "error": name + text,
        "kind": kind,
        "place": place_of(error, frames, root),
        "trace": trace,
    }


def run(job: dict[str, Any], result: int) -> None:
    """Run one job, write what became of it to the descriptor `result`, and end the process."""
    report: dict[str, Any] = {}
    try:
        execute(job)
    except BaseException as error:  # noqa: BLE001  # whatever a program raises is an answer
        report = describe(error, job["root"])
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


def preload(modules: list[str]) -> None:
    """Import what programs will import, while nobody waits for it."""
    for name in ["pulumi", *modules]:
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # the program itself will say so, if it needs it


def run_here(result: int) -> None:
    """Serve the one job that stands on stdin."""
    line = read_line(0)
    if not line:
        os._exit(0)
    watch(0)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # both are real files
    run(json.loads(line), result)


def nursery() -> None:
    """Fork a child for each set of pipes that comes over the socket at stdin."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are watched by their pipes
    gc.collect()
    gc.freeze()  # or the collector would touch, and so copy, every shared page
    control = socket.socket(fileno=0)
    while True:
        message, pipes, _, _ = socket.recv_fds(control, 1, 4)
        if not message:
            os._exit(0)
        if os.fork() == 0:
            control.detach()
            born(pipes)
        for pipe in pipes:
            os.close(pipe)


def born(pipes: list[int]) -> None:
    """Start life as the child of a nursery: put the pipes in their places and serve."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    stdin, stdout, stderr, result = pipes
    for pipe, descriptor in ((stdin, 0), (stdout, 1), (stderr, 2)):
        os.dup2(pipe, descriptor)
        os.close(pipe)
    run_here(result)


def main() -> None:
    """Start in the way that the first argument names."""
    del sys.path[0]  # the folder of this file: a program must not import its neighbours
    os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"
    for name in ("PULUMI_CONFIG", "PULUMI_CONFIG_SECRET_KEYS"):
        os.environ.pop(name, None)  # of some other run: this one's configuration is in the job
    mode, *rest = sys.argv[1:]
    if mode == "nursery":
        preload(rest)
        nursery()
    else:
        preload(rest[1:])
        run_here(int(rest[0]))


if __name__ == "__main__":
    main()

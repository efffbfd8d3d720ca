# ruff: noqa: N802  (the names of the methods are the protocol's)
"""A provider of things that live in one JSON file, so that many processes see the same world.

Package `fake`, type `fake:index:Thing`. Its inputs steer it:
  name      autonamed as <logical name>-<hex> when absent; a change replaces; unique in the world
  value     changes in place; a secret stays one only if the engine sees to it
  size      a change replaces, the old one going first
  fail      a list of the calls to refuse: check, create, update, read, delete
  partial   create makes the thing and then reports that it did not come up
  breaks    create makes the thing, but its answer gets lost
  slow      seconds that create, update and delete take
  after     create, update and delete end after so has been logged
  meets     create, update and delete end after so many of their kind have begun: `leaf0`, `leaf1` …
  refs      anything: a place for other things' outputs; a change replaces
Outputs: all inputs, `arn`, and `count` (how often it was updated).
"""

from __future__ import annotations

import fcntl
import json
import os
import string
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import errors_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from tests.patience import until

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
REPLACES = ("name", "size", "refs")


def plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Read a message."""
    return json_format.MessageToDict(struct)


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    """Write a message."""
    message = struct_pb2.Struct()
    message.update(values)
    return message


class World:
    """The things that exist, by id, and the log of all that was ever asked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log_path = path.with_suffix(".log")

    @contextmanager
    def open(self) -> Iterator[dict[str, Any]]:
        """Read and write the things, one process at a time."""
        with open(self.path.with_suffix(".lock"), "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            things = self.things()
            before = json.dumps(things)
            yield things
            if json.dumps(things) != before:
                new = self.path.with_suffix(".new")
                new.write_text(json.dumps(things))
                os.replace(new, self.path)

    def things(self) -> dict[str, Any]:
        """Return what exists."""
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def names(self) -> list[str]:
        """Name what exists."""
        return sorted(thing["name"] for thing in self.things().values())

    def log(self, *words: str) -> None:
        """Keep what was asked."""
        with open(self.log_path, "a") as log:
            log.write(" ".join(words) + "\n")

    def asked(self, word: str = "") -> list[str]:
        """Return what was asked, beginning with a word."""
        lines = self.log_path.read_text().splitlines() if self.log_path.exists() else []
        return [line for line in lines if line.startswith(word)]

    def forget(self) -> None:
        """Empty the log."""
        self.log_path.unlink(missing_ok=True)


class FakeProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Serves the package `fake` over a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.config: dict[str, Any] = {}

    def CheckConfig(self, request: Any, context: Any) -> Any:
        """Accept every configuration but a bad region."""
        if plain(request.news).get("region") == "mars":
            failure = provider_pb2.CheckFailure(property="region", reason="there is no such region")
            return provider_pb2.CheckResponse(failures=[failure])
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        """Another region needs other things."""
        kinds = provider_pb2.DiffResponse
        old, new = plain(request.old_inputs), plain(request.news)
        if old == new:
            return kinds(changes=kinds.DIFF_NONE)
        replaces = ["region"] if old.get("region") != new.get("region") else []
        return kinds(changes=kinds.DIFF_SOME, replaces=replaces)

    def Configure(self, request: Any, context: Any) -> Any:
        """Remember the configuration."""
        self.config = plain(request.args)
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Check(self, request: Any, context: Any) -> Any:
        """Name a thing that has no name; keep the name that it had."""
        new_inputs, old_inputs = plain(request.news), plain(request.olds)
        if "check" in (new_inputs.get("fail") or []):
            by = f" by {new_inputs['value']}" if "value" in new_inputs else ""
            failure = provider_pb2.CheckFailure(property="fail", reason=f"told to{by}")
            return provider_pb2.CheckResponse(inputs=request.news, failures=[failure])
        if "name" not in new_inputs:
            fresh = f"{request.name}-{request.randomSeed.hex()[:7]}"
            new_inputs["name"] = old_inputs.get("name") or fresh
        return provider_pb2.CheckResponse(inputs=struct(new_inputs))

    def Diff(self, request: Any, context: Any) -> Any:
        """Compare all inputs."""
        self.world.log("diff", request.urn.rsplit("::")[-1])
        old_inputs, new_inputs = plain(request.old_inputs), plain(request.news)
        changed = sorted(
            k
            for k in old_inputs.keys() | new_inputs.keys()
            if old_inputs.get(k) != new_inputs.get(k)
        )
        kinds = provider_pb2.DiffResponse
        return kinds(
            changes=kinds.DIFF_SOME if changed else kinds.DIFF_NONE,
            diffs=changed,
            replaces=[key for key in changed if key in REPLACES],
            deleteBeforeReplace="size" in changed,
        )

    def _may(self, verb: str, urn: str, inputs: dict[str, Any], context: Any) -> None:
        name = urn.rsplit("::")[-1]
        self.world.log(verb, name)
        if verb in (inputs.get("fail") or []):
            context.abort(grpc.StatusCode.UNKNOWN, f"{verb} was told to fail")
        if verb != "read":
            time.sleep(inputs.get("slow") or 0)
            until(lambda: self.world.asked(inputs.get("after") or ""), f"{name} goes on")
            kind = f"{verb} {name.rstrip(string.digits)}"
            until(lambda: len(self.world.asked(kind)) >= (inputs.get("meets") or 0), kind)

    def Create(self, request: Any, context: Any) -> Any:
        """Make a thing."""
        inputs = plain(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=request.properties)
        self._may("create", request.urn, inputs, context)
        identity = f"id-{uuid.uuid4().hex[:12]}"
        with self.world.open() as things:
            if any(thing["name"] == inputs["name"] for thing in things.values()):
                context.abort(grpc.StatusCode.ALREADY_EXISTS, f"{inputs['name']} exists already")
            arn = f"arn:fake:{self.config.get('region', 'here')}:{inputs['name']}"
            things[identity] = {**inputs, "arn": arn, "count": 0}
            outputs = things[identity]
        self.world.log("created", inputs["name"])
        if inputs.get("breaks"):
            self._break(context)
        if inputs.get("partial"):
            self._abort_partial(identity, outputs, context)
        return provider_pb2.CreateResponse(id=identity, properties=struct(outputs))

    def _break(self, context: Any) -> None:
        try:
            raise ConnectionResetError
        except OSError:
            context.abort(grpc.StatusCode.UNKNOWN, "the connection broke")

    def _abort_partial(self, identity: str, outputs: dict[str, Any], context: Any) -> None:
        failed = provider_pb2.ErrorResourceInitFailed(
            id=identity, properties=struct(outputs), reasons=["it did not come up"]
        )
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message="partial")
        status.details.add().Pack(failed)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, "partial")

    def Read(self, request: Any, context: Any) -> Any:
        """Look at a thing, or find the one that these inputs would make."""
        inputs, state = plain(request.inputs), plain(request.properties)
        self._may("read", request.urn, {**state, **inputs}, context)
        things = self.world.things()
        identity = request.id
        if not identity:
            found = [key for key, thing in things.items() if thing["name"] == inputs.get("name")]
            identity = found[0] if found else ""
        thing = things.get(identity)
        if thing is None:
            return provider_pb2.ReadResponse()
        known = {key: value for key, value in thing.items() if key not in ("arn", "count")}
        return provider_pb2.ReadResponse(
            id=identity, properties=struct(thing), inputs=struct(known)
        )

    def Update(self, request: Any, context: Any) -> Any:
        """Change a thing."""
        new_inputs = plain(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(
                properties=struct({**plain(request.olds), **new_inputs, "count": UNKNOWN})
            )
        self._may("update", request.urn, new_inputs, context)
        with self.world.open() as things:
            old = things[request.id]
            things[request.id] = {**new_inputs, "arn": old["arn"], "count": old["count"] + 1}
            outputs = things[request.id]
        return provider_pb2.UpdateResponse(properties=struct(outputs))

    def Delete(self, request: Any, context: Any) -> Any:
        """Remove a thing; one that is gone is fine."""
        self._may("delete", request.urn, plain(request.old_inputs), context)
        with self.world.open() as things:
            things.pop(request.id, None)
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:
        """Echo the arguments, or fail if told to."""
        args = plain(request.args)
        if args.get("fail"):
            context.abort(grpc.StatusCode.UNKNOWN, "the function was told to fail")
        response = provider_pb2.InvokeResponse()
        answer = {"echo": args.get("say"), "region": self.config.get("region", "here")}
        getattr(response, "return").CopyFrom(struct(answer))
        return response


__all__ = ["FakeProvider", "World", "errors_pb2"]

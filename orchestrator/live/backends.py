"""Where Pulumi's states lie, and how every stack of every project there is read.

A folder and S3 are read directly, one small read per stack, as the Pulumi CLI lays them out;
other backends are asked through the CLI.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from orchestrator.errors import MicrostackError
from orchestrator.live.deployed_stack import DeployedStack, from_deployment

READERS: Final = 16
"""Reads at once."""
STATES: Final = ".pulumi/stacks/"
"""Where the CLI's file backends keep states: `<project>/<stack>.json`, or `.json.gz`."""


class BackendUnreadable(MicrostackError):
    """The states cannot be read; the text says where and why."""


def backend_url(environment: Mapping[str, str]) -> str:
    """Which backend the Pulumi CLI is logged in to: by PULUMI_BACKEND_URL, or by its own note."""
    if url := environment.get("PULUMI_BACKEND_URL"):
        return url
    home = Path(environment.get("PULUMI_HOME") or Path.home() / ".pulumi")
    try:
        note = json.loads((home / "credentials.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(note.get("current") or "") if isinstance(note, dict) else ""


def deployed_stacks(environment: Mapping[str, str]) -> list[DeployedStack]:
    """Every stack of every project in the backend of this process environment.

    Raises BackendUnreadable.
    """
    url = backend_url(environment)
    match urlsplit(url).scheme:
        case "file":
            return from_folder(url)
        case "s3":
            return from_s3(url, environment)
    return from_cli(environment)


def from_folder(url: str) -> list[DeployedStack]:
    """The stacks of a backend in a folder, with what an interrupted run has not folded yet."""
    from localcloud.api import EngineError, StackFiles, recorded_stacks

    def read(files: StackFiles) -> DeployedStack:
        document, _ = files.current()
        return from_deployment(
            files.project, files.stack, document["checkpoint"].get("latest") or {}
        )

    try:
        return [read(files) for files in recorded_stacks(url)]  # threads would wait for one another
    except EngineError as error:
        raise BackendUnreadable(str(error)) from None


def from_s3(url: str, environment: Mapping[str, str]) -> list[DeployedStack]:
    """The stacks of a backend in a bucket: `s3://bucket/prefix?region=…&profile=…&endpoint=…`."""
    from botocore.exceptions import BotoCoreError, ClientError

    parts = urlsplit(url)
    prefix = f"{parts.path.strip('/')}/{STATES}".lstrip("/")
    client = _s3(parse_qs(parts.query), environment)

    def read(key: str) -> DeployedStack:
        content = client.get_object(Bucket=parts.netloc, Key=key)["Body"].read()
        project, _, file = key.removeprefix(prefix).partition("/")
        return from_deployment(project, file.partition(".json")[0], _latest(content, key))

    try:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=parts.netloc, Prefix=prefix)
        keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
        return _at_once(read, [key for key in keys if key.endswith((".json", ".json.gz"))])
    except (BotoCoreError, ClientError) as error:
        raise BackendUnreadable(f"The states in {url} cannot be read: {error}") from None


def _s3(options: Mapping[str, list[str]], environment: Mapping[str, str]) -> Any:
    import boto3

    def option(name: str) -> str | None:
        return next(iter(options.get(name, ())), None)

    session = boto3.Session(profile_name=option("profile"), region_name=option("region"))
    return session.client(
        "s3", endpoint_url=option("endpoint") or environment.get("AWS_ENDPOINT_URL")
    )


def _latest(content: bytes, where: str) -> dict[str, Any]:
    try:
        document = json.loads(gzip.decompress(content) if where.endswith(".gz") else content)
        return document["checkpoint"].get("latest") or {}
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise BackendUnreadable(f"The state {where} is damaged ({error}).") from None


def from_cli(environment: Mapping[str, str]) -> list[DeployedStack]:
    """The same through the Pulumi CLI: `stack ls --all`, then one `stack export` for each."""
    listed = _pulumi(["stack", "ls", "--all", "--json"], environment)

    def read(name: str) -> DeployedStack:
        exported = _pulumi(["stack", "export", "--stack", name], environment)
        _, project, stack = name.rsplit("/", 2) if name.count("/") > 1 else ("", *name.split("/"))
        return from_deployment(project, stack, exported.get("deployment") or {})

    return _at_once(read, [item["name"] for item in listed if item["name"].count("/")])


def _pulumi(arguments: list[str], environment: Mapping[str, str]) -> Any:
    done = subprocess.run(
        ["pulumi", *arguments, "--non-interactive"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackendUnreadable(f"pulumi {' '.join(arguments)}: {done.stderr.strip()}")
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise BackendUnreadable(f"pulumi {' '.join(arguments)} answers no JSON.") from None


def _at_once(read: Callable[[str], DeployedStack], names: Iterable[str]) -> list[DeployedStack]:
    with ThreadPoolExecutor(READERS, thread_name_prefix="state") as pool:
        return list(pool.map(read, names))

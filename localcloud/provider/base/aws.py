"""AWS as the resource types see it: shared boto3 clients, account, region, waiting, retrying."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlsplit

from localcloud.provider.base.errors import (
    Cancelled,
    ConfigRefused,
    WaitedTooLong,
    code_of,
    message_of,
)

T = TypeVar("T")

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
_POOL = 32  # connections a client keeps open: the engine calls from 16 threads, the CLI from more


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where AWS is and who we are; what is None follows boto3's usual chain."""

    region: str
    access_key: str | None = None
    secret_key: str | None = None
    token: str | None = None
    profile: str | None = None
    endpoint: str | None = None
    endpoints: Mapping[str, str] = field(default_factory=dict)
    max_attempts: int = 5
    path_style: bool = False
    default_tags: Mapping[str, str] = field(default_factory=dict)
    emulated: bool = False


def is_emulator(environment: Mapping[str, str]) -> bool:
    """Whether the endpoint is an emulator: by MICROSTACK_EMULATED, else any loopback address."""
    configured = environment.get("MICROSTACK_EMULATED")
    if configured is not None:
        return configured.strip().lower() in ("1", "true", "yes")
    return urlsplit(environment.get("AWS_ENDPOINT_URL", "")).hostname in _LOOPBACK


class ClientPool:
    """boto3 clients, made on first use and shared by all threads and providers of a process.

    A client costs some 30 ms and 2 MB, most of it AWS's description of the service.
    boto3 is imported here, on first use: a program that only previews without reading needs none.
    """

    def __init__(self) -> None:
        self._sessions: dict[_Access, Any] = {}
        self._clients: dict[tuple[_Access, str, str], Any] = {}
        self._lock = threading.RLock()

    def client(self, settings: Settings, service: str, region: str) -> Any:
        """Return the shared client of a service in a region, for these settings' credentials."""
        key = (_access(settings), service, region)
        found = self._clients.get(key)
        if found is not None:
            return found
        with self._lock:  # making one is not safe to do twice at once
            if key not in self._clients:
                self._clients[key] = self._make(settings, service, region)
            return self._clients[key]

    def warm(self, settings: Settings) -> None:
        """Load boto3 and the client that programs ask first, while nobody waits for them."""

        def load() -> None:
            with contextlib.suppress(Exception):  # whoever needs the client gets the error
                self.client(settings, "sts", settings.region)

        threading.Thread(target=load, daemon=True).start()

    def _make(self, settings: Settings, service: str, region: str) -> Any:
        from botocore.config import Config

        config = Config(
            retries={"mode": "standard", "max_attempts": settings.max_attempts},
            max_pool_connections=_POOL,
            connect_timeout=10,
            s3={"addressing_style": "path"} if settings.path_style else None,
        )
        endpoint = settings.endpoints.get(service, settings.endpoint)
        return self._session(settings).client(
            service, region_name=region, endpoint_url=endpoint, config=config
        )

    def _session(self, settings: Settings) -> Any:
        import boto3.session

        access = _access(settings)
        if access not in self._sessions:
            self._sessions[access] = boto3.session.Session(
                aws_access_key_id=settings.access_key,
                aws_secret_access_key=settings.secret_key,
                aws_session_token=settings.token,
                profile_name=settings.profile,
            )
        return self._sessions[access]


_Access = tuple[object, ...]  # all of the settings that a client depends on


def _access(settings: Settings) -> _Access:
    endpoints = tuple(sorted(settings.endpoints.items()))
    who = (settings.access_key, settings.secret_key, settings.token, settings.profile)
    return (*who, settings.endpoint, endpoints, settings.max_attempts, settings.path_style)


class Connections:
    """One configured provider's way to AWS: its settings over a pool of clients."""

    def __init__(self, settings: Settings, pool: ClientPool | None = None) -> None:
        self.settings = settings
        self.cancelled = threading.Event()
        self._pool = pool or ClientPool()
        self._lock = threading.RLock()

    def client(self, service: str, region: str) -> Any:
        """Return the shared client of a service in a region."""
        return self._pool.client(self.settings, service, region)

    @cached_property
    def account_id(self) -> str:
        """The account that the credentials belong to."""
        with self._lock:
            return str(self.identity["Account"])

    @cached_property
    def identity(self) -> dict[str, Any]:
        """STS's answer to who is calling."""
        with self._lock:
            answer = self.client("sts", self.settings.region).get_caller_identity()
            return dict(answer)


@dataclass(frozen=True)
class Aws:
    """What a resource type is given to call AWS with, bound to one region."""

    connections: Connections
    region: str
    timeout: float = 0.0  # the program's customTimeouts for this operation, in seconds; 0: not set

    def client(self, service: str, region: str | None = None) -> Any:
        """Return the boto3 client of a service, in this resource's region or the one named."""
        return self.connections.client(service, region or self.region)

    def at(self, region: str | None, timeout: float = 0.0) -> Aws:
        """Return the same account in another region, with another time limit."""
        return replace(self, region=region or self.connections.settings.region, timeout=timeout)

    @property
    def account_id(self) -> str:
        """The account that the credentials belong to."""
        return self.connections.account_id

    @property
    def partition(self) -> str:
        """The partition of the region: aws, aws-cn or aws-us-gov."""
        return next((p for lead, p in _PARTITIONS.items() if self.region.startswith(lead)), "aws")

    @property
    def emulated(self) -> bool:
        """Whether the endpoint is an emulator, which lacks some services."""
        return self.connections.settings.emulated

    def arn(self, service: str, resource: str, *, region: str | None = None) -> str:
        """Compose an ARN in this account; pass `region=""` for global services."""
        where = self.region if region is None else region
        return f"arn:{self.partition}:{service}:{where}:{self.account_id}:{resource}"

    def wait(self, check: Callable[[], T | None], *, what: str, timeout: float = 300.0) -> T:
        """Call `check` until it gives something true, and return that.

        `what` completes "waited … seconds for". The program's custom timeout overrides `timeout`.
        """
        limit, pause = self.timeout or timeout, 0.05
        deadline = time.monotonic() + limit
        while True:
            answer = check()
            if answer:
                return answer
            if time.monotonic() + pause > deadline:
                raise WaitedTooLong(f"waited {limit:g} seconds for {what}")
            self._pause(pause)
            pause = min(pause * 1.5, 5.0)

    def retry(self, call: Callable[[], T], codes: Mapping[str, str], *, timeout: float = 30.0) -> T:
        """Call until AWS has caught up with itself.

        `codes` maps error codes that are worth retrying to a part of the message ("" for any).
        """
        deadline, pause = time.monotonic() + timeout, 0.25
        while True:
            try:
                return call()
            except Exception as error:
                if not _listed(error, codes) or time.monotonic() + pause > deadline:
                    raise
            self._pause(pause)
            pause = min(pause * 2, 4.0)

    def _pause(self, seconds: float) -> None:
        if self.connections.cancelled.wait(seconds):
            raise Cancelled("the operation was cancelled while it waited for AWS")


def _listed(error: Exception, codes: Mapping[str, str]) -> bool:
    fragment = codes.get(code_of(error))
    return fragment is not None and fragment in message_of(error)


def region_of(configured: str | None, environment: Mapping[str, str]) -> str:
    """Find the region: configured, else from the environment; a sentence when there is none."""
    region = configured or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    if not region:
        raise ConfigRefused(
            "no AWS region is configured; set one with `pulumi config set aws:region <region>`"
        )
    return region


def process_environment() -> Mapping[str, str]:
    """Return the environment that a provider uses when it is given none of its own."""
    return os.environ

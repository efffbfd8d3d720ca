"""Speaks the provider protocol to a provider in this process, as an engine does."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

import grpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from localcloud.provider import AwsProvider
from localcloud.provider.base.values import from_struct, to_struct
from tests.localcloud.provider.samples import Made, Needs, Props, Sample, evaluated, sample_of


class Refused(Exception):
    """The provider aborted the call."""

    def __init__(self, code: grpc.StatusCode, details: str, status: Any = None) -> None:
        super().__init__(details)
        self.code, self.details, self.status = code, details, status

    def init_failed(self) -> provider_pb2.ErrorResourceInitFailed:
        """Unpack what the provider says about a resource that exists but is not complete."""
        packed = dict(self.status.trailing_metadata)["grpc-status-details-bin"]
        detail = provider_pb2.ErrorResourceInitFailed()
        assert status_pb2.Status.FromString(packed).details[0].Unpack(detail)
        return detail


class Context:
    """The two methods of a gRPC context that the provider uses."""

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        raise Refused(code, details)

    def abort_with_status(self, status: Any) -> NoReturn:
        raise Refused(status.code, status.details, status)


@dataclass
class Resource:
    """A resource as an engine has it on record."""

    token: str
    urn: str
    id: str
    inputs: Props
    outputs: Props


class Driver:
    """An engine's side of the protocol, for tests."""

    def __init__(self, environment: Mapping[str, str], config: Props | None = None) -> None:
        self.provider = AwsProvider(environment)
        self.context = Context()
        self.provider.Configure(
            provider_pb2.ConfigureRequest(args=to_struct(config or {})), self.context
        )

    def check(self, token: str, news: Props, olds: Props | None = None, name: str = "it") -> Props:
        request = provider_pb2.CheckRequest(
            urn=urn(token, name),
            news=to_struct(news),
            olds=to_struct(olds or {}),
            randomSeed=uuid.uuid4().bytes,
        )
        response = self.provider.Check(request, self.context)
        assert not response.failures, [f"{f.property}: {f.reason}" for f in response.failures]
        return from_struct(response.inputs)

    def failures(self, token: str, news: Props) -> dict[str, str]:
        request = provider_pb2.CheckRequest(urn=urn(token, "it"), news=to_struct(news))
        response = self.provider.Check(request, self.context)
        return {failure.property: failure.reason for failure in response.failures}

    def create(self, token: str, news: Props, name: str = "it") -> Resource:
        inputs = self.check(token, news, name=name)
        request = provider_pb2.CreateRequest(
            urn=urn(token, name), properties=to_struct(inputs), name=name, type=token
        )
        response = self.provider.Create(request, self.context)
        return Resource(
            token, urn(token, name), response.id, inputs, from_struct(response.properties)
        )

    def diff(self, on_record: Resource, news: Props) -> provider_pb2.DiffResponse:
        request = provider_pb2.DiffRequest(
            id=on_record.id,
            urn=on_record.urn,
            olds=to_struct(on_record.outputs),
            old_inputs=to_struct(on_record.inputs),
            news=to_struct(news),
        )
        response: provider_pb2.DiffResponse = self.provider.Diff(request, self.context)
        return response

    def read(self, on_record: Resource, *, id: str | None = None) -> Resource | None:
        request = provider_pb2.ReadRequest(
            id=on_record.id if id is None else id,
            urn=on_record.urn,
            properties=to_struct(on_record.outputs),
            inputs=to_struct(on_record.inputs),
        )
        found = self.provider.Read(request, self.context)
        if not found.id:
            return None
        inputs, outputs = from_struct(found.inputs), from_struct(found.properties)
        return Resource(on_record.token, on_record.urn, found.id, inputs, outputs)

    def update(self, on_record: Resource, news: Props) -> Resource:
        request = provider_pb2.UpdateRequest(
            id=on_record.id,
            urn=on_record.urn,
            olds=to_struct(on_record.outputs),
            old_inputs=to_struct(on_record.inputs),
            news=to_struct(news),
        )
        response = self.provider.Update(request, self.context)
        outputs = from_struct(response.properties)
        return Resource(on_record.token, on_record.urn, on_record.id, news, outputs)

    def delete(self, on_record: Resource) -> None:
        request = provider_pb2.DeleteRequest(
            id=on_record.id,
            urn=on_record.urn,
            properties=to_struct(on_record.outputs),
            old_inputs=to_struct(on_record.inputs),
        )
        self.provider.Delete(request, self.context)

    def invoke(self, token: str, args: Props | None = None) -> Props:
        request = provider_pb2.InvokeRequest(tok=token, args=to_struct(args or {}))
        return from_struct(getattr(self.provider.Invoke(request, self.context), "return"))

    @contextmanager
    def needs_of(self, sample: Sample) -> Iterator[Needs]:
        """Make everything that a sample needs, and remove it afterwards."""
        made: dict[str, Made] = {}
        with _stack(self) as stack:
            for name, token in sample.needs.items():
                made[name] = stack.make(sample_of(token))
            yield Needs(uuid.uuid4().hex[:8], made)

    @contextmanager
    def made(self, sample: Sample) -> Iterator[tuple[Resource, Props, Needs]]:
        """Make a sample's resource: gives it, the program's inputs, and what it stands on."""
        with self.needs_of(sample) as needs:
            wanted = evaluated(sample.inputs, needs)
            resource = self.create(sample.token, wanted)
            try:
                yield resource, wanted, needs
            finally:
                self.delete(resource)


class _Stack:
    def __init__(self, driver: Driver) -> None:
        self.driver, self.made = driver, list[Resource]()

    def make(self, sample: Sample) -> Made:
        below = {name: self.make(sample_of(token)) for name, token in sample.needs.items()}
        inputs = evaluated(sample.inputs, Needs(uuid.uuid4().hex[:8], below))
        resource = self.driver.create(sample.token, inputs, name="needed")
        self.made.append(resource)
        return Made(resource.id, resource.outputs)


@contextmanager
def _stack(driver: Driver) -> Iterator[_Stack]:
    stack = _Stack(driver)
    try:
        yield stack
    finally:
        for resource in reversed(stack.made):
            driver.delete(resource)


def urn(token: str, name: str) -> str:
    """Name a resource as Pulumi does."""
    return f"urn:pulumi:test::conformance::{token}::{name}"

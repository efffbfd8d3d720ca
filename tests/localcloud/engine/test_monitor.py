from __future__ import annotations

from pathlib import Path

import pytest
from pulumi.runtime.proto import resource_pb2

from localcloud.engine.api import BadRegistration
from localcloud.engine.monitor import ResourceMonitor
from tests.localcloud.engine.lab import Lab


def test_every_method_of_the_protocol_is_answered() -> None:
    """What is not implemented is refused by name, so nothing may be left to gRPC's default."""
    service = resource_pb2.DESCRIPTOR.services_by_name["ResourceMonitor"]
    for method in service.methods:
        assert method.name in vars(ResourceMonitor), method.name


def test_a_parent_that_was_never_registered_is_refused(lab: Lab) -> None:
    with pytest.raises(BadRegistration, match="The parent .*::nobody was never registered"):
        lab.up("""
        from pulumi.runtime.proto import resource_pb2
        monitor = pulumi.runtime.settings.get_monitor()
        monitor.RegisterResource(resource_pb2.RegisterResourceRequest(
            type="fake:index:Thing", name="x", custom=True,
            parent="urn:pulumi:dev::p::test:index:Group::nobody"))
        """)


def test_outputs_of_what_was_never_registered_are_refused(lab: Lab) -> None:
    with pytest.raises(BadRegistration, match="Outputs came for .*::nobody"):
        lab.up("""
        from pulumi.runtime.proto import resource_pb2
        monitor = pulumi.runtime.settings.get_monitor()
        monitor.RegisterResourceOutputs(resource_pb2.RegisterResourceOutputsRequest(
            urn="urn:pulumi:dev::p::test:index:Group::nobody"))
        """)


def test_a_fault_of_the_engine_ends_the_run(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, goal: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("localcloud.engine.planner.Planner.register", broken)
    with pytest.raises(Exception, match="internal fault: ZeroDivisionError: oops"):
        lab.up("pass")
    assert Path(lab.folder).exists()

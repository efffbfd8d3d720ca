from __future__ import annotations

from pathlib import Path

import pytest
from pulumi.runtime.proto import resource_pb2

from localcloud.engine.api import BadRegistration
from localcloud.engine.program.monitor import ResourceMonitor
from localcloud.engine.steps.goal import UnsupportedOption
from tests.localcloud.engine.lab import Lab


def test_every_method_of_the_protocol_is_answered() -> None:
    """What is not implemented is refused by name, so nothing may be left to gRPC's default."""
    service = resource_pb2.DESCRIPTOR.services_by_name["ResourceMonitor"]
    for method in service.methods:
        assert method.name in vars(ResourceMonitor), method.name


REFUSED = {
    "The program uses transforms": "pulumi.runtime.register_resource_transform(lambda args: None)",
    "The program uses invoke transforms": (
        "pulumi.runtime.register_invoke_transform(lambda args: None)"
    ),
    "The program uses the parameterized package b": """
        package = pulumi.runtime.register_package("b", "1.0.0", "", "n", "1.0.0", "")
        export("x", Output.from_input(package))""",
    "The program uses the method fake:index:Thing/method": (
        "pulumi.runtime.call('fake:index:Thing/method', {})"
    ),
    "resource 'r' (fake:index:Remote) uses remote components": """
        class R(ComponentResource):
            def __init__(self):
                super().__init__("fake:index:Remote", "r", {}, None, True)
        R()""",
    "the call of fake:index:look uses plugin_download_url": """
        call("fake:index:look", {}, plugin_download_url="https://x.test")""",
    "reading 'a' (fake:index:Thing) uses plugin_download_url": """
        Thing("a", opts=Opts(id="1", plugin_download_url="https://x.test"))""",
}
"""What the engine says -> program."""


@pytest.mark.parametrize("option", REFUSED)
def test_what_is_not_implemented_is_refused_by_name(lab: Lab, option: str) -> None:
    with pytest.raises(UnsupportedOption) as failure:
        lab.up(REFUSED[option] + "\nThing('a')")
    assert str(failure.value) == (
        f"{option}, which the embedded engine does not implement "
        "(the Pulumi CLI does: --deployer cli)."
    )


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

    monkeypatch.setattr("localcloud.engine.planning.planner.Planner.register", broken)
    with pytest.raises(Exception, match="internal fault: ZeroDivisionError: oops"):
        lab.up("pass")
    assert Path(lab.folder).exists()

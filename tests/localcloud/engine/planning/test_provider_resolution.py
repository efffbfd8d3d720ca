from __future__ import annotations

import pytest

from localcloud.engine.api import BadRegistration
from localcloud.engine.values.values import Secret
from tests.localcloud.engine.lab import Lab


def provider(lab: Lab, name: str) -> dict[str, object]:
    """Find a provider resource in the state file."""
    resources = lab.document()["checkpoint"]["latest"]["resources"]
    return next(
        r for r in resources if r["urn"].endswith(f"::{name}") and "pulumi:providers" in r["type"]
    )


def test_the_default_provider_is_configured_from_the_stack(lab: Lab) -> None:
    lab.configure("fake:region", "mars-2")
    lab.configure("fake:tags", {"a": "b"})
    lab.configure("fake:token", "hush-hush", secret=True)
    lab.configure("p:region", "not this")

    lab.up('Thing("a", name="x", opts=Opts(version="1.2.3"))')

    assert lab.thing("a")["arn"] == "arn:fake:mars-2:x"
    assert lab.state("default_1_2_3").inputs == {
        "__internal": {},
        "region": "mars-2",
        "tags": '{"a":"b"}',
        "token": Secret("hush-hush"),
        "version": "1.2.3",
    }
    outputs = lab.state("default_1_2_3").outputs
    assert "__internal" not in outputs
    assert outputs["version"] == "1.2.3"
    assert "hush-hush" not in lab.state_text()
    assert provider(lab, "default_1_2_3")["urn"] == (
        "urn:pulumi:dev::p::pulumi:providers:fake::default_1_2_3"
    )


def test_one_default_provider_serves_all(lab: Lab) -> None:
    lab.up('for i in range(20): Thing(f"t{i}")')
    kinds = [s.type for s in lab.snapshot().resources]
    assert kinds.count("pulumi:providers:fake") == 1


def test_explicit_providers_serve_what_names_them(lab: Lab) -> None:
    program = """
        west = Fake("west", region="west")
        a = Thing("a", name="x")
        b = Thing("b", name="y", opts=Opts(provider=west))
        g = Group("g", opts=Opts(providers=[west]))
        c = Thing("c", name="z", opts=Opts(parent=g))
        export("where", call("fake:index:look", {}, provider=west)["region"])
        """
    assert lab.preview(program).changes == {"create": 6}
    result = lab.up(program)

    assert result.outputs == {"where": "west"}
    assert lab.thing("a")["arn"] == "arn:fake:here:x"
    assert lab.thing("b")["arn"] == "arn:fake:west:y"
    assert lab.thing("c")["arn"] == "arn:fake:west:z"
    assert lab.up().changes == {"same": 6}
    assert lab.destroy().changes == {"delete": 6}
    assert lab.world.names() == []


def test_a_new_version_of_the_default_provider_touches_nothing(lab: Lab) -> None:
    lab.up('Thing("a", opts=Opts(version="1.0.0"))')

    assert lab.up('Thing("a", opts=Opts(version="1.1.0"))').changes == {"same": 2}
    assert [s.urn.rsplit("::")[-1] for s in lab.snapshot().resources] == [
        "p-dev",
        "default_1_1_0",
        "a",
    ]


def test_default_providers_can_be_disabled(lab: Lab) -> None:
    lab.configure("pulumi:disable-default-providers", ["fake"])
    with pytest.raises(BadRegistration, match="disables the default provider of 'fake'"):
        lab.up('Thing("a")')
    assert lab.up('Thing("a", opts=Opts(provider=Fake("f")))').changes["create"] == 2

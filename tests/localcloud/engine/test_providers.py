from __future__ import annotations

import pytest

from localcloud.engine import BadRegistration, EngineError, InputsRefused, NoProvider
from localcloud.engine.providers import default_inputs, default_name
from localcloud.engine.values import Secret
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


def test_a_change_of_the_region_replaces_provider_and_resources(lab: Lab) -> None:
    program = 'Thing("a", refs=[1], opts=Opts(provider=Fake("f", region="{}")))'
    lab.up(program.format("west"))
    arn = lab.thing("a")["arn"]

    result = lab.up(program.format("east"))

    assert result.changes == {"same": 1, "replace": 2}
    assert lab.thing("a")["arn"] != arn
    assert lab.thing("a")["arn"].startswith("arn:fake:east:")
    assert len(lab.world.names()) == 1


def test_another_setting_of_a_provider_is_an_update(lab: Lab) -> None:
    program = 'Thing("a", opts=Opts(provider=Fake("f", region="w", note="{}")))'
    lab.up(program.format(1))
    identity = lab.state("f").id

    assert lab.up(program.format(2)).changes == {"update": 1, "same": 2}
    assert lab.state("f").id == identity


def test_a_new_version_of_the_default_provider_touches_nothing(lab: Lab) -> None:
    lab.up('Thing("a", opts=Opts(version="1.0.0"))')

    assert lab.up('Thing("a", opts=Opts(version="1.1.0"))').changes == {"same": 2}
    assert [s.urn.rsplit("::")[-1] for s in lab.snapshot().resources] == [
        "p-dev",
        "default_1_1_0",
        "a",
    ]


def test_a_provider_that_nobody_can_know_yet(lab: Lab) -> None:
    """In a preview its configuration is unknown, so nothing of it can be asked."""
    program = """
        a = Thing("a", name="x")
        f = Fake("f", region=a.arn)
        b = Thing("b", name="y", opts=Opts(provider=f))
        export("b", b.arn)
        """
    result = lab.preview(program)
    assert result.changes == {"create": 4}
    assert result.outputs == {"b": None}
    assert lab.up(program).outputs == {"b": "arn:fake:arn:fake:here:x:y"}


def test_a_renamed_provider_is_an_alias_away(lab: Lab) -> None:
    lab.up('Thing("a", opts=Opts(provider=Fake("f", region="w")))')
    opts = 'opts=Opts(aliases=[Alias(name="f")])'
    result = lab.up(f'Thing("a", opts=Opts(provider=Fake("g", region="w", {opts})))')

    assert result.changes == {"same": 3}
    assert lab.state("a").provider.startswith(lab.state("g").urn)


def test_an_unknown_package_is_named(lab: Lab) -> None:
    with pytest.raises(EngineError, match="There is no provider for package 'gcp'.*it has: fake"):
        lab.up('Thing("a", type_="gcp:index:Thing")')


def test_refused_configuration_is_named(lab: Lab) -> None:
    with pytest.raises(InputsRefused, match="region: there is no such region"):
        lab.up('Fake("f", region="mars")')


def test_default_providers_can_be_disabled(lab: Lab) -> None:
    lab.configure("pulumi:disable-default-providers", ["fake"])
    with pytest.raises(BadRegistration, match="disables the default provider of 'fake'"):
        lab.up('Thing("a")')
    assert lab.up('Thing("a", opts=Opts(provider=Fake("f")))').changes["create"] == 2


def test_a_provider_that_is_not_here_any_more_is_named_when_deleting(lab: Lab) -> None:
    lab.up('Thing("a")')
    lab.engine.providers.clear()
    with pytest.raises(NoProvider, match="package 'fake'"):
        lab.destroy()


def test_names_of_default_providers() -> None:
    assert default_name("") == "default"
    assert default_name("7.51.1") == "default_7_51_1"
    assert default_name("1.0.0-alpha.1+x") == "default_1_0_0_alpha_1_x"


def test_inputs_of_default_providers_are_what_the_cli_writes() -> None:
    assert default_inputs("aws", "7.51.1", {}, frozenset()) == {
        "__internal": {},
        "version": "7.51.1",
    }
    assert default_inputs("pulumi", "", {"aws:region": "x"}, frozenset()) == {}

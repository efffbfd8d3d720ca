from __future__ import annotations

import pytest

from localcloud.engine.api import EngineError, InputsRefused, NoProvider
from localcloud.engine.provider.providers import default_inputs, default_name
from tests.localcloud.engine.lab import Lab


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

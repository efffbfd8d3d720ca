"""The registry is complete and consistent with the SDK."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path

import pytest

from localcloud.provider import registry, services
from tests.localcloud.provider.samples import samples


def test_every_service_module_is_registered() -> None:
    folder = Path(inspect.getfile(services)).parent
    found = {
        entry.stem
        for entry in folder.iterdir()
        if not entry.name.startswith("_") and (entry.suffix == ".py" or entry.is_dir())
    }
    assert found == set(registry.SERVICES)


def test_tokens_are_unique() -> None:
    modules = [import_module(f"{services.__name__}.{name}") for name in registry.SERVICES]
    tokens = [kind.token for module in modules for kind in getattr(module, "TYPES", [])]
    assert len(tokens) == len(set(tokens)) == len(registry.types())


def test_a_service_without_samples_breaks_no_other_s(monkeypatch: pytest.MonkeyPatch) -> None:
    before = samples()
    monkeypatch.setattr(registry, "SERVICES", ("kinesis", *registry.SERVICES))
    samples.cache_clear()
    assert samples() == before


_PACKAGES = {"lambda": "lambda_"}  # Python's own words get an underscore


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the SDK deprecates some of itself
@pytest.mark.parametrize("token", sorted(registry.types()))
def test_a_type_has_the_sdks_name_and_inputs(token: str) -> None:
    package = token.split(":")[1].partition("/")[0]
    module = import_module(f"pulumi_aws.{_PACKAGES.get(package, package)}")
    sdk = getattr(module, token.rsplit(":", 1)[-1])
    arguments = set(inspect.signature(sdk._internal_init).parameters)
    known = {_camel(argument) for argument in arguments}
    kind = registry.types()[token]
    assert set(kind.props) <= known, f"the SDK knows no {sorted(set(kind.props) - known)}"
    assert ("region" in known) == kind.regional
    assert ("tags" in known) == (kind.tags is not None)


def _camel(argument: str) -> str:
    first, *rest = argument.split("_")
    return first + "".join(part.title() for part in rest)

"""The five layers wired bottom to top, each fed with what the ones below exported."""

from __future__ import annotations

import pytest

from tests.stacks.recorder import Program, local, run


@pytest.fixture(scope="session")
def security() -> Program:
    return run("network-security", config=local("network-security"))


@pytest.fixture(scope="session")
def data(security: Program) -> Program:
    return run("data", upstream=below(security), config=local("data"))


@pytest.fixture(scope="session")
def compute(security: Program, data: Program) -> Program:
    return run("compute", upstream=below(security, data), config=local("compute"))


@pytest.fixture(scope="session")
def api(security: Program, compute: Program) -> Program:
    return run("api", upstream=below(security, compute), config=local("api"))


@pytest.fixture(scope="session")
def http_api(security: Program, compute: Program) -> Program:
    """The layer api with its other edge."""
    config = local("api") | {"edge": "http"}
    return run("api", upstream=below(security, compute), config=config)


@pytest.fixture(scope="session")
def http_observability(
    security: Program, data: Program, compute: Program, http_api: Program
) -> Program:
    """The layer observability over the other edge."""
    return run("observability", upstream=below(security, data, compute, http_api))


@pytest.fixture(scope="session")
def observability(security: Program, data: Program, compute: Program, api: Program) -> Program:
    upstream = below(security, data, compute, api)
    return run("observability", upstream=upstream, config=local("observability"))


def below(*programs: Program) -> dict[str, Program]:
    return {program.layer: program for program in programs}

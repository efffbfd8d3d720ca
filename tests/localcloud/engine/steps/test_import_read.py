from __future__ import annotations

import pytest

from localcloud.engine.api import BadRegistration, StepError
from tests.localcloud.engine.lab import Lab


def exists(lab: Lab, **inputs: object) -> str:
    """Make a thing by hand."""
    with lab.world.open() as things:
        things["id-1"] = {"arn": "arn:by-hand", "count": 0, **inputs}
    return "id-1"


def test_an_import_takes_over_what_exists(lab: Lab) -> None:
    identity = exists(lab, name="x", value="1")
    program = f"a = Thing('a', name='x', value='1', opts=Opts(import_='{identity}'))"
    program += "\nexport('arn', a.arn)"

    assert lab.preview(program).changes == {"create": 1, "import": 1}
    result = lab.up()
    assert result.changes == {"create": 1, "import": 1}
    assert result.outputs == {"arn": "arn:by-hand"}
    assert lab.world.asked("create") == []
    assert lab.up().changes == {"same": 2}
    assert lab.up(program.replace(f"import_='{identity}'", "")).changes == {"same": 2}


def test_an_import_is_brought_to_what_the_program_says(lab: Lab) -> None:
    identity = exists(lab, name="x", value="1")
    result = lab.up(f"Thing('a', name='x', value='2', opts=Opts(import_='{identity}'))")

    assert result.changes == {"create": 1, "import": 1, "update": 1}
    assert lab.thing("a")["value"] == "2"
    assert lab.state("a").import_id == identity


def test_an_import_of_nothing_fails(lab: Lab) -> None:
    with pytest.raises(StepError, match="'a' could not be imported: there is none with the id"):
        lab.up("Thing('a', name='x', opts=Opts(import_='id-9'))")
    assert lab.states() == []


def test_an_imported_resource_is_not_replaced_while_it_has_the_option(lab: Lab) -> None:
    program = f"Thing('a', name='{{}}', opts=Opts(import_='{exists(lab, name='x')}'))"
    lab.up(program.format("x"))

    assert lab.preview(program.format("y")).changes == {"same": 1, "replace": 1}
    with pytest.raises(BadRegistration, match="'a' was imported and would have to be replaced"):
        lab.up(program.format("y"))
    assert lab.world.names() == ["x"]


def test_another_id_is_another_import(lab: Lab) -> None:
    lab.up("Thing('a', name='made')")
    identity = exists(lab, name="x")

    result = lab.up(f"Thing('a', name='x', opts=Opts(import_='{identity}'))")

    assert result.changes == {"same": 1, "import": 1}
    assert lab.state("a").id == identity
    assert lab.world.names() == ["x"]

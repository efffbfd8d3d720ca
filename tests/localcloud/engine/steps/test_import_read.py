from __future__ import annotations

import pytest

from localcloud.engine.api import StepError
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

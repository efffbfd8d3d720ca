from __future__ import annotations

import pytest

from localcloud.engine.api import ConfigMissing, FileBackend, ProjectInvalid, WrongPassphrase
from localcloud.engine.engine import Engine
from tests.localcloud.engine.lab import Lab

TWO = """
        a = Thing("a", value="1")
        b = Thing("b", refs=[a.arn])
        export("arn", a.arn)
"""


def test_another_runtime_is_refused(lab: Lab) -> None:
    (lab.folder / "Pulumi.yaml").write_text("name: p\nruntime: go\n")

    with pytest.raises(ProjectInvalid, match="runs python only"):
        lab.up()


def test_a_wrong_passphrase_is_one_sentence(lab: Lab) -> None:
    lab.up(TWO)
    engine = Engine(FileBackend(lab.backend.url, "wrong"), {}, programs=lab.programs)

    with pytest.raises(WrongPassphrase):
        engine.up(lab.folder, "dev")


def test_a_missing_configuration_value_is_named(lab: Lab) -> None:
    (lab.folder / "Pulumi.yaml").write_text(
        "name: p\nruntime: python\nconfig:\n  size:\n    type: integer\n"
    )
    with pytest.raises(ConfigMissing, match="p:size"):
        lab.up("pass")


def test_wrong_configuration_makes_no_stack(lab: Lab) -> None:
    (lab.folder / "Pulumi.yaml").write_text(
        "name: p\nruntime: python\nconfig:\n  size:\n    type: integer\n"
    )
    with pytest.raises(ConfigMissing):
        lab.up("pass")
    assert not lab.backend.open("p", "dev").exists()


def test_a_new_stack_and_its_file_share_one_salt(lab: Lab) -> None:
    file = lab.folder / "Pulumi.dev.yaml"
    file.write_text("config:\n  p:colour: blue\n")
    lab.up("export('x', pulumi.Config().require('colour'))")

    salt = lab.document()["checkpoint"]["latest"]["secrets_providers"]["state"]["salt"]
    assert f"encryptionsalt: {salt}" in file.read_text()
    assert lab.up().outputs == {"x": "blue"}

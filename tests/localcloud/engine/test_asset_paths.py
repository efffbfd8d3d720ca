from __future__ import annotations

from localcloud.engine.provider.assets import relative_paths
from localcloud.engine.values.values import Archive, Asset, Secret
from localcloud.engine.values.wire import MarshalOptions, from_struct, to_struct

FOLDER = "/somewhere/stacks/compute"
PROGRAM = {
    "code": Archive("assets", {"handler.py": Asset("path", "../../src/handler.py", "a")}, "b"),
    "layers": [Archive("path", "../../build/layer.zip", "c")],
    "note": Secret(Asset("text", "../../not/a/path", "d")),
}


def test_a_provider_is_sent_paths_that_hold_wherever_it_works() -> None:
    sent = from_struct(to_struct(PROGRAM, MarshalOptions(keep_secrets=True, folder=FOLDER)))
    assert sent["code"].value["handler.py"].value == f"{FOLDER}/../../src/handler.py"
    assert sent["layers"][0].value == f"{FOLDER}/../../build/layer.zip"
    assert sent["note"].value.value == "../../not/a/path"


def test_what_comes_back_is_as_the_program_wrote_it() -> None:
    sent = from_struct(to_struct(PROGRAM, MarshalOptions(keep_secrets=True, folder=FOLDER)))
    assert relative_paths(sent, FOLDER) == PROGRAM


def test_an_absolute_path_stays() -> None:
    elsewhere = {"code": Archive("path", "/elsewhere/layer.zip", "c")}
    sent = from_struct(to_struct(elsewhere, MarshalOptions(folder=FOLDER)))
    assert sent == elsewhere

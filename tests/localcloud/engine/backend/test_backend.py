from __future__ import annotations

from pathlib import Path

import pytest

from localcloud.engine.backend.backend import FileBackend
from localcloud.engine.errors import EngineError, StateUnsupported
from tests.localcloud.engine.stacks import PASSPHRASE, backend_in, crypter, new_stack


def test_stacks_are_listed_by_project(tmp_path: Path) -> None:
    new_stack(tmp_path)
    backend = backend_in(tmp_path)
    for project, stack in (("api", "dev"), ("demo", "prod-us-west-2")):
        backend.open(project, stack).create(crypter())
    assert backend.stacks() == [("api", "dev"), ("demo", "dev"), ("demo", "prod-us-west-2")]


@pytest.mark.parametrize("spelling", ["{}", "file://{}", "file://{}?no_tmp_dir=true"])
def test_a_folder_may_be_named_as_the_cli_takes_it(tmp_path: Path, spelling: str) -> None:
    folder = tmp_path / "a folder"
    new_stack(folder)
    assert FileBackend(spelling.format(folder), PASSPHRASE).stacks() == [("demo", "dev")]


def test_stack_references_lead_to_stacks(tmp_path: Path) -> None:
    handle = new_stack(tmp_path)
    assert backend_in(tmp_path).open_reference(handle.name).path == handle.path
    for reference in ("dev", "demo/dev", "acme/demo/dev", "organization/demo/../x"):
        with pytest.raises(EngineError):
            backend_in(tmp_path).open_reference(reference)


@pytest.mark.parametrize(
    ("project", "stack"), [("", "dev"), ("a/b", "dev"), ("demo", ".."), ("demo", "x" * 101)]
)
def test_bad_names_are_refused(tmp_path: Path, project: str, stack: str) -> None:
    with pytest.raises(EngineError, match="name"):
        FileBackend(str(tmp_path), PASSPHRASE).open(project, stack)


def test_other_layouts_and_places_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StateUnsupported, match="s3"):
        FileBackend("s3://bucket", PASSPHRASE)
    backend = FileBackend(f"file://{tmp_path}", PASSPHRASE)
    (tmp_path / ".pulumi" / "stacks").mkdir(parents=True)
    (tmp_path / ".pulumi" / "stacks" / "old.json").write_text("{}")
    with pytest.raises(StateUnsupported, match="layout version 0"):
        backend.open("demo", "dev")
    (tmp_path / ".pulumi" / "meta.yaml").write_text("version: 2\n")
    with pytest.raises(StateUnsupported, match="layout version 2"):
        backend.stacks()

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from localcloud.engine.errors import ProjectInvalid, SecretsUnsupported, WrongPassphrase
from localcloud.engine.project.project import Project, StackFile
from tests.localcloud.engine.stacks import CLI_DATA, PASSPHRASE, crypter


def project_of(folder: Path, text: str) -> Project:
    (folder / "Pulumi.yaml").write_text(text)
    return Project.load(folder)


@pytest.fixture
def cli_project(tmp_path: Path) -> Project:
    """A project and a stack file that the CLI wrote."""
    for path in CLI_DATA.glob("*.yaml"):
        shutil.copy(path, tmp_path)
    return Project.load(tmp_path)


def test_what_the_cli_wrote_is_read(cli_project: Project) -> None:
    file = StackFile.load(cli_project, "dev")
    config = file.config(file.crypter(PASSPHRASE))
    assert config.values == {
        "golden:size": "4",
        "aws:region": "eu-central-1",
        "golden:names": '["a","b"]',
        "golden:token": "swordfish",
        "golden:nest": '{"port":80,"pw":"hidden"}',
    }
    assert config.secret_keys == {"golden:token", "golden:nest"}


def test_a_wrong_passphrase_is_one_clear_error(cli_project: Project) -> None:
    with pytest.raises(WrongPassphrase):
        StackFile.load(cli_project, "dev").crypter("wrong")


def test_a_saved_stack_file_reads_the_same(cli_project: Project) -> None:
    file = StackFile.load(cli_project, "dev")
    before = file.config(file.crypter(PASSPHRASE)).values
    file.set("extra", "1e3")
    file.set("aws:more", "pst", file.crypter(PASSPHRASE))
    file.save()
    again = StackFile.load(cli_project, "dev")
    config = again.config(again.crypter(PASSPHRASE))
    assert config.values == before | {"golden:extra": "1e3", "aws:more": "pst"}
    assert "aws:more" in config.secret_keys
    assert "pst" not in file.path.read_text()


def test_unknown_parts_of_a_stack_file_stay(tmp_path: Path) -> None:
    project = project_of(tmp_path, "name: app\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("fromTheFuture: {a: 1}\nconfig: {x: 1}\n")
    file = StackFile.load(project, "dev")
    file.set("y", 2)
    file.save()
    assert "fromTheFuture" in file.path.read_text()
    assert StackFile.load(project, "dev").values == {"app:x": 1, "app:y": 2}


def test_a_stack_file_need_not_exist(tmp_path: Path) -> None:
    file = StackFile.load(project_of(tmp_path, "name: app\nruntime: python\n"), "new")
    assert file.crypter(PASSPHRASE, crypter().salt).salt == crypter().salt
    assert file.config(crypter()).values == {}
    file.save()
    assert StackFile.load(file.project, "new").salt == crypter().salt


def test_a_project_is_read_in_full(tmp_path: Path) -> None:
    project = project_of(
        tmp_path,
        "name: app\ndescription: d\nmain: src\nstackConfigDir: env\n"
        "runtime: {name: python, options: {toolchain: pip, virtualenv: ../v}}\n",
    )
    assert (project.name, project.runtime) == ("app", "python")
    assert project.program == tmp_path.resolve() / "src"
    assert StackFile(project, "dev").path == tmp_path.resolve() / "env" / "Pulumi.dev.yaml"


def test_the_old_spelling_of_the_stack_folder_works(tmp_path: Path) -> None:
    project = project_of(tmp_path, "name: app\nruntime: python\nconfig: env\n")
    assert project.stack_folder == tmp_path.resolve() / "env"
    assert not project.declared


@pytest.mark.parametrize(
    "text",
    ["runtime: python\n", "name: 5\nruntime: python\n", "name: a\n", "name: a\nruntime: {x: 1}\n"],
)
def test_a_bad_project_names_the_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(ProjectInvalid, match=r"Pulumi\.yaml"):
        project_of(tmp_path, text)


@pytest.mark.parametrize(
    "text", ["secretsprovider: awskms://x\n", "encryptedkey: abc\n", "environment: [e]\n"]
)
def test_what_is_not_supported_is_refused_by_name(tmp_path: Path, text: str) -> None:
    project = project_of(tmp_path, "name: app\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    file = StackFile.load(project, "dev")  # what is plain can be read and set
    with pytest.raises(SecretsUnsupported, match=text.split(":")[0]):
        file.crypter(PASSPHRASE)


def test_a_config_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    project = project_of(tmp_path, "name: app\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: [a]\n")
    with pytest.raises(ProjectInvalid, match=r"Pulumi\.dev\.yaml"):
        StackFile.load(project, "dev")

"""No secret in plain text anywhere but in the cloud itself: files, streams, argv, environments."""

from __future__ import annotations

import base64
import contextlib
import secrets
import stat
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from localcloud.embedded import Project, StackFile
from shared.settings.models import secret_keys
from tests.checkout import Checkout

LAYER = "network-security"
CLOUD = ("state", "s3", "tmp")
"""Folders of the emulator that are the cloud: what AWS would keep, AWS keeps there."""
PAUSE = 0.02
"""Seconds between two looks at the processes."""
LOOKS = 3
"""A process is looked at so often: at first it may still show what it was forked from."""


@dataclass
class Witness:
    """Watches what the processes of a checkout show to others while it is entered."""

    checkout: Checkout
    shown: dict[str, str] = field(default_factory=dict)
    """`<pid> argv` or `<pid> environ` and the text of it."""
    _end: threading.Event = field(default_factory=threading.Event)
    _looked: Counter[int] = field(default_factory=Counter)

    def __enter__(self) -> Witness:
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.wait(PAUSE):
            for pid in psutil.pids():
                if self._looked[pid] < LOOKS:
                    self._looked[pid] += 1
                    with contextlib.suppress(psutil.Error):
                        self._look(psutil.Process(pid))

    def _look(self, process: psutil.Process) -> None:
        argv, environ = process.cmdline(), repr(process.environ())
        if str(self.checkout.root) in "\n".join([*argv, environ]):
            self.shown[f"argv of {process.pid}: {argv}"] = "\n".join(argv)
            self.shown[f"environ of {process.pid}: {argv}"] = environ


@dataclass(frozen=True)
class Scene:
    """A deployment with known secrets, and all that was seen of it from outside."""

    checkout: Checkout
    secrets: dict[str, str]
    said: dict[str, str]
    shown: dict[str, str]


@pytest.fixture(scope="module")
def scene(checkout: Checkout) -> Scene:
    checkout.invoke("env")
    markers = {key: f"marker-{secrets.token_hex(20)}" for key in secret_keys(LAYER)}
    set_secrets(checkout, markers)
    said = {}
    with Witness(checkout) as witness:
        for command in (
            ("deploy-all",),
            ("preview", LAYER),
            ("refresh", LAYER),
            ("outputs",),
            ("outputs", "--json"),
            ("status", "--json"),
        ):
            done = checkout.invoke(*command)
            said[" ".join(command)] = done.stdout + done.stderr
    return Scene(checkout, markers, said, witness.shown)


def set_secrets(checkout: Checkout, values: Mapping[str, str]) -> None:
    """What `pulumi config set --secret` does, for each of `values`."""
    file = StackFile.load(Project.load(checkout.root / "stacks" / LAYER), "local")
    crypter = file.crypter((checkout.home / "passphrase").read_text(encoding="utf-8").strip())
    for key, value in values.items():
        file.set(f"{LAYER}:{key}", value, crypter)
    file.save()


def leaks(scene: Scene, texts: Mapping[str, str]) -> list[str]:
    """Where a secret is to be read, also as base64."""
    found = []
    for key, value in scene.secrets.items():
        # Three bytes become four letters, so that the inner ones do not depend on what surrounds.
        coded = base64.b64encode(value.encode()).decode()[:-4]
        found += [f"{key} in {where}" for where, t in texts.items() if value in t or coded in t]
    return found


def files(checkout: Checkout) -> Iterator[Path]:
    """Every file that the local cloud or the deployment has written, but for the cloud itself."""
    cloud = [checkout.home / "emulator" / name for name in CLOUD]
    yield from checkout.root.glob("stacks/*/Pulumi.local.yaml")
    for file in checkout.home.rglob("*"):
        if file.is_file() and not any(file.is_relative_to(folder) for folder in cloud):
            yield file


def test_the_secrets_did_reach_the_cloud(scene: Scene) -> None:
    """Otherwise the other tests would find nothing because nothing is there."""
    ssm = scene.checkout.client("ssm")
    with contextlib.closing(ssm):
        name = "/microstack/local/db_password"
        found = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    assert found == scene.secrets["db_password"]


def test_no_file_holds_a_secret(scene: Scene) -> None:
    texts = {str(file): file.read_text("utf-8", "replace") for file in files(scene.checkout)}
    kinds = ("/backend/", "/reports/", "emulator.log", "Pulumi.local.yaml", "smoke.log")
    assert all(any(kind in name for name in texts) for kind in kinds), sorted(texts)
    assert leaks(scene, texts) == []


def test_the_state_does_hold_them_encrypted(scene: Scene) -> None:
    state = scene.checkout.home / "backend" / ".pulumi" / "stacks" / LAYER / "local.json"
    assert state.read_text(encoding="utf-8").count('"ciphertext"') >= len(scene.secrets)


def test_no_task_says_a_secret(scene: Scene) -> None:
    assert leaks(scene, scene.said) == []


def test_no_process_shows_a_secret(scene: Scene) -> None:
    assert any("program/host.py" in text for text in scene.shown.values()), "no program was seen"
    assert any("environ" in where for where in scene.shown)
    assert leaks(scene, scene.shown) == []


def test_the_passphrase_and_the_key_are_in_their_files_only(scene: Scene) -> None:
    home = scene.checkout.home
    texts = {str(file): file.read_text("utf-8", "replace") for file in files(scene.checkout)}
    texts |= scene.said | scene.shown
    passphrase = (home / "passphrase").read_text(encoding="utf-8").strip()
    assert [where for where, t in texts.items() if passphrase in t] == [str(home / "passphrase")]
    key = scene.checkout.aws()["AWS_SECRET_ACCESS_KEY"]
    holders = [where for where, text in texts.items() if key in text and "environ" not in where]
    assert holders == [str(home / "emulator" / "credentials.json")]


def test_no_function_logs_a_secret(scene: Scene) -> None:
    logs = scene.checkout.client("logs")
    with contextlib.closing(logs):
        texts = {
            group["logGroupName"]: repr(
                logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
            )
            for group in logs.describe_log_groups()["logGroups"]
        }
    assert any("message" in text for text in texts.values()), "no function has logged"
    assert leaks(scene, texts) == []


def test_nobody_else_may_read_the_local_cloud(scene: Scene) -> None:
    open_ = [
        f"{stat.filemode(file.lstat().st_mode)} {file}"
        for file in [scene.checkout.home, *scene.checkout.home.rglob("*")]
        if not file.is_symlink() and file.lstat().st_mode & 0o077
    ]
    assert open_ == []


def test_a_secret_that_is_refused_is_not_repeated(scene: Scene) -> None:
    set_secrets(scene.checkout, {"db_password": "too-short"})
    try:
        refused = scene.checkout.invoke("up", LAYER, code=1)
        assert "db_password" in refused.stderr
        assert "too-short" not in refused.stdout + refused.stderr
        assert "too-short" not in (max((scene.checkout.home / "reports").iterdir())).read_text()
    finally:
        set_secrets(scene.checkout, scene.secrets)


def test_a_secret_that_changes_is_not_told_in_the_diff(scene: Scene) -> None:
    new = f"marker-{secrets.token_hex(20)}"
    set_secrets(scene.checkout, {"api_key": new})
    told = ""
    for command in (("preview", LAYER, "--json"), ("up", LAYER)):
        done = scene.checkout.invoke(*command)
        told += done.stdout + done.stderr
    assert scene.checkout.reports()[-1]["stacks"][0]["changes"]["update"] == 1
    assert new not in told
    assert scene.secrets["api_key"] not in told

"""What a stack file may not tell a layer is said before any program runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestrator.checkout.layers import Layer
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.errors import SettingRefused
from orchestrator.settings.check import refuse_settings
from shared.settings.models import secret_keys

SECRET = {"secure": "v1:AAAA:BBBB"}
SECRETS = dict.fromkeys(secret_keys("network-security"), SECRET)


def stack(root: Path, layer: str, said: dict[str, Any]) -> Stack:
    folder = root / "stacks" / layer
    folder.mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text(f"name: {layer}\nruntime: python\n")
    config = {f"{layer}:{name}": value for name, value in said.items()}
    (folder / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": config}))
    return Stack(Layer(layer, folder, frozenset()), Environment.DEV)


@pytest.mark.parametrize(
    ("layer", "said", "words"),
    [
        ("compute", {"max_retries": 99}, "compute:max_retries"),
        ("compute", {"max_retries": "99"}, "less than or equal to 2"),
        ("compute", {"functions": {"ingest": {"memory_mb": 1}}}, "functions.ingest.memory_mb"),
        ("api", {"colour": "red"}, "./invoke config.rm api colour --env dev"),
        ("api", {"auth": "none"}, "sandbox"),
        ("network-security", {}, "is missing"),
        ("network-security", {"db_password": "in plain text"}, "--secret"),
    ],
)
def test_a_wrong_setting_is_named(
    tmp_path: Path, layer: str, said: dict[str, Any], words: str
) -> None:
    with pytest.raises(SettingRefused) as caught:
        refuse_settings([stack(tmp_path, layer, said)])
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{layer} (dev): ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("network-security", SECRETS),
        ("compute", {"max_retries": SECRET}),  # only its program can read it
        ("compute", {"max_retries": 1, "version": "7"}),
        ("a-layer-of-others", {"anything": "goes"}),
    ],
)
def test_what_fits_or_cannot_be_read_is_let_through(
    tmp_path: Path, layer: str, said: dict[str, Any]
) -> None:
    refuse_settings([stack(tmp_path, layer, said)])

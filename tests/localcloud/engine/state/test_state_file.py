from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from localcloud.engine.errors import SecretsUnsupported, StateCorrupt, StateUnsupported
from localcloud.engine.state import state_file
from localcloud.engine.state.model import state_from_document, state_to_document
from localcloud.engine.state.secrets import crypter_for
from localcloud.engine.values.values import SIGNATURE_KEY
from tests.localcloud.engine.stacks import CLI_DATA, PASSPHRASE

STATE = CLI_DATA / "state.json"


def test_a_state_of_the_cli_comes_back_byte_for_byte() -> None:
    content = STATE.read_bytes()
    assert state_file.encode(state_file.decode(content, STATE)) == content


def test_each_resource_of_the_cli_comes_back_but_for_fresh_seals() -> None:
    document = state_file.decode(STATE.read_bytes(), STATE)
    crypter = crypter_for(PASSPHRASE, state_file.secrets_salt(document, "x"))
    for written in state_file.resources(document):
        again = state_to_document(state_from_document(written, crypter), crypter)
        assert list(again) == list(written)
        assert _unsealed(again, crypter.decrypt) == _unsealed(written, crypter.decrypt)


def _unsealed(value: Any, decrypt: Any) -> Any:
    if isinstance(value, dict):
        opened = {key: _unsealed(item, decrypt) for key, item in value.items()}
        if SIGNATURE_KEY in value and "ciphertext" in value:
            opened["ciphertext"] = json.loads(decrypt(value["ciphertext"]))
        return opened
    return [_unsealed(item, decrypt) for item in value] if isinstance(value, list) else value


def test_an_empty_state_has_the_cli_s_shape() -> None:
    document = state_file.new_document("organization/demo/dev", "v1:…")
    assert list(document) == ["version", "checkpoint"]
    assert list(document["checkpoint"]) == ["stack", "latest"]
    latest = document["checkpoint"]["latest"]
    assert list(latest) == ["manifest", "secrets_providers", "metadata"]
    manifest = latest["manifest"]
    assert manifest["magic"] == hashlib.sha256(manifest["version"].encode()).hexdigest()


def test_byte_strings_need_version_4() -> None:
    document = state_file.new_document("s", "v1:…")
    document["checkpoint"]["latest"]["resources"] = [
        {"outputs": {"b": {SIGNATURE_KEY: "803fd3297a5875dc03ca845dda5d2a98", "value": "/w=="}}}
    ]
    written = json.loads(state_file.encode(document))
    assert (written["version"], written["features"]) == (4, ["byteString"])


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b'{"version":3,"checkpoint":5}',
     b'{"version":3,"checkpoint":{"latest":{"resources":5}}}'],
)  # fmt: skip
def test_a_damaged_file_is_named(content: bytes) -> None:
    with pytest.raises(StateCorrupt, match="here.json"):
        state_file.decode(content, Path("here.json"))


@pytest.mark.parametrize(
    "head", [{"version": 2}, {"version": 5}, {"version": 4, "features": ["snippets-prototype"]}]
)
def test_what_is_not_known_is_refused(head: dict[str, object]) -> None:
    content = json.dumps(head | {"checkpoint": {"latest": {}}}).encode()
    with pytest.raises(StateUnsupported, match=r"version [25]|snippets-prototype"):
        state_file.decode(content, Path("here.json"))


def test_a_stack_that_the_cli_had_no_time_to_make_is_empty() -> None:
    content = b'{"version":0,"checkpoint":{"stack":"organization/demo/dev"}}'
    assert state_file.resources(state_file.decode(content, Path("x"))) == []


def test_other_secrets_providers_are_refused_by_name() -> None:
    document = {"checkpoint": {"latest": {"secrets_providers": {"type": "cloud", "state": {}}}}}
    with pytest.raises(SecretsUnsupported, match="cloud"):
        state_file.secrets_salt(document, "Stack x")

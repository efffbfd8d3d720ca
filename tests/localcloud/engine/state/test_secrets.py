from __future__ import annotations

import hashlib

import pytest

from localcloud.engine.errors import SecretsError, WrongPassphrase
from localcloud.engine.state.secrets import crypter_for, derive_key_ahead, new_crypter
from tests.localcloud.engine.stacks import PASSPHRASE, crypter

CLI_SALT = "v1:3yQJCjfwOzs=:v1:ecs4h5pExpmoAFB3:CFV4e5aifHOvhZCrutwnOXK45rLBZw=="
CLI_CIPHERTEXT = "v1:n56rub7xV0Duc7ih:Lstc1SSO6AY1/AO2F1vDPi5ZTA+6IOVkCA=="


def test_what_the_cli_encrypted_can_be_decrypted() -> None:
    assert crypter_for(PASSPHRASE, CLI_SALT).decrypt(CLI_CIPHERTEXT) == "swordfish"


@pytest.mark.parametrize("text", ["", "x", "é\u2028", "a" * 10_000, "\udcff"])
def test_a_text_survives(text: str) -> None:
    again = crypter_for(PASSPHRASE, crypter().salt)
    assert again.decrypt(crypter().encrypt(text)) == text


def test_each_stack_has_a_salt_of_its_own() -> None:
    assert new_crypter("x").salt.split(":")[1] != new_crypter("x").salt.split(":")[1]


def test_a_key_is_derived_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = crypter_for(PASSPHRASE, crypter().salt)
    monkeypatch.setattr(hashlib, "pbkdf2_hmac", None)
    assert crypter_for(PASSPHRASE, crypter().salt).decrypt(first.encrypt("x")) == "x"


def test_a_key_derived_ahead_is_not_derived_again(monkeypatch: pytest.MonkeyPatch) -> None:
    derive_key_ahead("swordfish", CLI_SALT)
    monkeypatch.setattr(hashlib, "pbkdf2_hmac", None)
    with pytest.raises(WrongPassphrase):  # found out with the key that was foreseen
        crypter_for("swordfish", CLI_SALT)


@pytest.mark.parametrize("salt", ["", "v1:x", "v1:?:y"])
def test_what_is_no_salt_is_reported_by_who_needs_it(salt: str) -> None:
    derive_key_ahead(PASSPHRASE, salt)
    with pytest.raises(SecretsError):
        crypter_for(PASSPHRASE, salt)


def test_a_wrong_passphrase_is_a_sentence() -> None:
    with pytest.raises(WrongPassphrase, match="put the one that it was encrypted with") as caught:
        crypter_for("wrong", CLI_SALT)
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("salt", ["", "v1", "v1:abc", "v2:AAAA:v1:x:y", "v1:!!!:v1:x:y"])
def test_a_malformed_salt_is_refused(salt: str) -> None:
    with pytest.raises(SecretsError):
        crypter_for(PASSPHRASE, salt)


@pytest.mark.parametrize("ciphertext", ["", "v1:a:b", "plain", "v2:AAAA:AAAA", CLI_CIPHERTEXT])
def test_a_damaged_secret_is_refused(ciphertext: str) -> None:
    with pytest.raises(SecretsError, match="cannot be decrypted"):
        crypter().decrypt(ciphertext)


def test_the_key_is_not_shown() -> None:
    assert repr(crypter()) == f"PassphraseCrypter(salt={crypter().salt!r})"

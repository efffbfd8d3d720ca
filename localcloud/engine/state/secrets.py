"""Secrets under a passphrase, as Pulumi's passphrase secrets manager keeps them.

A stack has a salt, written `v1:<base64 of 8 bytes>:<encrypted "pulumi">`; the last part proves that
a passphrase is the right one. The key is PBKDF2-SHA256 of passphrase and salt, the cipher is
AES-256-GCM, written `v1:<base64 of a 12-byte nonce>:<base64 of ciphertext and tag>`.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import functools
import hashlib
import os
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from localcloud.engine.errors import SecretsError, WrongPassphrase

ROUNDS: Final = 1_000_000  # sdk/go/common/resource/config/crypt.go of Pulumi
_KEY_BYTES: Final = 32
_SALT_BYTES: Final = 8
_NONCE_BYTES: Final = 12
_CHECK_TEXT: Final = "pulumi"
_KEY_POOL: Final = ThreadPoolExecutor(2, thread_name_prefix="key")
_HINT: Final = (
    "put the one that it was encrypted with into .microstack/passphrase (if nobody has it, remove "
    "that file, and the same command says how to start over)"
)


@dataclass(frozen=True)
class PassphraseCrypter:
    """Encrypts and decrypts texts under one key; state and stack files hold its `salt`."""

    salt: str
    _cipher: AESGCM = field(repr=False, compare=False)

    def encrypt(self, plaintext: str) -> str:
        """Encrypt a text under a fresh nonce."""
        return _encrypt(self._cipher, plaintext)

    def decrypt(self, ciphertext: str) -> str:
        """Decrypt a ciphertext, or raise SecretsError."""
        try:
            return _decrypt(self._cipher, ciphertext)
        except (ValueError, InvalidTag) as error:
            raise SecretsError(
                "A secret cannot be decrypted: it is damaged or was made under another passphrase."
            ) from error


def new_crypter(passphrase: str) -> PassphraseCrypter:
    """Make a crypter with a salt of its own."""
    salt = os.urandom(_SALT_BYTES)
    cipher = _cipher(passphrase, salt)
    return PassphraseCrypter(f"v1:{_base64(salt)}:{_encrypt(cipher, _CHECK_TEXT)}", cipher)


def crypter_for(passphrase: str, salt: str) -> PassphraseCrypter:
    """Make the crypter that belongs to a salt, or raise WrongPassphrase."""
    version, encoded, proof = _parts(salt)
    try:
        raw = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise SecretsError(f"The encryption salt {salt!r} is malformed.") from error
    if version != "v1":
        raise SecretsError(f"The encryption salt is of an unknown version ({version!r}).")
    cipher = _cipher(passphrase, raw)
    try:
        right = _decrypt(cipher, proof) == _CHECK_TEXT
    except (ValueError, InvalidTag):
        right = False
    if not right:
        raise WrongPassphrase(f"The passphrase is not the stack's: {_HINT}.")
    return PassphraseCrypter(salt, cipher)


def _parts(salt: str) -> tuple[str, str, str]:
    parts = salt.split(":", 2)
    if len(parts) != 3:
        raise SecretsError(f"The encryption salt {salt!r} is malformed.")
    return parts[0], parts[1], parts[2]


def derive_key_ahead(passphrase: str, salt: str) -> None:
    """Begin to derive the key that belongs to a salt, in the background; a wrong salt waits."""
    with contextlib.suppress(SecretsError, ValueError):
        _key_future(passphrase, base64.b64decode(_parts(salt)[1]))


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(_key_future(passphrase, salt).result())


@functools.cache  # a quarter of a second: once per process, passphrase and salt
def _key_future(passphrase: str, salt: bytes) -> Future[bytes]:
    secret = passphrase.encode()
    return _KEY_POOL.submit(hashlib.pbkdf2_hmac, "sha256", secret, salt, ROUNDS, _KEY_BYTES)


def _encrypt(cipher: AESGCM, plaintext: str) -> str:
    nonce = os.urandom(_NONCE_BYTES)
    ciphertext = cipher.encrypt(nonce, plaintext.encode("utf-8", "surrogateescape"), None)
    return f"v1:{_base64(nonce)}:{_base64(ciphertext)}"


def _decrypt(cipher: AESGCM, ciphertext: str) -> str:
    version, nonce, ciphertext = ciphertext.split(":")
    if version != "v1":
        raise ValueError(version)
    plain = cipher.decrypt(base64.b64decode(nonce), base64.b64decode(ciphertext), None)
    return plain.decode("utf-8", "surrogateescape")


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()

"""Sealing of everything that names a person, and the keyed index by which it is found again (DESIGN: stored data).

Seals are AES-256-GCM in Tink's wire format: ``01 | key id (4) | nonce (12) | ciphertext and tag``; a test reads them
with the ``cryptography`` package too, so Tink can be left. The index is HMAC-SHA-256 (Tink's PRF), cut to a UUID.
Keys are Tink keysets in files outside the database.
"""

from __future__ import annotations

import hashlib
import hmac
import io
from functools import cache
from pathlib import Path
from uuid import UUID

import tink
from tink import aead, cleartext_keyset_handle, prf, secret_key_access
from tink.proto import tink_pb2

from nhi_express.core.config import config

aead.register()
prf.register()

_SEALING = "sealing.json"
_INDEX = "index.json"


class CannotOpen(Exception):
    """A seal was made with another key, for another context, or was changed."""


class KeysMissing(Exception):
    """The keysets do not exist yet: ``nhi-express keys init`` makes them."""


class Vault:
    """Seals, opens and indexes with two keysets. Safe to share between threads."""

    def __init__(self, sealing: tink.KeysetHandle, index: tink.KeysetHandle) -> None:
        self._aead = sealing.primitive(aead.Aead)
        self._prf = index.primitive(prf.PrfSet).primary()

    def seal(self, data: bytes, context: str) -> bytes:
        """Seal ``data`` so that it opens only with the same ``context`` (table, column and row it belongs to)."""
        return bytes(self._aead.encrypt(data, context.encode()))

    def open(self, sealed: bytes | memoryview, context: str) -> bytes:
        """Open a seal. Raises :class:`CannotOpen`."""
        try:
            return bytes(self._aead.decrypt(bytes(sealed), context.encode()))
        except tink.TinkError as error:
            raise CannotOpen(context.split(":", 1)[0]) from error

    def index(self, value: str, purpose: str) -> UUID:
        """The keyed index of ``value``: equal values give equal UUIDs, and only within one ``purpose``."""
        return UUID(bytes=bytes(self._prf.compute(f"{purpose}\0{value}".encode(), 16)))

    def pepper(self, data: bytes) -> bytes:
        """32 keyed bytes of a password, to be hashed slowly (NIST SP 800-63B-4, section 3.1.1.2)."""
        return bytes(self._prf.compute(b"pepper\0" + hashlib.sha256(data).digest(), 32))


def same(left: str, right: str) -> bool:
    """Compare two secrets in a time that does not tell where they differ."""
    return hmac.compare_digest(left.encode(), right.encode())


def make_keys(folder: Path) -> None:
    """Make both keysets in ``folder``. Raises :class:`FileExistsError` rather than replace keys."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(folder / _SEALING, tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM), replace=False)
    _write(folder / _INDEX, tink.new_keyset_handle(prf.prf_key_templates.HMAC_SHA256), replace=False)


def rotate_keys(folder: Path) -> int:
    """Add a sealing key and make it the one that seals; older ones still open. Returns how many keys there are now.

    The index key is not rotated: a new one would need every row indexed anew from its sealed record.
    """
    builder = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)
    added, present = _keyset(builder), _keyset(_read(folder / _SEALING))
    present.key.extend(added.key)
    present.primary_key_id = added.primary_key_id
    _write(folder / _SEALING, _handle(present), replace=True)
    return len(present.key)


def load(folder: Path) -> Vault:
    """Read the keysets in ``folder``. Raises :class:`KeysMissing`."""
    return Vault(_read(folder / _SEALING), _read(folder / _INDEX))


@cache
def vault() -> Vault:
    """The vault of this installation. Raises :class:`KeysMissing`."""
    return load(config().keys_dir)


def _keyset(handle: tink.KeysetHandle) -> tink_pb2.Keyset:
    output = io.BytesIO()
    cleartext_keyset_handle.write(tink.BinaryKeysetWriter(output), handle)
    return tink_pb2.Keyset.FromString(output.getvalue())


def _handle(keyset: tink_pb2.Keyset) -> tink.KeysetHandle:
    return cleartext_keyset_handle.read(tink.BinaryKeysetReader(keyset.SerializeToString()))


def _read(path: Path) -> tink.KeysetHandle:
    try:
        return tink.json_proto_keyset_format.parse(path.read_text(), secret_key_access.TOKEN)
    except FileNotFoundError as error:
        raise KeysMissing(f"{path.name} is missing: run `nhi-express keys init`") from error


def _write(path: Path, handle: tink.KeysetHandle, *, replace: bool) -> None:
    text = tink.json_proto_keyset_format.serialize(handle, secret_key_access.TOKEN)
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    try:
        # A hard link fails when the name exists: keys are never replaced by accident.
        fresh.replace(path) if replace else path.hardlink_to(fresh)
    finally:
        fresh.unlink(missing_ok=True)

"""Seals, the index, and the way out of Tink."""

import json
import stat
from base64 import b64decode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from nhi_express.core import vault as room
from nhi_express.core.vault import CannotOpen, KeysMissing, Vault, vault


@given(st.binary(max_size=500), st.text(max_size=30))
def test_what_is_sealed_opens_again_in_its_context(data: bytes, context: str) -> None:
    assert vault().open(vault().seal(data, context), context) == data


def test_a_seal_opens_in_no_other_row(the_vault: Vault) -> None:
    sealed = the_vault.seal(b"x", "members.record:1")
    with pytest.raises(CannotOpen):
        the_vault.open(sealed, "members.record:2")


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=7))
def test_one_changed_bit_spoils_a_seal(place: int, bit: int) -> None:
    sealed = bytearray(vault().seal(b"some data", "c"))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(CannotOpen):
        vault().open(bytes(sealed), "c")


def test_the_same_value_has_another_index_for_another_purpose(the_vault: Vault) -> None:
    assert the_vault.index("A123456789", "members.id") == the_vault.index("A123456789", "members.id")
    assert the_vault.index("A123456789", "members.id") != the_vault.index("A123456789", "members.card")


def test_rotation_seals_with_the_new_key_and_opens_both(tmp_path: Path) -> None:
    room.make_keys(tmp_path)
    before = room.load(tmp_path)
    old = before.seal(b"old", "c")
    assert room.rotate_keys(tmp_path) == 2
    after = room.load(tmp_path)
    assert after.open(old, "c") == b"old"
    assert after.index("v", "p") == before.index("v", "p")
    with pytest.raises(CannotOpen):
        before.open(after.seal(b"new", "c"), "c")


def test_keys_are_never_replaced_by_accident_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    room.make_keys(tmp_path)
    text = (tmp_path / "sealing.json").read_text()
    with pytest.raises(FileExistsError):
        room.make_keys(tmp_path)
    assert (tmp_path / "sealing.json").read_text() == text
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.json", "sealing.json"]


def test_missing_keys_are_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeysMissing, match="keys init"):
        room.load(tmp_path)


def test_seals_can_be_read_without_tink(tmp_path: Path) -> None:
    """Tink's wire format is ours: 01, key id, nonce of 12, ciphertext with tag. `cryptography` opens and makes it."""
    room.make_keys(tmp_path)
    keyset = json.loads((tmp_path / "sealing.json").read_text())
    # AesGcmKey: field 3 is the key itself: tag 0x1a, its length, the bytes.
    raw = b64decode(keyset["key"][0]["keyData"]["value"])
    key = raw[raw.index(b"\x1a") + 2 :]
    prefix = b"\x01" + keyset["primaryKeyId"].to_bytes(4, "big")
    sealed = room.load(tmp_path).seal(b"hello", "c")
    assert sealed[:5] == prefix
    assert AESGCM(key).decrypt(sealed[5:17], sealed[17:], b"c") == b"hello"
    ours = prefix + bytes(12) + AESGCM(key).encrypt(bytes(12), b"hi", b"c")
    assert room.load(tmp_path).open(ours, "c") == b"hi"

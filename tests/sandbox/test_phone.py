"""The software phone: what it makes is what browsers make, held against fido2's own server side."""

import hashlib
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.server import Fido2Server
from fido2.webauthn import PublicKeyCredentialRpEntity, PublicKeyCredentialUserEntity, UserVerificationRequirement
from joserfc.jwk import ECKey

from nhi_sandbox.device_key import DeviceKey
from nhi_sandbox.passkey import Authenticator, NotAllowed

from .conftest import Running
from .site_side import Site

ORIGIN = "http://app.localhost:8000"
REQUIRED = UserVerificationRequirement.REQUIRED


def _server() -> Fido2Server:
    rp = PublicKeyCredentialRpEntity(name="NHI Express", id="app.localhost")
    return Fido2Server(rp, verify_origin=lambda origin: origin == ORIGIN)


def _register(server: Fido2Server, phone: Authenticator, user: bytes = b"user-1") -> Any:
    entity = PublicKeyCredentialUserEntity(name="member", id=user, display_name="member")
    options, state = server.register_begin(entity, user_verification=REQUIRED)
    return server.register_complete(state, phone.create(dict(options), ORIGIN))


def test_a_passkey_is_made_and_signs_in() -> None:
    server, phone = _server(), Authenticator()
    data = _register(server, phone)
    assert data.is_user_verified()
    assert not data.is_backup_eligible()
    options, state = server.authenticate_begin([data.credential_data], user_verification=REQUIRED)
    answer = phone.get(dict(options), ORIGIN)
    server.authenticate_complete(state, [data.credential_data], answer)
    assert urlsafe_b64decode(answer["response"]["userHandle"] + "=") in {b"user-1", b"user-1\x00"}


def test_the_counter_counts_unless_the_passkey_is_synced() -> None:
    for synced, counts in ((False, [1, 2]), (True, [0, 0])):
        server, phone = _server(), Authenticator(synced=synced)
        data = _register(server, phone)
        assert data.is_backup_eligible() is data.is_backed_up() is synced
        options, _ = server.authenticate_begin([data.credential_data])
        seen = [phone.get(dict(options), ORIGIN)["response"]["authenticatorData"] for _ in counts]
        assert [int.from_bytes(_bytes(one)[33:37], "big") for one in seen] == counts


def test_a_browser_refuses_what_it_must() -> None:
    server, phone = _server(), Authenticator()
    with pytest.raises(NotAllowed, match="NotAllowedError"):
        phone.get({"challenge": "AAAA", "rpId": "app.localhost"}, ORIGIN)
    data = _register(server, phone)
    entity = PublicKeyCredentialUserEntity(name="m", id=b"user-1", display_name="m")
    again, _ = server.register_begin(entity, [data.credential_data])
    with pytest.raises(NotAllowed, match="InvalidStateError"):
        phone.create(dict(again), ORIGIN)
    with pytest.raises(NotAllowed, match="SecurityError"):
        phone.get({"challenge": "AAAA", "rpId": "app.localhost"}, "http://evil.example")
    options, _ = server.authenticate_begin([data.credential_data], user_verification=REQUIRED)
    phone.verifies_user = False
    with pytest.raises(NotAllowed, match="unlocked"):
        phone.get(dict(options), ORIGIN)
    phone.forget()
    with pytest.raises(NotAllowed, match="no passkey"):
        phone.get(dict(options), ORIGIN)


def test_one_phone_holds_passkeys_of_two_members() -> None:
    server, phone = _server(), Authenticator()
    mother, daughter = (_register(server, phone, user).credential_data for user in (b"mother", b"daughter"))
    for one in (mother, daughter):
        options, state = server.authenticate_begin([one], user_verification=REQUIRED)
        server.authenticate_complete(state, [mother, daughter], answer := phone.get(dict(options), ORIGIN))
        assert _bytes(answer["id"]) == one.credential_id


def test_a_device_key_signs_like_webcrypto() -> None:
    key = DeviceKey()
    signature = _bytes(key.sign(b"challenge"))
    assert len(signature) == 64
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    x, y = (int.from_bytes(_bytes(key.jwk[name]), "big") for name in "xy")
    public = EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    public.verify(encode_dss_signature(r, s), b"challenge", ECDSA(SHA256()))


def test_the_thumbprint_is_rfc_7638s() -> None:
    key = DeviceKey()
    joserfc = ECKey.import_key({**key.jwk}).thumbprint()
    assert bytes.fromhex(key.thumbprint) == _bytes(joserfc)
    assert len(key.thumbprint[:16]) == 16
    assert hashlib.sha256().digest_size == len(_bytes(joserfc))


def test_cookies_stay_apart_for_each_name(sandbox: Running, site: Site) -> None:
    with site.phone("citizen") as phone:
        here = phone.get(f"{site.browser_base}/").text
        elsewhere = phone.get(f"{site.back_base}/").text
    assert "0900 001 011" in here.split("<ul", maxsplit=1)[0]
    assert "0900 001 011" not in elsewhere.split("<ul", maxsplit=1)[0]


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))

"""Device keys and what they sign."""

import json
import re
from itertools import product

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from nhi_express.core.encoding import base64url, from_base64url
from nhi_express.core.randomness import CROCKFORD
from nhi_express.devices.rules import (
    CODE_LENGTH,
    DeviceKey,
    DeviceState,
    KeyFault,
    PhoneTraits,
    code_meant,
    code_shown,
    looks_like_computer,
    may_become,
    message,
    sessions_end,
    thumbprint_hex,
)

PRIVATE = ec.generate_private_key(ec.SECP256R1())


def jwk_of(private: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    numbers = private.public_key().public_numbers()
    x, y = (base64url(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def sign(data: bytes, private: ec.EllipticCurvePrivateKey = PRIVATE) -> str:
    r, s = decode_dss_signature(private.sign(data, ec.ECDSA(hashes.SHA256())))
    return base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


KEY = DeviceKey.from_jwk(json.dumps(jwk_of(PRIVATE)))


def test_a_signature_holds_for_its_message_only() -> None:
    data = message("bind", "challenge", b"passkey")
    assert KEY.verifies(sign(data), data)
    assert not KEY.verifies(sign(data), message("unlock", "challenge", b"passkey"))
    assert not KEY.verifies(sign(data), message("bind", "other", b"passkey"))
    assert not KEY.verifies(sign(data), message("bind", "challenge", b"another passkey's answer"))


def test_another_key_s_signature_does_not_hold() -> None:
    data = message("bind", "c", b"")
    assert not KEY.verifies(sign(data, ec.generate_private_key(ec.SECP256R1())), data)


@given(st.text(max_size=120))
def test_any_text_for_a_signature_is_refused_quietly(text: str) -> None:
    assert KEY.verifies(text, b"data") is False


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=10),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["kty", "crv", "x", "y", "d"]), inner),
        max_leaves=6,
    )
)
def test_any_json_for_a_key_is_a_key_or_a_fault(value: object) -> None:
    with pytest.raises(KeyFault):
        DeviceKey.from_jwk(json.dumps(value))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"kty":"EC"}', "[" * 100_000])
def test_what_is_no_key_is_a_fault(text: str) -> None:
    with pytest.raises(KeyFault):
        DeviceKey.from_jwk(text)


def test_a_private_key_or_a_point_off_the_curve_is_a_fault() -> None:
    good = jwk_of(PRIVATE)
    for bad in ({**good, "d": good["x"]}, {**good, "x": base64url(bytes(32))}, {**good, "crv": "P-384"}):
        with pytest.raises(KeyFault):
            DeviceKey.from_jwk(json.dumps(bad))


def test_the_thumbprint_is_that_of_rfc_7638() -> None:
    """The key of RFC 7517, appendix A.1, and its thumbprint computed by joserfc."""
    from joserfc.jwk import ECKey

    jwk = jwk_of(PRIVATE)
    assert KEY.thumbprint == ECKey.import_key(jwk).thumbprint()  # type: ignore[arg-type]
    assert thumbprint_hex(KEY.thumbprint) == from_base64url(KEY.thumbprint).hex()


@pytest.mark.parametrize(("present", "wanted"), list(product(DeviceState, DeviceState)))
def test_states_move_only_as_designed(present: DeviceState, wanted: DeviceState) -> None:
    allowed = {
        (DeviceState.ACTIVE, DeviceState.DISABLED),
        (DeviceState.ACTIVE, DeviceState.DELETED),
        (DeviceState.DISABLED, DeviceState.ACTIVE),
        (DeviceState.DISABLED, DeviceState.DELETED),
    }
    assert may_become(present, wanted) is ((present, wanted) in allowed)


@given(st.text(), st.text())
def test_what_a_phone_tells_of_itself_is_made_plain_and_short(platform: str, model: str) -> None:
    traits = PhoneTraits.told(platform, model)
    assert re.fullmatch(r"(Android|iOS|Windows|macOS|Linux|ChromeOS)( \d{1,3})?|Other", traits.platform)
    assert len(traits.model) <= 64
    assert all(character.isprintable() for character in traits.model)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Android 15", "Android 15"),
        ("Android", "Android"),
        ("iOS 18", "iOS 18"),
        ("iPadOS 18", "iOS 18"),
        ("Chrome OS 16093", "ChromeOS"),
        ("Chromium OS", "ChromeOS"),
        ("CrOS", "ChromeOS"),
        ("Windows 15", "Windows 15"),
        ("macOS", "macOS"),
        ("Linux 006", "Linux 6"),
        ("=HYPERLINK(1)", "Other"),
        ("A123456789", "Other"),
        ("Android 15 A123456789", "Other"),
        ("", "Other"),
    ],
)
def test_a_platform_is_one_of_a_few(told: str, kept: str) -> None:
    """It lands in the log and in figures, so nobody writes there what they like."""
    assert PhoneTraits.told(told, "").platform == kept


@pytest.mark.parametrize(
    ("idle", "age", "over"), [(0, 0, False), (3600, 3600, False), (3601, 3601, True), (10, 86401, True)]
)
def test_sessions_end_by_idleness_and_by_age(idle: float, age: float, over: bool) -> None:
    assert sessions_end(idle_seconds=idle, age_seconds=age, idle_limit=3600, age_limit=86400) is over


CODES = st.text(CROCKFORD, min_size=CODE_LENGTH, max_size=CODE_LENGTH)
LOOKS = st.sampled_from(
    [("0", "O"), ("0", "o"), ("1", "I"), ("1", "l"), ("1", "i"), ("-", " "), ("-", "－"), ("-", "")]
)


@given(CODES, st.lists(LOOKS), st.booleans())
def test_a_code_is_understood_however_it_is_typed(code: str, changes: list[tuple[str, str]], small: bool) -> None:
    typed = code_shown(code)
    for right, wrong in changes:
        typed = typed.replace(right, wrong)
    assert code_meant(typed.lower() if small else typed) == code


@given(st.text())
def test_anything_typed_is_a_code_or_nothing(typed: str) -> None:
    meant = code_meant(typed)
    assert meant == "" or (len(meant) == CODE_LENGTH and set(meant) <= set(CROCKFORD))
    assert code_meant(meant) == meant


@pytest.mark.parametrize("typed", ["", "ABCD-EFG", "ABCD-EFGHJ", "ABCD-EFGU", "ABCD*EFGH", "中文中文中文中文"])
def test_what_is_no_code(typed: str) -> None:
    assert code_meant(typed) == ""


@given(CODES, CODES)
def test_different_codes_stay_different(one: str, other: str) -> None:
    assert (code_meant(code_shown(one)) == code_meant(code_shown(other))) == (one == other)


@pytest.mark.parametrize(
    ("agent", "computer"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36", True),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", True),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36", True),
        ("Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36", False),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", False),
        # An iPad calls itself so; the page looks for a touch screen.
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15", False),
        ("", False),
    ],
)
def test_what_looks_like_a_computer(agent: str, computer: bool) -> None:
    assert looks_like_computer(agent) is computer

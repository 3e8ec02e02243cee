"""Whatever is sent to any step, in any state, the site answers in words and never fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nhi_express.core.config import config
from tests.visitor import BACK, CARD, DONE, FINISH, LINE, REFUSED, TERMS, Visitor, person

_NAMES = """attempt accept version next number id_number last4 password keep_password remove token device_key passkey
device_signature platform model code error iss state act email name size language"""
_FIELDS = st.sampled_from(_NAMES.split()) | st.text(max_size=6)
_WORDS = st.sampled_from(
    ["yes", "0912345678", "A123456789", "{}", "[]", "null", "\0", "\u202e", "../..", "%00", "/app/", "//evil", "-1"]
)
_VALUES = st.text(max_size=40) | _WORDS | st.binary(max_size=20).map(lambda raw: raw.decode("latin-1"))
_FORMS = st.dictionaries(_FIELDS, _VALUES | st.lists(_VALUES, max_size=3), max_size=8)
_STEPS = [TERMS, LINE, BACK, REFUSED, CARD, FINISH, DONE, "/app/", "/app/bind/", "/app/unlock/", "/app/contact/"]
_OTHERS = ["/app/unlock/challenge", "/app/unlock/enter", "/language/", "/text-size/", "/app/phones/", "/app/history/"]
_PATHS = st.sampled_from([*_STEPS, *_OTHERS])
_anything = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def check(phone: Visitor, method: str, path: str, fields: dict[str, Any]) -> None:
    """Send it; the phone is strict, so a fault of the site would be raised here."""
    headers = {"X-CSRFToken": phone.cookie("csrftoken"), "Origin": phone.site}
    carried: dict[str, Any] = {"params": fields} if method == "GET" else {"data": fields}
    answer = phone.phone.browser.request(method, phone.site + path, headers=headers, follow_redirects=False, **carried)
    assert answer.status_code < 500 or answer.status_code == 503
    assert answer.content or answer.is_redirect
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("state", ["open", "sent", "line_proven", "card_proven", "done"])
def test_any_form_to_any_step_is_answered(visitor: Callable[..., Visitor], state: str) -> None:
    phone = visitor().walk(person("citizen"), state)

    @_anything
    @given(st.sampled_from(["GET", "POST"]), _PATHS, _FORMS)
    def send(method: str, path: str, fields: dict[str, Any]) -> None:
        check(phone, method, path, {name.encode("utf-8", "replace").decode(): value for name, value in fields.items()})

    send()


@pytest.mark.parametrize(
    ("state", "path", "names"),
    [
        ("open", LINE, ["number", "id_number"]),
        ("line_proven", CARD, ["last4"]),
        ("card_proven", FINISH, ["password", "remove", "keep_password"]),
        ("card_proven", FINISH, ["token", "device_key", "device_signature", "passkey"]),
    ],
)
def test_any_value_in_a_steps_own_fields_is_answered(
    visitor: Callable[..., Visitor], state: str, path: str, names: list[str]
) -> None:
    phone = visitor().walk(person("citizen"), state)
    rest = phone.proof() if path == FINISH else {"attempt": phone.hidden("attempt")}

    @_anything
    @given(st.fixed_dictionaries(dict.fromkeys(names, _VALUES)))
    def send(values: dict[str, str]) -> None:
        check(phone, "POST", path, {**rest, **values})

    send()


_BASES = ["/", "/app/", "/app/bind/mobile/", "/help/q/", "/help/codes/", "/app/phones/", "/app/offline/", "/gallery/"]


@_anything
@given(st.sampled_from(_BASES), st.text(max_size=30), st.text(max_size=30))
def test_any_address_is_answered(visitor: Callable[..., Visitor], base: str, rest: str, query: str) -> None:
    quoted = "".join(f"%{octet:02X}" for octet in rest.encode("utf-8", "surrogatepass"))
    browser = visitor().phone.browser
    answer = browser.get(f"{config().site_url}{base}{quoted}", params={"next": query}, follow_redirects=False)
    assert answer.status_code in {200, 301, 302, 400, 404, 409}


def test_a_wish_with_an_odd_way_on_leads_home(visitor: Callable[..., Visitor]) -> None:
    phone = visitor().open("/app/")
    for way in (
        "foo",
        "site:home",
        "help:question",
        "javascript:alert(1)",
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\0",
        "é",
        "x" * 5000,
        "",
        "/app/\r\nSet-Cookie: a=b",
    ):
        for path in ("/text-size/", "/language/"):
            answer = phone.submit(path, next=way, size="large", language="en")
            assert answer.status_code == 302
            target = urlsplit(answer.headers["location"].replace("\\", "/"))
            assert (target.scheme, target.netloc) == ("", "")
            assert "\n" not in answer.headers["location"]

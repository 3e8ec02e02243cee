"""Every journey of a member, driven over HTTP with a software passkey: what was expected, what came."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import httpx2

from nhi_sandbox.counter_journeys import planned as plan_counter
from nhi_sandbox.member_phone import MemberPhone
from nhi_sandbox.personas import Persona, personas
from nhi_sandbox.place import Journey, Place, Planned, Result
from nhi_sandbox.portal_journeys import LATE, PORTAL, planned
from nhi_sandbox.visit import Surprise

# The stable codes of the site's problem catalogue.
CODES: Final = {
    "NOT_ON_MOBILE_NETWORK": "M-01",
    "PREPAID": "M-02",
    "PARENT_CHILD": "M-03",
    "COMPANY": "M-04",
    "MVNO": "M-05",
    "SUSPENDED_LINE": "M-06",
    "OPERATOR_UNLISTED": "M-07",
    "NUMBER_MISMATCH": "M-08",
    "DATA_DO_NOT_MATCH": "M-09",
    "LINE_UNKNOWN": "M-10",
    "SIM_CHANGED": "M-11",
    "OPERATOR_DOWN": "M-12",
}


def _succeed(place: Place, person: Persona) -> str:
    """Taps a service, is led to binding and back to it; next day unlocks on Wi-Fi."""
    with place.phone() as phone:
        phone.open("/app/health-bank/")
        if phone.path != "/app/bind/":
            return f"led to {phone.path}"
        phone.enrol(person, "/app/health-bank/")
        if phone.path != "/app/bind/mobile/done" or "/app/health-bank/" not in phone.page.text:
            return phone.code or f"at {phone.path}"
        return _come_back(phone)


def _come_back(phone: MemberPhone, password: str | None = None) -> str:
    """Open the service, sign out, be asked to unlock, unlock, be in the service."""
    if phone.open("/app/health-bank/").path != "/app/health-bank/":
        return f"not let in: {phone.path}"
    phone.open("/app/").sign_out().open("/app/health-bank/")
    if phone.path != "/app/unlock/":
        return f"signed out, yet at {phone.path}"
    told = phone.unlock(password=password)
    if told["status"] != 200:
        return str(told.get("problem", {}).get("code"))
    return "bound" if phone.open("/app/nhi-counter/").path == "/app/nhi-counter/" else f"at {phone.path}"


def _refused_line(place: Place, person: Persona) -> str:
    with place.phone() as phone:
        phone.to_card(person)
        return phone.code if phone.path == "/app/bind/mobile/refused" else f"at {phone.path}"


def _wrong_last4(place: Place, person: Persona) -> str:
    """Wrong digits once; the right ones then do, so the mistake cost nothing."""
    with place.phone() as phone:
        phone.to_card(person).type_last4(person.types["last4"])
        code = phone.code
        phone.type_last4(person.card_number[-4:])
        return code if phone.path == "/app/bind/mobile/finish" else f"{code}, then at {phone.path}"


def _void_card(place: Place, person: Persona) -> str:
    with place.phone() as phone:
        return phone.to_card(person).type_last4(person.types["last4"]).code


def _locked(place: Place, person: Persona) -> str:
    """Five wrong tries, and the right digits do not help during the pause, on a new attempt neither."""
    with place.phone() as phone:
        phone.to_card(person)
        codes = [phone.type_last4("0000").code for _ in range(5)]
        phone.to_card(person).type_last4(person.card_number[-4:])
        return phone.code if codes[:4] == ["M-09"] * 4 else ",".join(codes)


def _registered_before(place: Place, person: Persona) -> str:
    """Registered, loses the phone's binding, binds again and keeps the password (seed Q6)."""
    with place.phone(passkeys=False) as phone:
        phone.enrol(person)
        phone.open(f"/app/phones/{_last(phone)}/delete").send(f"/app/phones/{_last(phone)}/delete")
    with place.phone(passkeys=False) as phone:
        phone.to_card(person).type_last4(person.types["last4"]).finish(None)
        return _come_back(phone, "a quiet river in spring")


def _forgot_password(place: Place, person: Persona) -> str:
    """Proves identity again and sets a new password; the old one then fails (seed Q7)."""
    with place.phone(passkeys=False) as phone:
        phone.enrol(person)
    with place.phone(passkeys=False) as phone:
        phone.to_card(person).type_last4(person.types["last4"]).finish("another quiet river")
        old = phone.open("/app/").sign_out().open("/app/unlock/").unlock(password="a quiet river in spring")
        if old["status"] == 200:
            return "the old password still works"
        return "bound" if phone.unlock(password="another quiet river")["status"] == 200 else "new password refused"


def _second_phone(place: Place, person: Persona) -> str:
    with place.phone() as first, place.phone() as second:
        first.enrol(person)
        second.to_card(person).type_last4(person.types["last4"]).finish(None)
        both = [_come_back(phone) for phone in (first, second)]
        return "bound" if both == ["bound", "bound"] else str(both)


def _sixth_phone(place: Place, person: Persona) -> str:
    """Refused at first; with one phone named for removal it is bound, and the removed one is out."""
    phones = [place.phone() for _ in range(6)]
    for number, phone in enumerate(phones[:5]):
        phone.to_card(person).type_last4(person.types["last4"]).finish(*(() if number == 0 else (None,)))
    last = phones[5].to_card(person).type_last4(person.types["last4"]).finish(None)
    code = last.code
    last.finish(None, remove=_last(phones[0]))
    told = _come_back(last), phones[0].open("/app/health-bank/").path
    for phone in phones:
        phone.phone.browser.close()
    return code if told == ("bound", "/app/bind/") else f"{code}, then {told}"


def _family(place: Place, person: Persona) -> str:
    """Mother and daughter on one phone, each with their own unlock."""
    daughter = personas()["family_daughter"]
    with place.phone() as phone:
        phone.enrol(person)
        mothers = _last(phone)
        phone.open("/app/").sign_out()
        phone.enrol(daughter)
        daughters = _last(phone)
        names = [phone.unlock(device)["status"] for device in (mothers, daughters, mothers)]
        listed = phone.open("/app/unlock/").page.text.count("data-device=")
        return "bound" if (names, listed) == ([200, 200, 200], 2) else f"{names}, {listed} listed"


def _suspended(place: Place, person: Persona) -> str:
    """Stops their own registration; then neither unlocking nor verifying anew gets anywhere."""
    with place.phone() as phone, place.phone() as other:
        phone.enrol(person)
        phone.open("/app/history/not-me").send("/app/history/not-me")
        unlocking = phone.open("/app/unlock/").unlock().get("problem", {}).get("code")
        verifying = other.to_card(person).code
        service = phone.open("/app/nhi-counter/").path
        return str(unlocking) if (unlocking, service) == (verifying, "/app/unlock/") else f"{unlocking}, {verifying}"


def _without_passkey(place: Place, person: Persona) -> str:
    with place.phone(passkeys=False) as phone:
        phone.enrol(person)
        return _come_back(phone, "a quiet river in spring")


def _address(place: Place, person: Persona) -> str:
    """Adds an address for notices by the code that the worker mails; a wrong code is refused."""
    address = f"{person.key}@example.org"
    with place.phone() as phone:
        phone.enrol(person).open("/app/contact/").send("/app/contact/", act="send", email=address)
        wrong = phone.send("/app/contact/", act="confirm", code="00000000").page.status_code
        phone.send("/app/contact/", act="confirm", code=place.mailed_code(address))
        return "confirmed" if (wrong, phone.page.status_code) == (400, 200) else f"{wrong}, {phone.page.status_code}"


def _last(phone: MemberPhone) -> str:
    return list(phone.keys)[-1]


_SPECIAL: Final[dict[str, tuple[Journey, str]]] = {
    "wrong_last4": (_wrong_last4, "M-09"),
    "void_card": (_void_card, "M-09"),
    "locked": (_locked, "L-01"),
    "registered_before": (_registered_before, "bound"),
    "forgot_password": (_forgot_password, "bound"),
    "second_phone": (_second_phone, "bound"),
    "sixth_phone": (_sixth_phone, "D-03"),
    "family_mother": (_family, "bound"),
    "suspended_member": (_suspended, "R-01"),
    "no_passkey": (_without_passkey, "bound"),
    "walk_free": (_address, "confirmed"),
}
# Played by others, or kept for people who try things out.
_NOT_ALONE: Final = {"family_daughter", "walk_zh", "walk_en"}


def plan() -> list[Planned]:
    """Every journey that needs no time to pass: by which channel, who, how, and what must come of it."""
    elsewhere = _NOT_ALONE | {one.person.key for one in plan_counter()}
    alone = (one for one in personas().values() if one.key not in elsewhere and not one.listed)
    return [*(Planned("mobile", person, *_journey_of(person)) for person in alone), *planned(PORTAL)]


def plan_late() -> list[Planned]:
    """The journeys in which time passes for everybody, so that no other may be under way."""
    return planned(LATE)


def _journey_of(person: Persona) -> tuple[Journey, str]:
    if person.key in _SPECIAL:
        return _SPECIAL[person.key]
    return (_succeed, "bound") if person.expected == "PASS" else (_refused_line, CODES[person.expected])


def run(place: Place, chosen: Iterable[Planned], at_once: int = 4) -> Iterator[Result]:
    """Run journeys, some at once, and yield their results in order."""
    with ThreadPoolExecutor(at_once) as pool:
        yield from pool.map(lambda item: _timed(place, item), chosen)


def _timed(place: Place, item: Planned) -> Result:
    began = time.monotonic()
    try:
        got = item.journey(place, item.person)
    except (Surprise, OSError, RuntimeError, KeyError, ValueError, httpx2.HTTPError) as error:
        got = f"{type(error).__name__}: {error}"
    seconds = round(time.monotonic() - began, 3)
    return Result(item.person.key, item.channel, item.expected, got, got == item.expected, seconds)

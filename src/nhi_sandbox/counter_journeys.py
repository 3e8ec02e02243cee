"""What happens at a service counter and on the hotline: the journeys of people who come or call, and of the staff.

The staff begin once, with the codes of the try-out, and then serve one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from nhi_sandbox.counter import StaffComputer, VisitorScreen
from nhi_sandbox.identifiers import id_number
from nhi_sandbox.member_phone import MemberPhone
from nhi_sandbox.personas import Persona, personas
from nhi_sandbox.place import Place, Planned
from nhi_sandbox.staff import STAFF
from nhi_sandbox.visit import Surprise

_PASSWORD: Final = "a bench under the old tree"  # noqa: S105 - typed by invented people only
_STOP_CODE: Final = re.compile(r"^([0-9A-Z]{4})-([0-9A-Z]{4})-([0-9A-Z]{4})$", re.M)
_AT_FIELD: Final = re.compile(r'href="#code">[^<]*([A-Z]-\d\d)<')
_NO_CODE: Final = "0000-0000-0000"


@dataclass
class Counter:
    """The staff at work, each at their own computer."""

    computers: dict[str, StaffComputer] = field(default_factory=dict)

    def registers_a_citizen(self, place: Place, person: Persona) -> str:
        """Without the household certificate nothing goes on; registered without a phone; signs in with the card."""
        clerk, screen = self._on_duty(place, "clerk-1"), _screen(place)
        clerk.open_case(person.id_number, "register")
        lacking = clerk.see_documents(but="household").code
        clerk.see_documents().pair(screen.number)
        if screen.register(_PASSWORD).path != "/visitor/phone":
            return screen.code or f"at {screen.path}"
        seen = _PASSWORD in clerk.open(clerk.path).page.text or not clerk.standing()["registered"]
        clerk.finish()
        if seen or screen.open("/visitor/").path != "/visitor/" or not screen.number:
            return "the clerk sees a password, or the screen goes on"
        with place.computer() as computer:
            signed_in = "/portal/sign-out" in computer.sign_in(person, _PASSWORD).page.text
        return f"{lacking}, then {'signed in' if signed_in else 'not signed in'}"

    def binds_a_foreigners_phone(self, place: Place, person: Persona) -> str:
        """A permit that has run out is refused; the phone scans the code on the visitor's screen, and is bound."""
        clerk, screen = self._on_duty(place, "clerk-1"), _screen(place)
        clerk.open_case(person.id_number, "register")
        late = clerk.see_documents(permit_until="2020-01-31").code
        clerk.see_documents().pair(screen.number)
        screen.register(_PASSWORD)
        with place.phone() as phone:
            refused = phone.scan(screen.phone_link())
            if refused or phone.say_yes().path != "/app/bind/code/done":
                return refused or phone.code or f"at {phone.path}"
            told = (screen.code_state(), clerk.standing()["code"], phone.open("/app/health-bank/").path)
        clerk.open(clerk.path).finish()
        return f"{late}, then bound" if told == ("bound", "bound", "/app/health-bank/") else f"{late}, then {told}"

    def stops_and_restores(self, place: Place, person: Persona) -> str:
        """Stopped at once; restored only when a colleague says yes, not who asked for it. The lost phone stays out."""
        clerk, colleague = self._on_duty(place, "clerk-1"), self._on_duty(place, "clerk-2")
        with place.phone() as phone:
            phone.enrol(person)
            clerk.open_case(person.id_number, "suspend").see_documents().do("suspend", "lost").finish()
            stopped = _unlocking(phone)
            clerk.open_case(person.id_number, "restore").see_documents().do("restore", "members_wish")
            waits, case = colleague.what_waits(), clerk.path
            own, still = clerk.grant(waits).code, _unlocking(phone)
            colleague.grant(waits)
            clerk.open(case).finish()
            lost = _unlocking(phone)
            return f"{stopped}; {own}, {still}; then {lost}, {_unlocking(phone.enrol(person))}"

    def freezes_a_stolen_phone(self, place: Place, person: Persona) -> str:
        """Who does not answer rightly is not known; who does is stopped: the phone is out, and no other gets in."""
        agent = self._on_duty(place, "hotline")
        with place.phone() as phone, place.phone() as another:
            phone.enrol(person).open("/app/health-bank/")
            signed_in = phone.path == "/app/health-bank/"
            wrong = agent.take_call(person, "caller_help", proof="0000").code
            history = "timeline" in agent.take_call(person, "caller_theft").page.text
            agent.freeze()
            out = phone.open("/app/health-bank/").path == "/app/unlock/"
            another.to_card(person)
            if not signed_in or history or not out:
                return f"signed in {signed_in}, agent sees history {history}, phone out {out}"
            return f"{wrong}; then {_unlocking(phone)}, {another.code}"

    def stops_by_a_mails_code(self, place: Place, person: Persona) -> str:
        """A mail tells of a second phone, which was not theirs; its stop code ends everything, a wrong one nothing."""
        address = f"{person.key}@mail.example.org"
        with place.phone() as phone, place.phone() as strangers, place.phone() as borrowed:
            _told_by_mail(place, phone.enrol(person), address)
            before = place.mails(address)
            strangers.to_card(person).type_last4(person.types["last4"]).finish(None)
            code = _stop_code(place, address, len(before))
            wrong = _AT_FIELD.findall(borrowed.open("/stop/").send("/stop/", code=_NO_CODE).page.text)[0]
            borrowed.send("/stop/", code=code)
            asked = _unlocking(phone)
            borrowed.send("/stop/", code=code, sure="yes")
            after = {_unlocking(one) for one in (phone, strangers)}
            if (asked, borrowed.path) != ("unlocked", "/stop/done"):
                return f"{asked} while asked, then at {borrowed.path} {borrowed.code}"
            return f"{wrong}; then {', '.join(sorted(after))}"

    def changes_a_number(self, place: Place, person: Persona) -> str:
        """The register brings a new number; a counter only stops until the registration has followed to it."""
        clerk, colleague, new = self._on_duty(place, "clerk-1"), self._on_duty(place, "clerk-2"), new_number(person)
        with place.phone() as phone:
            phone.enrol(person)
            place.import_again(person.row()._replace(id_number=new, former_id_numbers=person.id_number))
            clerk.open_case(new, "cancel").see_documents().do("cancel", "members_wish")
            first = clerk.code
            clerk.finish()
            clerk.open_case(new, "change_number").see_documents().do("change_number", "number_changed")
            case = clerk.path
            colleague.grant(colleague.what_waits())
            granted = clerk.open(case).standing()["approval"]
            clerk.finish()
            known = clerk.open_case(new, "phone").see_documents().code
            clerk.finish()
            return f"{first}; {granted}; then {known or _unlocking(phone)}"

    def _on_duty(self, place: Place, account: str) -> StaffComputer:
        """A colleague at their computer; the first time they begin with a code."""
        if account not in self.computers:
            colleague = next(one for one in STAFF if one.account == account)
            computer = StaffComputer(place.site, place.sandbox).begin(account, place.first_code(colleague))
            self.computers[account] = computer.open("/staff/").send("/staff/sign-out").sign_in()
        return self.computers[account]


def new_number(person: Persona) -> str:
    """The new UI number that the register gives to somebody with an old one."""
    return id_number("ui", person.id_number[0], person.sex == "M", int(person.id_number[2:9]))


def _screen(place: Place) -> VisitorScreen:
    return VisitorScreen(place.site, place.sandbox).begin()


def _unlocking(phone: MemberPhone) -> str:
    """What comes of unlocking: ``unlocked``, or the code of the problem."""
    told = phone.open("/app/unlock/").unlock()
    return "unlocked" if told["status"] == 200 else str(told.get("problem", {}).get("code"))


def _told_by_mail(place: Place, phone: MemberPhone, address: str) -> None:
    """Give an address for notices, and confirm it."""
    phone.open("/app/contact/").send("/app/contact/", act="send", email=address)
    phone.send("/app/contact/", act="confirm", code=place.mailed_code(address))


def _stop_code(place: Place, address: str, before: int) -> str:
    """The stop code in a mail that came after so many. Raises Surprise when none comes."""
    for mails in place.mails_over_time(address):
        codes = ["".join(found) for text in mails[: len(mails) - before] for found in _STOP_CODE.findall(text)]
        if codes:
            return codes[0]
    raise Surprise("no mail with a stop code came")


def planned() -> list[Planned]:
    """The journeys, in their order, and what must come of each."""
    counter = Counter()
    told: list[tuple[str, Callable[[Place, Persona], str], str]] = [
        ("counter_citizen", counter.registers_a_citizen, "S-13, then signed in"),
        ("counter_foreign", counter.binds_a_foreigners_phone, "S-14, then bound"),
        ("counter_stopped", counter.stops_and_restores, "R-01; S-30, R-01; then D-09, unlocked"),
        ("counter_stolen", counter.freezes_a_stolen_phone, "S-40; then R-01, R-01"),
        ("counter_not_me", counter.stops_by_a_mails_code, "S-60; then R-01"),
        ("counter_new_number", counter.changes_a_number, "S-34; granted; then unlocked"),
    ]
    return [Planned("counter", personas()[key], journey, expected) for key, journey, expected in told]

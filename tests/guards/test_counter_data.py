"""Counters and hotline leave behind nobody's data: not the visitor's or the caller's, and not the staff's either."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core import mail

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import proving
from nhi_express.counter.flows import accounts
from nhi_express.counter.rules import Role
from nhi_sandbox.counter import StaffComputer, VisitorScreen
from nhi_sandbox.member_phone import PASSWORD
from nhi_sandbox.staff import STAFF, NamedStaff
from tests.counter.workplace import office
from tests.counting import events
from tests.guards.watch import watched
from tests.outside import Outside
from tests.visitor import Visitor, person

MEMBER, CALLER, STRANGER = person("counter_stopped"), person("counter_stolen"), person("not_insured")
ACCOUNTS = {one.account: f"{one.account}.jasmine" for one in STAFF}
Make = Callable[..., Visitor]


class Seats:
    """Computers and screens at the site in this process, and every address that they were at."""

    def __init__(self, make: Make) -> None:
        self._make, self.browsers = make, list[Visitor]()

    def computer(self, account: str, code: str) -> StaffComputer:
        """A colleague's, who begins."""
        seat = StaffComputer("", "")
        self._replace(seat)
        return seat.begin(account, code)

    def screen(self) -> VisitorScreen:
        """The visitor's."""
        seat = VisitorScreen("", "")
        self._replace(seat)
        return seat.begin()

    def _replace(self, seat: StaffComputer | VisitorScreen) -> None:
        seat.phone.browser.close()
        self.browsers.append(self._make(strict=False))
        seat.site, seat.phone = self.browsers[-1].site, self.browsers[-1].phone


@pytest.fixture
def seats(visitor: Make, sandbox: Outside) -> Seats:
    """An office on this machine's network."""
    office("taipei")
    return Seats(visitor)


def _hired(seats: Seats) -> dict[str, StaffComputer]:
    """Everybody on the staff, made by the administrator's page and a second person's yes, but for those two."""
    at_work: dict[str, StaffComputer] = {}
    for one in STAFF:
        account, role = ACCOUNTS[one.account], Role(one.role)
        if role in {Role.ADMINISTRATOR, Role.SUPERVISOR}:
            _, code = accounts.make_by_operator(accounts.NewStaff(account, one.name, role, None, None))
            at_work[one.account] = seats.computer(account, code)
    for one in STAFF:
        if one.account not in at_work:
            at_work[one.account] = seats.computer(ACCOUNTS[one.account], _code_for(at_work, one))
    return at_work


def _code_for(at_work: dict[str, StaffComputer], one: NamedStaff) -> str:
    wish = {"account": ACCOUNTS[one.account], "name": one.name, "role": one.role}
    asks, second = at_work["admin"].open("/staff/accounts/"), at_work["supervisor"]
    asks.send("/staff/accounts/", **wish, office="taipei" if one.office else "")
    waits = second.open("/staff/seconding/").link(r"/staff/seconding/[0-9a-f-]{36}")
    shown = re.search(r'class="[^"]*\bcode\b[^"]*">([^<]+)<', second.send(waits, decision="grant").page.text)
    assert shown
    return shown.group(1)


def test_no_case_and_no_call_leaves_anything_personal_behind(seats: Seats, visitor: Make) -> None:
    phone = visitor(strict=False)
    with watched(phone) as traces:
        at_work = _hired(seats)
        _serve(at_work, seats.screen(), phone)
        _answer_calls(at_work["hotline"])
        # Somebody types a number into the address itself: it is not kept then, either.
        visitor(strict=False).open(f"/staff/hotline/{CALLER.id_number}/").open(f"/staff/?next=/{CALLER.id_number}")
        for account, path in (("supervisor", "alerts"), ("admin", "accounts"), ("auditor", "log")):
            assert at_work[account].open(f"/staff/{path}/").page.status_code == 200
        exported = at_work["auditor"].open("/staff/log/export").page.text
        proving.grow()
    traces.urls.extend(url for browser in seats.browsers for url in browser.seen)
    assert len(traces.urls) > 100
    assert len(mail.outbox) > 2
    assert all(events(event) for event in (Event.CASE_REGISTERED, Event.APPROVAL_GRANTED, Event.LOOKED_UP))
    assert MEMBER.id_number not in exported
    assert traces.found() == []
    assert traces.telling(*ACCOUNTS.values()) == []


def _serve(at_work: dict[str, StaffComputer], screen: VisitorScreen, phone: Visitor) -> None:
    """Register, bind, stop, restore, and take a request about data in."""
    clerk, colleague = at_work["clerk-1"], at_work["clerk-2"]
    clerk.open_case(MEMBER.id_number, "register").see_documents().pair(screen.number)
    screen.register(PASSWORD)
    assert not phone.scan(screen.phone_link())
    phone.say_yes()
    _told_by_mail(phone)
    clerk.open(clerk.path).finish()
    clerk.open_case(MEMBER.id_number, "suspend").see_documents().do("suspend", "stolen").finish()
    clerk.open_case(MEMBER.id_number, "restore").see_documents().do("restore", "members_wish")
    case, waits = clerk.path, colleague.what_waits()
    colleague.grant(waits)
    clerk.open(case).finish()
    clerk.open_case(MEMBER.id_number, "data_request").see_documents()
    asked = f"{MEMBER.name}, {MEMBER.id_number}, {MEMBER.phone}"
    clerk.send(f"{clerk.path}request", kind="correct", asked=asked)


def _told_by_mail(phone: Visitor) -> None:
    phone.open("/app/contact/").send("/app/contact/", act="send", email="counter@mail.example.tw")


def _answer_calls(agent: StaffComputer) -> None:
    """Right answers, wrong ones, and everything typed into the wrong field."""
    agent.take_call(CALLER, "caller_theft")
    agent.take_call(CALLER, "caller_help", CALLER.card_number[-4:])
    agent.take_call(CALLER, "complaint", CALLER.name)
    agent.take_call(STRANGER, "caller_help", STRANGER.card_number[-4:])
    wrong = {"id_number": CALLER.name, "birth_date": CALLER.id_number, "proof": CALLER.phone}
    agent.open("/staff/hotline/").send("/staff/hotline/", **wrong, purpose=CALLER.id_number)

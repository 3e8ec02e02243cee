"""臨櫃註冊: administrator, clerk, a visitor with a screen of their own, hotline and auditor, all by keyboard.

The visitor's screen is a second browser. Everybody on the staff signs in with a passkey of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from nhi_express.members.rules import masked_name
from nhi_sandbox.cards import stack
from nhi_sandbox.personas import Persona
from nhi_sandbox.staff import OFFICE, NamedStaff
from tests.gallery.conftest import ARGUMENTS, CHROMIUM
from tests.journeys.computer import ComputerAtHand
from tests.journeys.conftest import SitDown
from tests.journeys.keyboard import (
    when_they_choose,
    when_they_go_down_to,
    when_they_press_enter,
    when_they_tab_to,
    when_they_tick,
    when_they_write,
    when_they_write_day,
)
from tests.journeys.people import Newcomers, named
from tests.journeys.phone import PhoneInHand

PASSWORD = "a lantern on the old bridge"
_CASE = re.compile(r".*/staff/desk/[0-9a-f-]{36}/$")
_SECONDS_MS = 5_000
Seated = Callable[[str, str], ComputerAtHand]


@pytest.fixture(scope="module")
def player() -> Iterator[Playwright]:
    """What starts browsers; one for both."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def chromium(player: Playwright) -> Iterator[Browser]:
    """The staff's browser, and the phone's."""
    browser = player.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def screen(player: Playwright, computer: ComputerAtHand) -> Iterator[ComputerAtHand]:
    """The screen that faces visitors: a browser of its own."""
    browser = player.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    made = computer.beside(browser)
    yield made
    made.put_away()
    browser.close()


@pytest.fixture
def citizen(newcomers: Newcomers) -> Persona:
    """A citizen who has never been here."""
    return next(person for person in iter(newcomers.next, None) if person.is_citizen)


@pytest.fixture
def seated(sit_down: SitDown, language: str) -> Seated:
    """A colleague with an account from the command line, and at their computer the first time."""

    def begin(role: str, name: str) -> ComputerAtHand:
        computer = sit_down(passkeys=True)
        colleague = NamedStaff(f"{role}-of-{language}", role, name, OFFICE if role == "clerk" else "")
        when_they_begin(computer, colleague.account, computer.place.first_code(colleague))
        return computer

    return begin


# In this order, for then the figures in Chinese, which docs/counter.md shows, are not empty.
@pytest.mark.parametrize("language", ["en", "zh"])
def test_registered_at_a_counter_with_a_phone_that_is_stolen_later(
    seated: Seated, sit_down: SitDown, screen: ComputerAtHand, phone: PhoneInHand, citizen: Persona
) -> None:
    admin, supervisor, clerk = (
        seated("administrator", "石竹紅"),
        seated("supervisor", "金桂生"),
        sit_down(passkeys=True),
    )
    when_the_administrator_makes_a_clerk(admin, f"clerk-{admin.language}")
    code = when_a_second_person_says_yes(supervisor, f"clerk-{admin.language}")
    when_they_begin(clerk, f"clerk-{admin.language}", code)
    when_the_clerk_opens_a_case(clerk, citizen)
    then_a_case_without_documents_goes_no_further(clerk)
    when_the_clerk_ticks_the_documents(clerk)
    when_the_clerk_types_the_number_of(clerk, screen)
    when_the_visitor_agrees_and_types_a_password(screen)
    then_the_clerk_sees(clerk, "Registered. The visitor may bind a phone on the screen, now or another day.")
    then_the_clerk_knows_no_password(clerk)
    when_the_visitor_binds_their_phone(screen, phone, citizen)
    then_the_clerk_sees(clerk, "Registered, and the phone is bound.")
    when_the_visitor_is_done_and_the_clerk_finishes(clerk, screen)
    then_the_member_sees_who_looked(phone)
    agent = seated("hotline", "風鈴音")
    when_the_caller_reports_a_theft(agent, citizen)
    then_the_phone_is_out(phone)
    auditor = seated("auditor", "常春藤")
    then_the_log_is_whole(auditor, citizen)
    then_a_supervisor_finds_alerts_and_figures(supervisor)


@pytest.mark.skipif(bool(stack.missing()), reason=stack.missing() or "all is there")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_case_is_opened_by_the_card_in_the_desks_reader(seated: Seated) -> None:
    clerk, visitor = seated("clerk", "薰衣草"), named("prepaid")
    when_the_clerk_goes_to_read_a_card(clerk)
    clerk.is_told("C-05")
    clerk.puts_in(visitor)
    when_they_press_enter_and_a_case_opens(clerk, "form[data-card] button.button")
    clerk.shows(visitor.name)
    when_they_press_enter(clerk, 'form[action$="/drop"] button', "/staff/desk/")


@pytest.mark.parametrize("language", ["en"])
def test_the_visitors_screen_forgets_whoever_was_there(
    sit_down: SitDown, screen: ComputerAtHand, phone: PhoneInHand, citizen: Persona
) -> None:
    """A password half typed, and a code that the next person would scan."""
    clerk, colleague = sit_down(passkeys=True), NamedStaff("clerk-by-the-glass", "clerk", "白玉蘭", OFFICE)
    when_they_begin(clerk, colleague.account, clerk.place.first_code(colleague))
    when_the_clerk_opens_a_case(clerk, citizen)
    when_the_clerk_ticks_the_documents(clerk)
    when_the_clerk_types_the_number_of(clerk, screen)
    when_the_visitor_agrees(screen)
    when_they_write(screen, "#password", PASSWORD)
    when_they_press_enter(clerk, 'form[action$="/drop"] button', "/staff/desk/")
    then_the_screen_waits_for_the_next_one(screen)
    when_the_clerk_opens_a_case(clerk, citizen)
    when_the_clerk_ticks_the_documents(clerk)
    when_the_clerk_types_the_number_of(clerk, screen)
    when_the_visitor_agrees_and_types_a_password(screen)
    when_they_press_enter(screen, 'form[action="/visitor/phone"] button', "/visitor/phone")
    link = str(screen.page.locator("[data-link]").get_attribute("data-link"))
    # The clerk's page has followed, and stands still.
    expect(clerk.page.locator("[data-case]")).to_have_attribute("data-standing", re.compile(" waiting$"))
    when_they_press_enter(clerk, 'form[action$="/finish"] button', "/staff/desk/")
    phone.page.goto(link)
    phone.is_told("V-01")
    then_the_screen_waits_for_the_next_one(screen)


# The staff.


def when_they_begin(computer: ComputerAtHand, account: str, code: str) -> None:
    """The first time: account and code, then a passkey."""
    computer.goes_to("/staff/").is_at("/staff/")
    when_they_press_enter(computer, 'main a[href="/staff/first/"]', "/staff/first/")
    when_they_write(computer, "#account", account)
    when_they_write(computer, "#code", code)
    when_they_press_enter(computer, "main form button.button", "/staff/first/")
    when_they_press_enter(computer, "[data-staff-make] button", "/staff/")


def when_the_administrator_makes_a_clerk(admin: ComputerAtHand, account: str) -> None:
    """Whose first-time code waits then, for the administrator cannot say yes to it."""
    when_they_press_enter(admin, 'nav a[href="/staff/accounts/"]', "/staff/accounts/")
    when_they_write(admin, "#account", account)
    when_they_write(admin, "#name", "丁香紫")
    when_they_choose(admin, "role", "clerk")
    when_they_go_down_to(admin, "select#office", OFFICE)
    when_they_press_enter(admin, "main form:has(#account) button.button", "/staff/seconding/")
    assert admin.shows(account).page.locator('button[value="grant"]').count() == 0


def when_a_second_person_says_yes(supervisor: ComputerAtHand, account: str) -> str:
    """Returns the first-time code, which is shown to them alone, and once."""
    when_they_press_enter(supervisor, 'nav a[href="/staff/seconding/"]', "/staff/seconding/")
    when_they_tab_to(supervisor, 'button[value="grant"]')
    supervisor.leaves_by_key("Enter").shows(account).look()
    return supervisor.page.locator("p.code").inner_text()


def when_the_clerk_opens_a_case(clerk: ComputerAtHand, visitor: Persona) -> None:
    when_they_press_enter(clerk, 'nav a[href="/staff/desk/"]', "/staff/desk/")
    when_they_write(clerk, "#id_number", visitor.id_number)
    when_they_choose(clerk, "purpose", "register")
    when_they_press_enter_and_a_case_opens(clerk, "main form:has(#id_number) button.button")
    clerk.shows(visitor.name).look()


def when_the_clerk_goes_to_read_a_card(clerk: ComputerAtHand) -> None:
    """And presses the button while the reader is empty."""
    when_they_press_enter(clerk, 'nav a[href="/staff/desk/"]', "/staff/desk/")
    when_they_press_enter(clerk, 'main a[href="/staff/desk/card"]', "/staff/desk/card")
    when_they_choose(clerk, "purpose", "phone")
    when_they_tab_to(clerk, "form[data-card] button.button")
    clerk.page.keyboard.press("Enter")


def when_they_press_enter_and_a_case_opens(clerk: ComputerAtHand, selector: str) -> None:
    when_they_tab_to(clerk, selector)
    clerk.leaves_by_key("Enter").page.wait_for_url(_CASE)


def then_a_case_without_documents_goes_no_further(clerk: ComputerAtHand) -> None:
    when_they_tick(clerk, "#document-nhi_card")
    when_they_tab_to(clerk, "main form:has(fieldset) button.button")
    clerk.leaves_by_key("Enter").is_told("S-13")
    assert clerk.page.locator("#number").count() == 0


def when_the_clerk_ticks_the_documents(clerk: ComputerAtHand) -> None:
    for document in ("nhi_card", "id_card", "household"):
        when_they_tick(clerk, f"#document-{document}")
    when_they_tab_to(clerk, "main form:has(fieldset) button.button")
    clerk.leaves_by_key("Enter").reads("Documents seen").look()


def when_the_clerk_types_the_number_of(clerk: ComputerAtHand, screen: ComputerAtHand) -> None:
    screen.goes_to("/visitor/").is_at("/visitor/")
    if not screen.page.locator("p.code").count():
        when_they_press_enter(screen, "main form button", "/visitor/")
    number = screen.page.locator("p.code").inner_text().replace(" ", "")
    when_they_write(clerk, "#number", number)
    when_they_tab_to(clerk, "main form:has(#number) button.button")
    clerk.leaves_by_key("Enter").reads("Paired. The visitor is reading the terms and choosing a password.").look()


def then_the_clerk_sees(clerk: ComputerAtHand, english: str) -> None:
    """The page follows by itself."""
    expect(clerk.page.get_by_text(clerk.says(english))).to_be_visible(timeout=_SECONDS_MS)
    clerk.look()


def then_the_clerk_knows_no_password(clerk: ComputerAtHand) -> None:
    assert clerk.page.locator("input[type=password]").count() == 0
    assert PASSWORD not in clerk.page.content()


def when_the_visitor_is_done_and_the_clerk_finishes(clerk: ComputerAtHand, screen: ComputerAtHand) -> None:
    """The clerk's page loads anew when the screen parts; the focus stays where the clerk has put it."""
    finish = 'form[action$="/finish"] button'
    when_they_tab_to(clerk, finish)
    when_the_visitor_is_done(screen)
    expect(clerk.page.locator("#number")).to_be_visible(timeout=_SECONDS_MS)
    expect(clerk.page.locator(finish)).to_be_focused()
    when_they_press_enter(clerk, finish, "/staff/desk/")


def when_the_caller_reports_a_theft(agent: ComputerAtHand, caller: Persona) -> None:
    """ID number and birth date are enough to stop, and for nothing else."""
    when_they_press_enter(agent, 'nav a[href="/staff/hotline/"]', "/staff/hotline/")
    when_they_choose(agent, "purpose", "caller_theft")
    when_they_write(agent, "#id_number", caller.id_number)
    when_they_write_day(agent, "#birth_date", caller.birth_date)
    when_they_press_enter(agent, "main form:has(#birth_date) button.button", "/staff/hotline/")
    agent.shows(masked_name(caller.name))
    assert caller.id_number not in agent.page.locator("main").inner_text()
    when_they_press_enter(agent, "main button.danger", "/staff/hotline/freeze")
    agent.reads("The registration is stopped")


def then_a_supervisor_finds_alerts_and_figures(supervisor: ComputerAtHand) -> None:
    """A supervisor neither opens cases nor reads records."""
    assert supervisor.page.locator('nav a[href="/staff/desk/"], nav a[href="/staff/hotline/"]').count() == 0
    for path in ("/staff/approvals/", "/staff/alerts/", "/staff/figures/"):
        when_they_press_enter(supervisor, f'nav a[href="{path}"]', path)
    supervisor.reads("Counts of what happened, never of persons. They are some minutes old.")
    assert supervisor.page.locator("main h2[id^=chart-]").count() >= 5


def then_the_log_is_whole(auditor: ComputerAtHand, member: Persona) -> None:
    when_they_press_enter(auditor, 'nav a[href="/staff/log/"]', "/staff/log/")
    shown = auditor.page.locator("main").inner_text()
    assert "counter:case:registered" in shown
    assert not [secret for secret in (member.name, member.id_number, "丁香紫", "風鈴音") if secret in shown]
    for _ in range(20):
        when_they_press_enter(auditor, 'form[action="/staff/log/verify"] button', "/staff/log/verify")
        if not auditor.page.get_by_text(auditor.says("Nothing is signed yet")).count():
            break
        auditor.page.wait_for_timeout(6_000)
        auditor.goes_to("/staff/log/")
    auditor.reads("The log is whole")


# The visitor.


def then_the_screen_waits_for_the_next_one(screen: ComputerAtHand) -> None:
    """By itself, and going back shows nothing of who was there."""
    expect(screen.page.locator("p.code.number")).to_be_visible(timeout=_SECONDS_MS)
    screen.goes_back()
    expect(screen.page.locator("[data-link], #password")).to_have_count(0)
    screen.goes_to("/visitor/").is_at("/visitor/")


def when_the_visitor_agrees(screen: ComputerAtHand) -> None:
    screen.is_at("/visitor/terms")
    when_they_tick(screen, "#accept")
    when_they_press_enter(screen, "main form:has(#accept) button", "/visitor/terms")


def when_the_visitor_agrees_and_types_a_password(screen: ComputerAtHand) -> None:
    when_the_visitor_agrees(screen)
    when_they_write(screen, "#password", PASSWORD)
    when_they_write(screen, "#again", PASSWORD)
    when_they_press_enter(screen, "main form:has(#again) button.button", "/visitor/phone")
    screen.reads("You are registered")


def when_the_visitor_binds_their_phone(screen: ComputerAtHand, phone: PhoneInHand, member: Persona) -> None:
    """In one language the phone's own camera opens the code, in the other it is typed."""
    when_they_press_enter(screen, 'form[action="/visitor/phone"] button', "/visitor/phone")
    if phone.language == "zh":
        phone.page.goto(str(screen.page.locator("[data-link]").get_attribute("data-link")))
    else:
        phone.goes_to("/app/bind/code/").is_at("/app/bind/code/").types("id_number", member.id_number)
        phone.types("code", screen.page.locator("#device-code").inner_text()).taps("Next")
    phone.is_at("/app/bind/code/confirm").shows(masked_name(member.name))
    phone.taps("Yes, unlock and bind").is_at("/app/bind/code/done")
    expect(screen.page.locator('[data-standing="bound"]')).to_be_visible(timeout=_SECONDS_MS)
    screen.look()


def when_the_visitor_is_done(screen: ComputerAtHand) -> None:
    """The screen shows the next number at once, and nothing of who was there."""
    before = screen.page.locator("[data-identifier]").inner_text()
    when_they_press_enter(screen, 'main > form[action="/visitor/leave"] button', "/visitor/")
    assert screen.page.locator("p.code").inner_text()
    screen.goes_to("/visitor/phone").is_told("S-21")
    assert before not in screen.page.locator("main").inner_text()


def then_the_member_sees_who_looked(phone: PhoneInHand) -> None:
    phone.goes_to("/app/history/look-ups").is_at("/app/history/look-ups")
    told = phone.page.locator(".timeline li strong").all_inner_texts()
    assert len(told) == 1
    assert "丁香紫" not in told[0]


def then_the_phone_is_out(phone: PhoneInHand) -> None:
    phone.goes_to("/app/health-bank/").is_at("/app/unlock/")
    phone.page.locator("[data-unlock] button[data-device]").tap()
    phone.is_told("R-01")

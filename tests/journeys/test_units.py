"""投保單位整批註冊 (seed Q1.4): an officer with a workbook of LibreOffice and a file in Big5, by keyboard alone at the
computer; a member with the letter that the insurer's mail house brings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FileChooser, TimeoutError, sync_playwright
from python_calamine import load_workbook

from nhi_express.members.rules import masked_name
from nhi_sandbox.demo import Installation
from nhi_sandbox.postman import Letter
from nhi_sandbox.register import RegisterRow
from nhi_sandbox.units import named_units
from tests.gallery.conftest import ARGUMENTS, CHROMIUM
from tests.journeys import camera
from tests.journeys.acts import PASSWORD, given_a_bound_phone
from tests.journeys.computer import ComputerAtHand
from tests.journeys.conftest import PickUp, SitDown
from tests.journeys.keyboard import when_they_press_enter, when_they_tab_to
from tests.journeys.letters import drawn_qr
from tests.journeys.lists import OfficersList, big5, workbook
from tests.journeys.people import named
from tests.journeys.phone import PhoneInHand

WALKS = [("zh", "unit_head", "sandbox", "scans"), ("en", "neighbour_head", "neighbour", "types")]
_PRESSES = 3
_LIST = re.compile(r".*/units/lists/[0-9a-f-]{36}/(\?.*)?$")


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the phones' cameras see."""
    made = tmp_path_factory.mktemp("camera") / "camera.y4m"
    camera.see_a_wall(made)
    return made


@pytest.fixture(scope="module")
def chromium(video: Path) -> Iterator[Browser]:
    """Chromium with a camera."""
    with sync_playwright() as playwright:
        arguments = [*ARGUMENTS, *camera.arguments(video)]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.mark.parametrize(("language", "head", "unit", "how"), WALKS)
def test_from_the_certificate_to_a_member_who_has_finished(
    pick_up: PickUp, sit_down: SitDown, installation: Installation, video: Path, head: str, unit: str, how: str
) -> None:
    phone = pick_up()
    given_a_bound_phone(phone, named(head))
    when_they_register_their_unit(phone, unit)
    computer = given_a_computer_that_asks_the_phone(sit_down, phone)
    when_they_sign_in_with_the_passkey(computer)
    when_they_upload(computer, workbook(unit).file)
    then_the_result_is_there_and_nothing_has_happened(computer, workbook(unit))
    when_they_download_the_refused_lines(computer, workbook(unit))
    when_they_confirm(computer)
    when_they_upload(computer, big5(unit).file)
    then_the_result_is_there_and_nothing_has_happened(computer, big5(unit))
    when_they_confirm(computer)
    member = big5(unit).good[0]
    letter = when_the_postman_comes(installation, member)
    other = pick_up()
    when_a_member_opens_the_way_of_the_letter(other)
    if how == "scans":
        when_they_scan_it(other, installation.folder / "letters", letter, video)
    else:
        when_they_type_it(other, letter, member)
    when_they_agree_and_prove(other, member)
    when_they_choose_a_password_and_unlock(other)
    then_the_officer_sees_who_has_finished(computer, member)


# The responsible person.


def when_they_register_their_unit(phone: PhoneInHand, key: str) -> None:
    unit = named_units()[key]
    phone.goes_to("/app/units/register").is_at("/app/units/register")
    phone.types("code", unit.code).types("tax_id", unit.tax_id).types("certificate", unit.certificate)
    phone.taps("Register this unit").is_at("/app/units/").shows(unit.name)


def given_a_computer_that_asks_the_phone(sit_down: SitDown, phone: PhoneInHand) -> ComputerAtHand:
    computer = sit_down(passkeys=True)
    phone.lends_its_passkeys_to(computer)
    return computer


def when_they_sign_in_with_the_passkey(computer: ComputerAtHand) -> None:
    computer.goes_to("/units/").is_at("/units/")
    when_they_press_enter(computer, "form[data-desk] button", "/units/lists/")


def when_they_upload(computer: ComputerAtHand, file: Path) -> None:
    """Also chooses the file by keyboard; the browser's own window for it is the system's."""
    computer.goes_to("/units/lists/").is_at("/units/lists/")
    when_they_press_enter(computer, 'main a[href$="/units/lists/upload"]', "/units/lists/upload")
    when_they_tab_to(computer, "#file")
    window_of_files(computer).set_files(file)
    when_they_tab_to(computer, "form[data-upload] button.button")
    computer.page.keyboard.press("Enter")
    computer.page.wait_for_url(_LIST)


def window_of_files(computer: ComputerAtHand) -> FileChooser:
    """Opened by Enter; a busy browser may swallow the key, and anyone would press it again."""
    for _ in range(_PRESSES - 1):
        with suppress(TimeoutError):
            return _opened_by_enter(computer, timeout=5_000)
    return _opened_by_enter(computer, timeout=20_000)


def _opened_by_enter(computer: ComputerAtHand, *, timeout: float) -> FileChooser:
    with computer.page.expect_file_chooser(timeout=timeout) as opened:
        computer.page.keyboard.press("Enter")
    return opened.value


def then_the_result_is_there_and_nothing_has_happened(computer: ComputerAtHand, given: OfficersList) -> None:
    """The page follows the work by itself until the list waits for its officer."""
    computer.reads("waits for your confirmation").look()
    assert counts(computer) == {"ready": len(given.good), "refused": given.refused}
    assert computer.page.locator('form[action$="/confirm"] [name=version]').count() == 1


def counts(computer: ComputerAtHand) -> dict[str, int]:
    """How many lines have which result, as the tabs tell."""
    tabs = {tab.get_attribute("href"): tab for tab in computer.page.locator(".tabs a").all()}
    told = {
        str(re.search(r"show=(\w+)", str(href)).group(1)): int(tab.locator(".number").inner_text())  # type: ignore[union-attr]
        for href, tab in tabs.items()
    }
    return {state: count for state, count in told.items() if count}


def when_they_download_the_refused_lines(computer: ComputerAtHand, given: OfficersList) -> None:
    when_they_tab_to(computer, '.tabs a[href*="show=refused"]')
    computer.leaves_by_key("Enter").reads("Line by line")
    when_they_tab_to(computer, 'a[href$="/refused.xlsx"]')
    with computer.page.expect_download() as begun:
        computer.page.keyboard.press("Enter")
    rows = load_workbook(str(begun.value.path())).get_sheet_by_index(0).to_python()
    assert len(rows) == given.refused + 1
    assert all(str(row[-1]).strip() for row in rows)


def when_they_confirm(computer: ComputerAtHand) -> None:
    when_they_tab_to(computer, 'form[action$="/confirm"] button')
    computer.leaves_by_key("Enter").reads("confirmed and done").look()


# The member.


def when_the_postman_comes(installation: Installation, member: RegisterRow) -> Letter:
    """The letter with this person's name; the address on it is the register's."""
    letters = [letter for letter in installation.place.letters() if member.name in letter.text]
    assert letters[-1].code
    return letters[-1]


def when_a_member_opens_the_way_of_the_letter(phone: PhoneInHand) -> None:
    phone.goes_to("/app/bind/unit/").is_at("/app/bind/unit/").opens("With an activation code")
    phone.is_at("/app/bind/unit/code/")


def when_they_scan_it(phone: PhoneInHand, folder: Path, letter: Letter, video: Path) -> None:
    camera.see_picture(video, *drawn_qr(folder / letter.file, letter.page))
    phone.context.grant_permissions(["camera"], origin=phone.place.site)
    phone.taps("Open the camera").is_at("/app/bind/unit/terms")


def when_they_type_it(phone: PhoneInHand, letter: Letter, member: RegisterRow) -> None:
    phone.types("id_number", member.id_number).types("code", "0000-0000-0000").taps("Next").is_told("U-31")
    phone.types("id_number", member.id_number).types("code", letter.code.lower()).taps("Next")
    phone.is_at("/app/bind/unit/terms")


def when_they_agree_and_prove(phone: PhoneInHand, member: RegisterRow) -> None:
    phone.shows(masked_name(member.name)).shows(member.unit_name)
    phone.page.get_by_label(phone.says("I have read this and agree")).check()
    phone.taps("Yes, this is me: next").is_at("/app/bind/unit/proof")
    phone.types("last4", member.card_number[-4:])
    second = (
        ("household", member.household_number) if member.household_number else ("permit_issued", member.permit_issued)
    )
    phone.types(*second).taps("Next").is_at("/app/bind/unit/finish")


def when_they_choose_a_password_and_unlock(phone: PhoneInHand) -> None:
    phone.types("password", PASSWORD).taps("Unlock and finish").is_at("/app/bind/unit/done")
    phone.goes_to("/app/health-bank/").is_at("/app/health-bank/")


def then_the_officer_sees_who_has_finished(computer: ComputerAtHand, member: RegisterRow) -> None:
    computer.goes_to("/units/people/?status=finished").is_at("/units/people/").shows(member.name)
    assert member.card_number not in computer.page.content()
    assert computer.page.locator("ul.people > li").count() == 1

"""From 檢測環境 to a bound phone: real smart card service, virtual card, component, two browsers and a camera."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from nhi_sandbox.cards import stack
from nhi_sandbox.demo import Installation
from nhi_sandbox.personas import Persona
from tests.gallery.conftest import ARGUMENTS, CHROMIUM
from tests.journeys import camera
from tests.journeys.computer import ComputerAtHand
from tests.journeys.conftest import PICTURES
from tests.journeys.people import named
from tests.journeys.phone import Album, PhoneInHand
from tests.journeys.portal_acts import (
    when_they_accept_the_directions,
    when_they_choose_password_and_address,
    when_they_press_read,
    when_they_sign_in,
    when_they_type_the_mailed_code,
    when_they_type_their_household,
)

pytestmark = pytest.mark.skipif(bool(stack.missing()), reason=stack.missing() or "all is there")
WALKS = [("zh", "prepaid"), ("en", "company")]
CODE_SIDE = 320
QUICKLY_MS = 2_000


@pytest.fixture(scope="module")
def player() -> Iterator[Playwright]:
    """What starts browsers; one for both."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def chromium(player: Playwright) -> Iterator[Browser]:
    """The computer's browser."""
    browser = player.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """What the phone's camera sees; a wall at first."""
    camera.see_a_wall(tmp_path / "camera.y4m")
    return tmp_path / "camera.y4m"


@pytest.fixture
def seeing_phone(player: Playwright, video: Path, installation: Installation, language: str) -> Iterator[PhoneInHand]:
    """A phone with a camera, in a browser of its own."""
    browser = player.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *camera.arguments(video)])
    album = Album(PICTURES / "test_card_phone", language)
    phone = PhoneInHand(browser, installation.place, language, album, passkeys=True)
    phone.context.grant_permissions(["camera"], origin=installation.place.site)
    yield phone
    phone.put_away()
    browser.close()


@pytest.mark.parametrize(("language", "key"), WALKS)
def test_from_the_environment_check_to_a_bound_phone(
    computer: ComputerAtHand, seeing_phone: PhoneInHand, video: Path, key: str
) -> None:
    member, address = named(key), f"{key}@journey.example.org"
    when_they_check_the_computer(computer, member)
    when_they_accept_the_directions(computer)
    when_they_press_read(computer)
    then_the_card_is_shown_masked(computer, member)
    when_they_type_their_household(computer, member)
    when_they_choose_password_and_address(computer, address)
    when_they_type_the_mailed_code(computer, address)
    when_they_sign_in(computer, member)
    when_they_make_a_device_code(computer)
    when_the_phone_looks_at_it(computer, seeing_phone, video)
    then_the_computer_sees(computer, "claimed")
    when_they_say_yes_and_unlock(seeing_phone)
    then_the_computer_names_the_phone(computer, seeing_phone)
    when_they_say_it_is_not_theirs(computer)
    then_the_phone_is_out(seeing_phone)


def when_they_check_the_computer(computer: ComputerAtHand, member: Persona) -> None:
    computer.goes_to("/portal/check/")
    computer.sees_line("agent", "good").sees_line("reader", "good").sees_line("card", "bad").is_at("/portal/check/")
    computer.puts_in(member)
    computer.sees_line("nhi", "good").sees_line("authentic", "good").reads("This computer is ready").look()


def then_the_card_is_shown_masked(computer: ComputerAtHand, member: Persona) -> None:
    computer.shows(member.card_number[:4])
    shown = computer.page.locator("main").inner_text()
    assert member.name not in shown
    assert member.card_number[-4:] not in shown.replace(" ", "")


def when_they_make_a_device_code(computer: ComputerAtHand) -> None:
    computer.opens("Mobile device verification").is_at("/portal/device-code/")
    computer.taps("Make a device code").is_at("/portal/device-code/").reads("Bind your phone with this code")


def when_the_phone_looks_at_it(computer: ComputerAtHand, phone: PhoneInHand, video: Path) -> None:
    camera.see_picture(video, CODE_SIDE, computer.draws_qr(CODE_SIDE))
    phone.goes_to("/app/bind/").is_at("/app/bind/").opens("With a device code").is_at("/app/bind/code/")
    phone.taps("Open the camera").is_at("/app/bind/code/confirm")


def then_the_computer_sees(computer: ComputerAtHand, state: str) -> None:
    told = computer.page.locator(f'[data-standing="{state}"]')
    expect(told).to_be_visible(timeout=QUICKLY_MS)
    computer.look()


def when_they_say_yes_and_unlock(phone: PhoneInHand) -> None:
    phone.taps("Yes, unlock and bind").is_at("/app/bind/code/done")


def then_the_computer_names_the_phone(computer: ComputerAtHand, phone: PhoneInHand) -> None:
    then_the_computer_sees(computer, "bound")
    identifier = computer.page.locator("[data-identifier]").inner_text()
    phone.goes_to("/app/phones/").is_at("/app/phones/").shows(identifier)


def when_they_say_it_is_not_theirs(computer: ComputerAtHand) -> None:
    computer.taps("This is not my phone").is_at("/portal/device-code/disown").reads("The phone was removed")


def then_the_phone_is_out(phone: PhoneInHand) -> None:
    phone.goes_to("/app/health-bank/").is_at("/app/bind/")

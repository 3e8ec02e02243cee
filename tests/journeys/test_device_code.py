"""裝置認證碼 (seed Q12): who registered on a computer binds the phone by scanning or typing, whosever its number is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from nhi_express.members.rules import masked_name
from nhi_sandbox.demo import Installation
from nhi_sandbox.personas import Persona
from tests.gallery.conftest import ARGUMENTS, CHROMIUM
from tests.journeys import camera
from tests.journeys.acts import PASSWORD, then_they_are_signed_in, when_they_unlock, when_they_unlock_with
from tests.journeys.code_maker import ShownCode, make_code
from tests.journeys.phone import PhoneInHand

Show = Callable[[Persona], ShownCode]


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


@pytest.fixture
def portal(installation: Installation) -> Show:
    """The portal on the member's computer: shows a fresh code."""
    return lambda member: make_code(installation, member)


def test_scanned(phone: PhoneInHand, member: Persona, portal: Show, video: Path) -> None:
    given_the_page_for_codes(phone)
    when_they_scan(phone, video, portal(member).link)
    then_they_are_asked(phone, member)
    when_they_say_yes(phone)
    then_they_are_signed_in(phone, member)
    when_they_come_back_next_day(phone)
    when_they_unlock(phone, member)
    then_the_service_is_open(phone)


def test_opened_by_the_phones_own_camera(phone: PhoneInHand, member: Persona, portal: Show) -> None:
    when_the_link_opens(phone, portal(member).link)
    then_they_are_asked(phone, member)
    when_they_say_yes(phone)
    then_they_are_signed_in(phone, member)


def test_typed_on_a_phone_without_a_passkey(plain_phone: PhoneInHand, member: Persona, portal: Show) -> None:
    shown = portal(member)
    given_the_page_for_codes(plain_phone)
    when_they_type(plain_phone, member, wrong(shown.code))
    plain_phone.is_told("V-01")
    when_they_type(plain_phone, member, shown.code.lower().replace("-", " "))
    then_they_are_asked(plain_phone, member)
    when_they_say_yes(plain_phone)
    then_they_are_signed_in(plain_phone, member)
    when_they_come_back_next_day(plain_phone)
    when_they_unlock_with(plain_phone, member, PASSWORD)
    then_the_service_is_open(plain_phone)


def test_a_code_that_somebody_sent_is_declined(phone: PhoneInHand, member: Persona, portal: Show) -> None:
    when_the_link_opens(phone, portal(member).link)
    then_they_are_asked(phone, member)
    phone.taps("No, do not bind").is_at("/app/")
    phone.goes_to("/app/nhi-counter/").is_at("/app/bind/")


def test_a_qr_code_of_somebody_else(phone: PhoneInHand, video: Path) -> None:
    given_the_page_for_codes(phone)
    when_they_scan(phone, video, "https://elsewhere.example/app/bind/code/#AAAAAAAAAAAAAAAAAAAAAA")
    phone.is_told("V-04")


def test_a_camera_that_is_not_allowed_leads_to_typing(phone: PhoneInHand, member: Persona, portal: Show) -> None:
    given_the_page_for_codes(phone)
    phone.taps("Open the camera").reads("The camera cannot be used here").look()
    when_they_type(phone, member, portal(member).code)
    then_they_are_asked(phone, member)


def test_a_second_phone_with_the_same_code(pick_up: Callable[..., PhoneInHand], member: Persona, portal: Show) -> None:
    shown, first, second = portal(member), pick_up(), pick_up()
    for phone in (first, second):
        when_the_link_opens(phone, shown.link)
        then_they_are_asked(phone, member)
    when_they_say_yes(first)
    second.taps("Yes, unlock and bind").is_told("V-03")
    then_they_are_signed_in(first, member)


def given_the_page_for_codes(phone: PhoneInHand) -> None:
    phone.goes_to("/app/").is_at("/app/").goes_to("/app/bind/").is_at("/app/bind/")
    phone.opens("With a device code").is_at("/app/bind/code/")


def when_they_scan(phone: PhoneInHand, video: Path, text: str) -> None:
    camera.see_code(video, text)
    phone.context.grant_permissions(["camera"], origin=phone.place.site)
    phone.taps("Open the camera")


def when_the_link_opens(phone: PhoneInHand, link: str) -> None:
    phone.page.goto(link)


def when_they_type(phone: PhoneInHand, member: Persona, code: str) -> None:
    phone.types("id_number", member.types["id_number"]).types("code", code).taps("Next")


def wrong(code: str) -> str:
    return code[:-1] + ("0" if code[-1] != "0" else "1")


def then_they_are_asked(phone: PhoneInHand, member: Persona) -> None:
    phone.is_at("/app/bind/code/confirm").shows(masked_name(member.name))
    assert "#" not in phone.page.url


def when_they_say_yes(phone: PhoneInHand) -> None:
    phone.taps("Yes, unlock and bind").is_at("/app/bind/code/done").reads("This phone is bound")


def when_they_come_back_next_day(phone: PhoneInHand) -> None:
    phone.goes_to("/app/").is_at("/app/").taps("Sign out").is_at("/app/")
    phone.goes_to("/app/health-bank/").is_at("/app/unlock/")


def then_the_service_is_open(phone: PhoneInHand) -> None:
    phone.is_at("/app/health-bank/")

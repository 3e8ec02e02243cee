"""The portal by keyboard alone, at 400 % zoom, and with a residence permit: everybody can come to the end of it."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from nhi_sandbox.personas import Persona
from tests.journeys.computer import ComputerAtHand
from tests.journeys.conftest import SitDown
from tests.journeys.keyboard import (
    when_they_go_down_to,
    when_they_press_enter,
    when_they_tick,
    when_they_write,
)
from tests.journeys.people import named
from tests.journeys.portal_acts import (
    AREA,
    PASSWORD,
    given_a_card_read,
    when_they_choose_password_and_address,
    when_they_type_the_mailed_code,
)

SEND = "main form button.button"


class MagnifiedComputer(ComputerAtHand):
    """A computer whose owner reads at 400 %: a window of 1280 by 900 shows a quarter of it each way."""

    window: ClassVar[dict[str, Any]] = {"viewport": {"width": 320, "height": 225}, "device_scale_factor": 4}


@pytest.mark.parametrize(
    ("language", "key", "kind"),
    [("zh", "mvno", ComputerAtHand), ("en", "unlisted", MagnifiedComputer)],
    ids=["zh", "en-400-percent"],
)
def test_registering_by_keyboard_alone(sit_down: SitDown, key: str, kind: type[ComputerAtHand]) -> None:
    computer, member = sit_down(kind), named(key)
    given_the_sign_in_page(computer, member)
    when_they_walk_to_the_end_by_keyboard(computer, member, f"{key}@keyboard.example.org")
    when_they_sign_in_by_keyboard(computer)
    then_they_can_make_a_device_code_by_keyboard(computer)


@pytest.mark.parametrize("language", ["en"])
def test_a_foreign_member_with_a_residence_permit(computer: ComputerAtHand) -> None:
    member, address = named("ui_changed"), "permit@journey.example.org"
    given_a_card_read(computer, member)
    then_no_household_is_asked_for(computer)
    when_they_press_next(computer)
    then_the_permit_is_asked_for(computer)
    when_they_press_next(computer)
    then_the_card_still_in_is_no_permit(computer)
    computer.puts_in(member, "permit")
    when_they_press_next(computer)
    computer.is_at("/portal/register/account")
    when_they_choose_password_and_address(computer, address)
    when_they_type_the_mailed_code(computer, address)


def given_the_sign_in_page(computer: ComputerAtHand, member: Persona) -> None:
    computer.puts_in(member).goes_to("/portal/").is_at("/portal/")


def when_they_walk_to_the_end_by_keyboard(computer: ComputerAtHand, member: Persona, address: str) -> None:
    when_they_press_enter(computer, "a.button.second[href$='/terms']", "/portal/register/terms")
    when_they_tick(computer, "#accept")
    when_they_press_enter(computer, SEND, "/portal/register/card")
    when_they_press_enter(computer, SEND, "/portal/register/card")
    when_they_tell_their_household(computer, member)
    when_they_write(computer, "#password", PASSWORD)
    when_they_write(computer, "#main", address)
    when_they_press_enter(computer, SEND, "/portal/register/confirm")
    when_they_write(computer, "#code", computer.mail_code(address))
    when_they_press_enter(computer, SEND, "/portal/register/done")


def when_they_tell_their_household(computer: ComputerAtHand, member: Persona) -> None:
    when_they_write(computer, "#household", member.row().household_number)
    when_they_go_down_to(computer, "#county", AREA["county"])
    when_they_go_down_to(computer, "#district", AREA["district"])
    when_they_write(computer, "#village", AREA["village"])
    computer.page.keyboard.press("Escape")  # The list of villages.
    when_they_press_enter(computer, SEND, "/portal/register/account")


def when_they_sign_in_by_keyboard(computer: ComputerAtHand) -> None:
    when_they_press_enter(computer, ".actions a.button", "/portal/")
    when_they_write(computer, "#password", PASSWORD)
    when_they_press_enter(computer, SEND, "/portal/")


def then_they_can_make_a_device_code_by_keyboard(computer: ComputerAtHand) -> None:
    when_they_press_enter(computer, "a.tile[href='/portal/device-code/']", "/portal/device-code/")
    when_they_press_enter(computer, "main .actions button.button", "/portal/device-code/")
    computer.reads("Bind your phone with this code")


def then_no_household_is_asked_for(computer: ComputerAtHand) -> None:
    assert computer.page.locator("[name=household]").count() == 0


def when_they_press_next(computer: ComputerAtHand) -> None:
    computer.taps("Next")


def then_the_permit_is_asked_for(computer: ComputerAtHand) -> None:
    computer.reads("Now the residence permit").look()


def then_the_card_still_in_is_no_permit(computer: ComputerAtHand) -> None:
    computer.is_told("C-17").reads("Now the residence permit")

"""The steps of 健保卡網路服務註冊 (seed Q1.2), as people do them."""

from __future__ import annotations

from nhi_sandbox.personas import Persona
from tests.journeys.computer import ComputerAtHand

PASSWORD = "a kettle on the stove"
AREA = {"county": "臺中市", "district": "西屯區", "village": "何安里"}


def given_a_registration(computer: ComputerAtHand, member: Persona, address: str) -> None:
    """The whole way to 完成註冊."""
    given_a_card_read(computer, member)
    when_they_type_their_household(computer, member)
    when_they_choose_password_and_address(computer, address)
    when_they_type_the_mailed_code(computer, address)


def given_a_card_read(computer: ComputerAtHand, member: Persona) -> None:
    """The first two steps."""
    when_they_accept_the_directions(computer)
    computer.puts_in(member)
    when_they_press_read(computer)


def when_they_accept_the_directions(computer: ComputerAtHand) -> None:
    """Step 1: 管理作業要點."""
    computer.goes_to("/portal/register/terms").is_at("/portal/register/terms")
    computer.page.get_by_label(computer.says("I have read this and understand the rules")).check()
    computer.taps("Next").is_at("/portal/register/card")


def when_they_press_read(computer: ComputerAtHand) -> None:
    """Step 2: 讀取."""
    computer.taps("Read").is_at("/portal/register/card")


def household_of(member: Persona) -> dict[str, str]:
    """What stands on the household certificate."""
    return {"household": member.row().household_number, **AREA, "neighbourhood": "12"}


def when_they_type_household(computer: ComputerAtHand, member: Persona) -> None:
    """Household number and registered address."""
    for name, text in household_of(member).items():
        computer.chooses(name, text) if name in {"county", "district"} else computer.types(name, text)


def when_they_type_their_household(computer: ComputerAtHand, member: Persona) -> None:
    """Step 2, 下一步."""
    when_they_type_household(computer, member)
    computer.taps("Next").is_at("/portal/register/account")


def when_they_choose_password_and_address(computer: ComputerAtHand, address: str) -> None:
    """Step 3."""
    computer.types("password", PASSWORD).types("main", address).taps("Next").is_at("/portal/register/confirm")


def when_they_type_the_mailed_code(computer: ComputerAtHand, address: str) -> None:
    """Step 4: 完成註冊."""
    computer.types("code", computer.mail_code(address)).taps("Finish the registration")
    computer.is_at("/portal/register/done").reads("Registration complete")


def when_they_sign_in(computer: ComputerAtHand, member: Persona, password: str = PASSWORD) -> None:
    """登入, with the card in."""
    computer.puts_in(member).goes_to("/portal/").is_at("/portal/")
    computer.types("password", password).leaves_by(computer.named(computer.says("Sign in")))
    computer.is_at("/portal/")

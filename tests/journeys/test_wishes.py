"""What a reader may wish for: the other language half-way, large type, the keyboard alone, an app to install."""

from __future__ import annotations

import pytest

from nhi_sandbox.personas import Persona
from tests.journeys.acts import (
    PASSWORD,
    given_a_bound_phone,
    given_accepted_terms,
    when_they_choose_a_password,
    when_they_type_their_card,
    when_they_type_their_numbers,
)
from tests.journeys.keyboard import when_they_press_enter, when_they_tick, when_they_write
from tests.journeys.phone import PhoneInHand


def test_the_language_may_change_at_every_step(phone: PhoneInHand, member: Persona) -> None:
    given_accepted_terms(phone, member)
    when_they_switch_the_language_at(phone, "/app/bind/mobile/line")
    when_they_type_their_numbers(phone, member)
    when_they_switch_the_language_at(phone, "/app/bind/mobile/card")
    when_they_type_their_card(phone, member)
    when_they_switch_the_language_at(phone, "/app/bind/mobile/finish")
    when_they_choose_a_password(phone)
    when_they_switch_the_language_at(phone, "/app/bind/mobile/done")


@pytest.mark.parametrize("language", ["en"])
def test_large_type_all_the_way(phone: PhoneInHand, member: Persona) -> None:
    phone.goes_to("/app/").taps("Large type").is_at("/app/")
    given_a_bound_phone(phone, member)
    for page in ("", "phones/", "history/", "contact/", "nhi-counter/", "health-bank/", "unlock/", "bind/"):
        phone.goes_to(f"/app/{page}").is_at(f"/app/{page}")
    assert phone.page.locator("html[data-text=large]").count() == 1


@pytest.mark.parametrize("language", ["zh"])
def test_by_keyboard_alone(phone: PhoneInHand, member: Persona) -> None:
    typed = member.types
    phone.takes_sim_of(member).goes_to("/app/").is_at("/app/")
    when_they_press_enter(phone, "a.tile[href='/app/health-bank/']", "/app/bind/")
    when_they_press_enter(phone, "a.button", "/app/bind/mobile/terms")
    when_they_tick(phone, "#accept")
    when_they_press_enter(phone, "main form button.button", "/app/bind/mobile/line")
    when_they_write(phone, "#number", typed["phone"])
    when_they_write(phone, "#id_number", typed["id_number"])
    when_they_press_enter(phone, "main form button.button", "/app/bind/mobile/card")
    when_they_write(phone, "#last4", typed["last4"])
    when_they_press_enter(phone, "main form button.button", "/app/bind/mobile/finish")
    when_they_write(phone, "#password", PASSWORD)
    when_they_press_enter(phone, "main form button.button", "/app/bind/mobile/done")
    when_they_press_enter(phone, ".actions a.button", "/app/health-bank/")


@pytest.mark.parametrize("language", ["zh"])
def test_the_app_can_be_installed(phone: PhoneInHand) -> None:
    phone.goes_to("/app/").is_at("/app/")
    manifest = phone.page.locator("link[rel=manifest]").get_attribute("href")
    told = phone.page.evaluate("async (url) => (await fetch(url)).json()", manifest)
    assert (told["start_url"], told["display"], told["name"]) == ("/app/", "standalone", phone.says("NHI Express"))
    assert phone.page.evaluate("async () => (await navigator.serviceWorker.ready).scope").endswith("/app/")


def when_they_switch_the_language_at(phone: PhoneInHand, path: str) -> None:
    phone.is_at(path)
    phone.leaves_by(phone.page.locator("button[name=language]"))
    phone.language = "en" if phone.language == "zh" else "zh"
    phone.is_at(path)

"""The phone's pages for device codes, over HTTP: from a code to a bound and signed-in phone, and every way aside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx2
import pytest
import time_machine

from nhi_express.devices import flows
from nhi_express.devices.models import Device
from nhi_express.members.rules import masked_name
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason
from nhi_sandbox.member_phone import PASSWORD
from tests.counting import lasting_rows
from tests.devices.codes import another, registered
from tests.outside import Outside
from tests.visitor import Visitor, code_of, path_of, person

START, TYPE, TOKEN, CONFIRM, LEAVE, DONE = (
    f"/app/bind/code/{page}" for page in ("", "type", "token", "confirm", "leave", "done")
)
CITIZEN, MOTHER = person("citizen"), person("family_mother")
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36"
Make = Callable[..., Visitor]


@pytest.fixture
def registration(sandbox: Outside) -> Registration:
    """A member registered with a card: active, a password, no phone."""
    made = registered(CITIZEN)
    Registration.objects.filter(pk=made.pk).update(password_hash=accounts.hash_password(PASSWORD, ()))
    return made


def scanned(phone: Visitor, registration: Registration) -> Visitor:
    """As far as the question."""
    told = phone.open(START)._json(TOKEN, {"token": flows.make_code(registration).token})
    assert (told["status"], told["next"]) == (200, CONFIRM)
    return phone.open(CONFIRM)


def yes(phone: Visitor, **changes: str) -> httpx2.Response:
    """Say yes, with a new key."""
    return phone.submit(CONFIRM, **{**phone.proof(), **changes})


@pytest.mark.parametrize("passkeys", [True, False])
@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_scanned_confirmed_bound_and_unlocked(
    visitor: Make, registration: Registration, passkeys: bool, language: str
) -> None:
    phone = scanned(visitor(passkeys=passkeys, language=language), registration)
    assert masked_name(CITIZEN.name) in phone.page.text
    assert Device.objects.count() == 0
    key = phone.phone.new_device_key()
    phone.send(CONFIRM, **phone._proof(key, phone._bind_options()))
    assert (phone.path, phone.status) == (DONE, 200)
    phone._adopt(key)
    assert phone.open("/app/nhi-counter/").path == "/app/nhi-counter/"
    phone.open("/app/").sign_out()
    assert phone.unlock(password=None if passkeys else PASSWORD)["status"] == 200


def test_typed_and_bound(visitor: Make, registration: Registration) -> None:
    made = flows.make_code(registration)
    phone = visitor().open(START)
    phone.send(TYPE, id_number=f" {CITIZEN.id_number.lower()}", code=made.code.lower().replace("-", " "))
    assert (phone.path, phone.status) == (CONFIRM, 200)
    assert path_of(yes(phone)) == DONE
    assert Device.objects.get().registration == registration


@pytest.mark.parametrize(
    ("id_number", "typed", "told"),
    [
        (CITIZEN.id_number, another, "V-01"),
        (MOTHER.id_number, str, "V-01"),
        ("A123456788", str, "I-09"),
        ("", str, "I-10"),
        (CITIZEN.id_number, lambda code: code[:-1], "V-01"),
        (CITIZEN.id_number, lambda _: "", "I-10"),
        (CITIZEN.id_number, lambda _: "x" * 65, "I-08"),
        (CITIZEN.id_number, lambda _: "ABCD\x00EFGH", "G-03"),
    ],
)
def test_what_is_typed_wrong_is_told_at_the_form(
    visitor: Make, registration: Registration, id_number: str, typed: Callable[[str], str], told: str
) -> None:
    made = flows.make_code(registration)
    answer = visitor().open(START).submit(TYPE, id_number=id_number, code=typed(made.code))
    assert answer.status_code in {400, 403} and told in answer.text
    assert f'value="{id_number}"' in answer.text or not id_number
    assert made.code not in answer.text


def test_a_wrong_token_is_told_to_the_script(visitor: Make, registration: Registration) -> None:
    phone = visitor().open(START)
    for body in ({"token": "A" * 22}, {"token": None}, {}, {"token": ["x"]}):
        told = phone._json(TOKEN, body)
        assert (told["status"], told["problem"]["code"]) == (403, "V-01")
    for nothing in (b"[]", b"{", rb'{"token":"\ud800"}'):
        headers = {"X-CSRFToken": phone._csrf(), "Accept": "application/json", "Content-Type": "application/json"}
        answer = phone.phone.post(phone.site + TOKEN, content=nothing, headers=headers)
        assert answer.status_code in {400, 403}
    made = flows.make_code(registration)
    assert phone.submit(TOKEN, token=made.token).json() == {"next": CONFIRM}, "as a form it may come, too"
    assert phone.submit_bare(TOKEN, token=made.token).status_code == 403


def test_a_token_never_stands_in_an_address(visitor: Make, registration: Registration) -> None:
    phone = visitor().open(START)
    made = flows.make_code(registration)
    phone._json(TOKEN, {"token": made.token})
    phone.open(CONFIRM)
    yes(phone)
    assert not [address for address in phone.seen if made.token in address or made.code[:4] in address]
    assert phone.ask(TOKEN).status_code == 405


@pytest.mark.parametrize(
    ("tapped", "led"),
    [("/app/health-bank/", "/app/health-bank/"), ("https://elsewhere.example/", "/app/"), ("//elsewhere/", "/app/")],
)
def test_the_end_leads_on_to_what_was_tapped(visitor: Make, registration: Registration, tapped: str, led: str) -> None:
    phone = visitor().open(f"/app/bind/?next={tapped}").open(f"{START}?next={tapped}")
    phone = scanned(phone, registration)
    assert yes(phone).status_code == 302
    assert f'<a class="button" href="{led}">' in phone.open(DONE).page.text


def test_who_says_no_is_bound_to_nobody(visitor: Make, registration: Registration) -> None:
    phone = scanned(visitor(), registration)
    before = lasting_rows()
    phone.send(LEAVE)
    assert phone.path == "/app/"
    assert path_of(phone.ask(CONFIRM)) == START
    assert lasting_rows() == before


def test_pages_out_of_order_lead_to_the_start(visitor: Make, registration: Registration) -> None:
    phone = visitor().open(START)
    assert [path_of(phone.ask(page)) for page in (CONFIRM, DONE, TYPE)] == [START] * 3
    scanned(phone, registration)
    assert path_of(phone.ask(DONE)) == START
    fields = phone.proof()
    assert path_of(phone.submit(CONFIRM, **fields)) == DONE
    assert path_of(phone.submit(CONFIRM, **fields)) == DONE, "sent again, it leads on"
    assert path_of(phone.ask(CONFIRM)) == DONE
    assert Device.objects.count() == 1


def test_the_answer_that_was_lost_is_found_again(visitor: Make, registration: Registration) -> None:
    phone = scanned(visitor(), registration)
    tab = phone.twin()
    assert path_of(yes(tab)) == DONE
    assert phone.open(DONE).status == 200
    device = Device.objects.get()
    assert f'data-adopt-device="{device.id}"' in phone.page.text
    assert masked_name(CITIZEN.name) in phone.open("/app/unlock/").page.text


def test_a_phone_that_comes_second_is_told_so(visitor: Make, registration: Registration) -> None:
    made = flows.make_code(registration)
    phones = [visitor().open(START) for _ in range(2)]
    for phone in phones:
        phone._json(TOKEN, {"token": made.token})
        phone.open(CONFIRM)
    assert path_of(yes(phones[0])) == DONE
    answer = yes(phones[1])
    assert (answer.status_code, code_of(answer)) == (409, "V-03")
    assert path_of(phones[1].ask(DONE)) == START


def test_two_tabs_with_two_codes_ask_about_the_newer(visitor: Make, registration: Registration) -> None:
    phone = scanned(visitor(), registration)
    fields = phone.proof()
    scanned(phone, registered(MOTHER))
    assert path_of(phone.submit(CONFIRM, **fields)) == CONFIRM
    assert Device.objects.count() == 0
    assert masked_name(MOTHER.name) in phone.open(CONFIRM).page.text


def test_too_late_and_suspended(visitor: Make, registration: Registration) -> None:
    phone = scanned(visitor(), registration)
    with time_machine.travel(flows.code_standing(registration).until + timedelta(seconds=1)):  # type: ignore[operator]
        assert (phone.open(CONFIRM).status, phone.code) == (410, "V-02")
    fields = scanned(phone, registration).proof()
    accounts.suspend(registration.pk, Reason.THEFT, "hotline")
    answer = phone.submit(CONFIRM, **fields)
    assert code_of(answer) == "R-01"
    assert Device.objects.count() == 0


def test_a_sixth_phone_is_asked_which_to_remove(visitor: Make, registration: Registration) -> None:
    for _ in range(5):
        yes(scanned(visitor(passkeys=False), registration))
    phone = scanned(visitor(passkeys=False), registration)
    first = str(flows.active_phones(registration)[0].id)
    assert phone.page.text.count('name="remove"') == 5
    for wish, status in (("", 409), ("x", 400)):
        answer = yes(phone, remove=wish)
        assert (answer.status_code, 'id="remove-error"' in answer.text) == (status, True)
    assert path_of(yes(phone, remove=first)) == DONE
    assert flows.active_phones(registration).count() == 5


@pytest.mark.parametrize("page", [START, CONFIRM])
def test_a_computer_is_told_to_use_the_phone(visitor: Make, page: str) -> None:
    computer = visitor()
    computer.phone.browser.headers["User-Agent"] = WINDOWS
    assert (computer.open(page).status, computer.code) == (400, "V-05")


def test_only_the_page_that_scans_may_run_webassembly(visitor: Make, registration: Registration) -> None:
    phone = visitor().open(START)
    assert "'wasm-unsafe-eval'" in phone.page.headers["content-security-policy"]
    wrong = phone.submit(TYPE, id_number="x", code="y")
    assert "'wasm-unsafe-eval'" in wrong.headers["content-security-policy"]
    others = [scanned(phone, registration).page, phone.open("/app/").page, phone.open("/app/bind/").page]
    assert not [page for page in others if "wasm" in page.headers["content-security-policy"]]


def test_the_choice_of_ways_leads_here(visitor: Make) -> None:
    assert f'href="{START}?next=/app/health-bank/"' in visitor().open("/app/bind/?next=/app/health-bank/").page.text

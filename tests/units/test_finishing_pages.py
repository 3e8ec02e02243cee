"""The member's pages, over HTTP: from the unit's invitation to a bound and signed-in phone, and every way aside."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nhi_express.devices.models import Device
from nhi_express.enrolment.models import Attempt, Invitation
from nhi_express.members.rules import masked_name
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import State
from nhi_sandbox.member_phone import PASSWORD
from tests.counting import lasting_rows
from tests.devices.codes import another
from tests.units.invited import invited, sent
from tests.visitor import TERMS, Visitor, code_of, path_of, person

pytestmark = pytest.mark.usefixtures("sandbox")
BASE = "/app/bind/unit/"
CODE, TYPE, TOKEN, UNIT_TERMS, PROOF, FINISH, DONE, LEAVE = (
    f"{BASE}{page}" for page in ("code/", "code/type", "code/token", "terms", "proof", "finish", "done", "leave")
)
CITIZEN, FOREIGNER = "staff_code", "staff_foreign"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36"
Make = Callable[..., Visitor]


def papers(who: str) -> dict[str, str]:
    """What somebody types of their card and papers."""
    row = person(who).row()
    second = {"household": row.household_number} if person(who).is_citizen else {"permit_issued": row.permit_issued}
    return {"last4": row.card_number[-4:], **second}


def typed(phone: Visitor, who: str) -> Visitor:
    """As far as the question whose registration it is."""
    code = sent(who).code
    return phone.open(CODE).send(TYPE, id_number=f" {person(who).id_number.lower()}", code=f"{code[:4]} {code[4:]}")


@pytest.mark.parametrize("language", ["zh-TW", "en"])
@pytest.mark.parametrize("who", [CITIZEN, FOREIGNER])
def test_from_a_typed_code_to_a_bound_phone(visitor: Make, who: str, language: str) -> None:
    phone = typed(visitor(language=language).open(f"{BASE}?next=/app/nhi-counter/"), who)
    assert (phone.path, phone.status) == (UNIT_TERMS, 200)
    assert masked_name(person(who).name) in phone.page.text
    assert person(who).name not in phone.page.text and "示範沙盒股份有限公司" in phone.page.text
    phone.send(UNIT_TERMS, accept="yes")
    assert phone.path == PROOF
    assert ("permit_issued" in phone.page.text, "household" in phone.page.text) == (who == FOREIGNER, who == CITIZEN)
    phone.send(PROOF, **papers(who))
    assert phone.path == FINISH
    phone.finish(base=BASE)
    assert (phone.path, phone.status) == (DONE, 200)
    assert Device.objects.get().channel == "unit"
    assert Invitation.objects.get().state == "finished"
    assert phone.open("/app/nhi-counter/").path == "/app/nhi-counter/"
    assert phone.sign_out().unlock()["status"] == 200


def test_a_scanned_code_leads_to_a_question_and_changes_nothing(visitor: Make) -> None:
    phone, code = visitor().open(CODE), sent(CITIZEN)
    before = lasting_rows()
    told = phone._json(TOKEN, {"token": code.token})
    assert (told["status"], told["next"]) == (200, UNIT_TERMS)
    phone.open(UNIT_TERMS)
    assert phone.status == 200
    assert lasting_rows() == before and not Attempt.objects.exists()
    phone.send(LEAVE)
    assert phone.path == "/app/"
    assert path_of(phone.ask(UNIT_TERMS)) == CODE
    assert lasting_rows() == before


def test_a_token_that_is_wrong_is_told_so(visitor: Make) -> None:
    told = visitor().open(CODE)._json(TOKEN, {"token": "A" * 22})
    assert (told["status"], told["problem"]["code"]) == (403, "U-31")


@pytest.mark.parametrize(
    ("id_number", "wrong", "told"),
    [
        (person(CITIZEN).id_number, another, "U-31"),
        (person(FOREIGNER).id_number, str, "U-31"),
        ("A123456788", str, "I-09"),
        ("", str, "I-10"),
        (person(CITIZEN).id_number, lambda code: code[:-1], "U-31"),
        (person(CITIZEN).id_number, lambda _: "", "I-10"),
        (person(CITIZEN).id_number, lambda _: "x" * 65, "I-08"),
        (person(CITIZEN).id_number, lambda _: "ABCD\x00EFGHJKMN", "G-03"),
    ],
)
def test_what_is_mistyped_is_told_at_the_form(
    visitor: Make, id_number: str, wrong: Callable[[str], str], told: str
) -> None:
    code = sent(CITIZEN).code
    phone = visitor().open(CODE).send(TYPE, id_number=id_number, code=wrong(code))
    assert phone.status in {400, 403}
    assert phone.path == TYPE and told in phone.page.text
    assert code not in phone.page.text
    assert "unit-code" not in {cookie.name for cookie in phone.phone.browser.cookies.jar}


def test_wrong_papers_are_told_with_the_tries_left_and_then_there_is_a_pause(visitor: Make) -> None:
    phone = typed(visitor(language="en"), CITIZEN).send(UNIT_TERMS, accept="yes")
    for left in (4, 3, 2):
        phone.send(PROOF, **{**papers(CITIZEN), "household": "F0000001"})
        assert (phone.status, phone.path) == (403, PROOF)
        assert f"You can try {left} more times." in phone.page.text
        assert "M-10" in phone.page.text or code_of(phone.page)
    phone.send(PROOF, **{**papers(CITIZEN), "last4": "0000"})
    assert "You can try once more." in phone.page.text
    phone.send(PROOF, **{**papers(CITIZEN), "last4": "0000"})
    phone.open(PROOF).send(PROOF, **papers(CITIZEN))
    assert phone.status == 429
    assert not Registration.objects.filter(state=State.ACTIVE).exists()


@pytest.mark.parametrize(
    "typed_date", ["2024-05-20", "113/05/20", "民國113年5月20日", "20240520", "２０２４．５．２０", "1130520"]
)
def test_a_permit_s_date_is_read_however_it_is_written(visitor: Make, typed_date: str) -> None:
    phone = typed(visitor(), FOREIGNER).send(UNIT_TERMS, accept="yes")
    assert phone.send(PROOF, **{**papers(FOREIGNER), "permit_issued": typed_date}).path == FINISH


@pytest.mark.parametrize("typed_date", ["20-05-24", "tomorrow", "2024-02-30", "2999-01-01", "\x00"])
def test_what_is_no_date_is_told_at_the_field_and_costs_no_try(visitor: Make, typed_date: str) -> None:
    phone = typed(visitor(), FOREIGNER).send(UNIT_TERMS, accept="yes")
    for _ in range(6):
        phone.send(PROOF, **{**papers(FOREIGNER), "permit_issued": typed_date})
        assert phone.status == 400
    assert phone.send(PROOF, **papers(FOREIGNER)).path == FINISH


def test_terms_must_be_accepted(visitor: Make) -> None:
    phone = typed(visitor(), CITIZEN).send(UNIT_TERMS)
    assert phone.status == 400 and "A-06" in phone.page.text
    assert not Attempt.objects.exists()


def test_every_step_opened_by_its_address_leads_to_where_the_attempt_stands(visitor: Make) -> None:
    phone = visitor()
    for page in (PROOF, FINISH, DONE):
        assert path_of(phone.ask(page)) == BASE
    assert path_of(phone.ask(UNIT_TERMS)) == CODE
    assert path_of(phone.ask(TYPE)) == CODE
    typed(phone, CITIZEN).send(UNIT_TERMS, accept="yes")
    for page in (FINISH, DONE):
        assert path_of(phone.ask(page)) == PROOF
    phone.send(PROOF, **papers(CITIZEN))
    for page in (PROOF, DONE):
        assert path_of(phone.ask(page)) == FINISH


def test_a_code_binds_the_device_on_which_it_is_used_so_computers_are_refused(visitor: Make) -> None:
    phone = visitor()
    phone.phone.browser.headers["User-Agent"] = WINDOWS
    for page in (CODE, UNIT_TERMS):
        assert code_of(phone.ask(page)) == "V-05"
    assert phone.ask(BASE).status_code == 200


def test_the_mobile_way_started_from_here_is_the_unit_s_channel(visitor: Make) -> None:
    invited("staff_mobile")
    phone = visitor().open(BASE)
    assert f"{TERMS}?via=unit" in phone.page.text
    phone.open(f"{TERMS}?via=unit&next=/app/").send(TERMS, accept="yes")
    assert Attempt.objects.get().channel == "unit"
    one = person("staff_mobile")
    phone.phone.insert_sim(one.key)
    phone.send("/app/bind/mobile/line", number=one.types["phone"], id_number=one.types["id_number"])
    phone.type_last4(one.card_number[-4:]).finish()
    assert phone.path == "/app/bind/mobile/done"
    assert (Invitation.objects.get().state, Invitation.objects.get().channel) == ("finished", "unit")
    assert Registration.objects.get().state == State.ACTIVE


def test_who_comes_for_an_invitation_that_ended_registers_all_the_same(visitor: Make) -> None:
    one = person("staff_mobile")
    phone = visitor().open(f"{TERMS}?via=unit&next=/app/").send(TERMS, accept="yes")
    phone.phone.insert_sim(one.key)
    phone.send("/app/bind/mobile/line", number=one.types["phone"], id_number=one.types["id_number"])
    assert Attempt.objects.get().channel == "mobile"
    assert phone.type_last4(one.card_number[-4:]).finish().path == "/app/bind/mobile/done"


def test_who_registers_by_themselves_finishes_what_their_unit_began(visitor: Make) -> None:
    invited("staff_mobile")
    visitor().enrol(person("staff_mobile"))
    assert (Invitation.objects.get().state, Invitation.objects.get().channel) == ("finished", "mobile")


def test_an_officer_who_tries_for_a_colleague_is_refused(visitor: Make) -> None:
    """With their own phone and the colleague's ID number, as the unit knows it."""
    invited("staff_target")
    phone = visitor().open(f"{TERMS}?via=unit").send(TERMS, accept="yes")
    phone.phone.insert_sim("unit_meddler")
    number = person("unit_meddler").types["phone"]
    phone.send("/app/bind/mobile/line", number=number, id_number=person("staff_target").id_number)
    assert phone.status == 403
    assert Invitation.objects.get().state == "open"
    assert not Registration.objects.filter(state=State.ACTIVE).exists()


def test_a_line_that_will_not_do_leads_to_the_activation_code_first(visitor: Make) -> None:
    phone, one = visitor().open(f"{TERMS}?via=unit").send(TERMS, accept="yes"), person("prepaid")
    phone.phone.insert_sim(one.key)
    phone.send("/app/bind/mobile/line", number=one.types["phone"], id_number=one.types["id_number"])
    assert f'class="button" href="{CODE}"' in phone.page.text


def test_an_attempt_of_one_way_is_none_of_the_other_s(visitor: Make) -> None:
    phone = typed(visitor(), CITIZEN).send(UNIT_TERMS, accept="yes")
    phone.phone.browser.cookies.set("attempt", phone.cookie("unit-attempt"), domain="app.localhost")
    assert (
        code_of(phone.ask("/app/bind/mobile/card")) == "A-01" or phone.ask("/app/bind/mobile/card").status_code == 409
    )


def test_the_last_page_sent_twice_binds_once(visitor: Make) -> None:
    phone = typed(visitor(), CITIZEN).send(UNIT_TERMS, accept="yes").send(PROOF, **papers(CITIZEN))
    fields = phone.proof(password=PASSWORD)
    assert path_of(phone.submit(FINISH, **fields)) == DONE
    assert path_of(phone.submit(FINISH, **fields)) == DONE
    assert Device.objects.count() == 1

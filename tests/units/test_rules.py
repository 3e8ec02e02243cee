"""Units' identifiers, and what a line of a list says and becomes."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_express.help.catalogue import Problem
from nhi_express.members.rules import IdentifierError, IdNumber, MemberRecord, pack, unpack
from nhi_express.units.rules import (
    CertificateNumber,
    ReadRow,
    RowCells,
    RowNote,
    RowReason,
    RowState,
    TaxId,
    UnitCode,
    age,
    is_email,
    judge_row,
    mailbox,
    read_row,
)
from nhi_express.units.typed import clean, plain
from nhi_sandbox.identifiers import BODIES, LETTERS, SECOND, id_number
from tests.members.rows import row as register_row

TODAY = date(2026, 11, 24)
GOOD = {"id_number": "A123456789", "birth_date": "1986-04-12", "name": "陳美華", "email": "a@example.tw"}


def cells(**changes: str) -> RowCells:
    """A good line, with some cells changed."""
    return RowCells(**{**GOOD, **changes})


# The first three are valid by the old rule too; the next two by the rule of 2023 only; the last are in public use.
@pytest.mark.parametrize(
    "text",
    [
        *("04595257", "10458575", "10458574", "04595252", "10458570"),
        *("00501503", "22099131", "84149961", "03734301", "53212539"),
        *("０４５９５２５７", " 0459 5257 ", "0459-5257"),
    ],
)
def test_tax_numbers(text: str) -> None:
    assert str(TaxId.parse(text)) == plain(text).replace(" ", "").replace("-", "")


@pytest.mark.parametrize("text", ["", "04595253", "10458572", "0459525", "045952570", "A4595257", "٠٤٥٩٥٢٥٧", "²" * 8])
def test_no_tax_numbers(text: str) -> None:
    assert refusal(TaxId, text) == "UNIT_DATA_DO_NOT_MATCH"


@given(st.integers(0, 9_999_999).map("{:07d}".format))
def test_of_ten_tax_numbers_with_the_same_beginning_two_are_right_and_four_where_a_seven_counts_twice(
    head: str,
) -> None:
    taken = [last for last in "0123456789" if is_read(TaxId, head + last)]
    assert len(taken) == (4 if head[6] == "7" else 2)


@pytest.mark.parametrize("text", ["123456789", "１２３４５６７８９", "123 456 789", "000000000"])
def test_unit_codes(text: str) -> None:
    assert str(UnitCode.parse(text)) in ("123456789", "000000000")


@pytest.mark.parametrize("text", ["", "12345678", "1234567890", "12345678A"])
def test_no_unit_codes(text: str) -> None:
    assert refusal(UnitCode, text) == "UNIT_DATA_DO_NOT_MATCH"


@pytest.mark.parametrize(
    ("text", "value"), [("ab-12 34", "AB1234"), ("１２３４５６７８", "12345678"), ("0" * 16, "0" * 16)]
)
def test_certificate_numbers_of_any_likely_form_are_taken(text: str, value: str) -> None:
    assert str(CertificateNumber.parse(text)) == value


@pytest.mark.parametrize("text", ["", "123", "0" * 17, "字1234", "12;34"])
def test_no_certificate_numbers(text: str) -> None:
    assert refusal(CertificateNumber, text) == "UNIT_DATA_DO_NOT_MATCH"


def refusal(kind: Any, text: str) -> str:
    with pytest.raises(IdentifierError) as caught:
        kind.parse(text)
    assert Problem[caught.value.problem_name].value.code == "U-01"
    return caught.value.problem_name


def is_read(kind: Any, text: str) -> bool:
    try:
        return bool(kind.parse(text))
    except IdentifierError:
        return False


BORN = date(1986, 4, 12)


def test_a_good_line_is_read_without_a_note() -> None:
    assert read_row(cells(staff_number="1001")) == ReadRow(
        IdNumber.parse("A123456789"), BORN, "陳美華", "a@example.tw", "1001", None, ()
    )


@pytest.mark.parametrize(
    ("changes", "notes"),
    [
        ({"id_number": "Ａ１２３４５６７８９"}, (RowNote.FULL_WIDTH,)),
        ({"id_number": "a123456789"}, (RowNote.LOWER_CASE,)),
        ({"id_number": "ａ123456789"}, (RowNote.FULL_WIDTH, RowNote.LOWER_CASE)),
        ({"id_number": " A123-456-789"}, (RowNote.SPACES,)),
        ({"birth_date": "75.4.12"}, (RowNote.ROC_DATE,)),
        ({"birth_date": "７５．４．１２"}, (RowNote.FULL_WIDTH, RowNote.ROC_DATE)),
        ({"birth_date": "１９８６／４／１２"}, (RowNote.FULL_WIDTH,)),
        ({"birth_date": " 1986-04-12"}, (RowNote.SPACES,)),
        ({"email": "\u200ba@example.tw\u00a0"}, (RowNote.SPACES,)),
        ({"email": "ａ＠example.tw"}, (RowNote.FULL_WIDTH,)),
        ({"staff_number": "A  1"}, (RowNote.SPACES,)),
        ({"name": "陳　美　華"}, ()),
    ],
)
def test_what_is_forgiven_is_reported(changes: dict[str, str], notes: tuple[RowNote, ...]) -> None:
    read = read_row(cells(**changes))
    assert read.reason is None
    assert (str(read.id_number), read.birth_date, read.email) == ("A123456789", BORN, "a@example.tw")
    assert read.notes == notes


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id_number": ""}, RowReason.ID_MISSING),
        ({"id_number": " \u200b\u3000"}, RowReason.ID_MISSING),
        ({"id_number": "A12345678"}, RowReason.ID_INVALID),
        ({"id_number": "合計 25 人"}, RowReason.ID_INVALID),
        ({"id_number": "A" * 300}, RowReason.ID_INVALID),
        ({"id_number": "A123456788"}, RowReason.ID_CHECKSUM),
        ({"id_number": "012345678901"}, RowReason.ID_IS_PERMIT_NUMBER),
        ({"birth_date": ""}, RowReason.BIRTH_DATE_INVALID),
        ({"birth_date": "25/04/12"}, RowReason.BIRTH_DATE_INVALID),
        ({"email": "nobody"}, RowReason.EMAIL_INVALID),
        ({"email": "a@example.tw b@example.tw"}, RowReason.EMAIL_INVALID),
        ({"email": "a@" + "b" * 260}, RowReason.FIELD_TOO_LONG),
        ({"name": "陳" * 101}, RowReason.FIELD_TOO_LONG),
        ({"staff_number": "1" * 33}, RowReason.FIELD_TOO_LONG),
        ({"id_number": "", "birth_date": "", "email": "x"}, RowReason.ID_MISSING),
    ],
)
def test_the_first_thing_that_is_wrong_is_the_reason(changes: dict[str, str], reason: RowReason) -> None:
    assert read_row(cells(**changes)).reason is reason


def test_what_can_be_read_of_a_bad_line_is_there_all_the_same() -> None:
    read = read_row(cells(birth_date="?"))
    assert (str(read.id_number), read.birth_date, read.reason) == ("A123456789", None, RowReason.BIRTH_DATE_INVALID)


@pytest.mark.parametrize("name", ["堃煊峯喆恒碁", "\U000f0001\ue000", "\uf900", "Nguyễn Thị Ánh", "𠀋𠂢"])
def test_names_keep_their_characters(name: str) -> None:
    assert read_row(cells(name=f" {name}\n")).name == name


def test_names_lose_what_cannot_be_seen() -> None:
    assert read_row(cells(name="\ufeff陳\u202e美\x1f\x00華\ud800")).name == "陳美 華"


@pytest.mark.parametrize(
    "text", ["a@example.tw", "A.b+c_d-e'f@sub.example.com.tw", "a@b.co", "x@xn--abc.xn--p1ai", "1@2.tw"]
)
def test_mail_addresses(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "a",
            "@",
            "a@",
            "@b.tw",
            "a@b",
            "a@@b.tw",
            ".a@b.tw",
            "a.@b.tw",
            "a..b@b.tw",
            "a@-b.tw",
            "a@b-.tw",
            "a@b..tw",
        ),
        *("a@b.tw.", "a b@c.tw", '"a"@b.tw', "a@[127.0.0.1]", "a@b.1", "a@b.tw\nBcc: c@d.tw", "a@例.tw", "甲@b.tw"),
        *("a" * 65 + "@b.tw", "a@" + "b" * 64 + ".tw", "a,b@c.tw", "a@b.tw,c@d.tw", "<a@b.tw>", "a@b.tw\n"),
    ],
)
def test_no_mail_addresses(text: str) -> None:
    assert not is_email(text)


def test_addresses_are_compared_without_regard_to_capitals() -> None:
    assert mailbox("Office@Example.TW") == mailbox("office@example.tw") == "office@example.tw"


def record(**changes: str) -> MemberRecord:
    """A member of unit 123456789, who was born on the day of a good line."""
    return unpack(pack(register_row(0, birth_date="1986-04-12", **changes)))


def judged(
    record: MemberRecord | None, *, registered: bool = False, today: date = TODAY, **changes: str
) -> tuple[str, str]:
    return judge_row(read_row(cells(**changes)), record, "123456789", registered, today)


def test_a_line_that_fits_the_register_is_ready_or_registered_already() -> None:
    assert judged(record()) == (RowState.READY, "")
    assert judged(record(), registered=True) == (RowState.REGISTERED, "")


def test_the_name_decides_nothing() -> None:
    assert judged(record(), name="某人") == (RowState.READY, "")


@pytest.mark.parametrize("registered", [False, True])
@pytest.mark.parametrize(
    "other",
    [
        None,
        record(unit_code="987654321"),
        record(unit_code=""),
        record(insured="N"),
        record(deceased="Y"),
        unpack(pack(register_row(0, birth_date="1986-04-13"))),
        unpack(pack(register_row(0, birth_date="2020-01-01", unit_code="987654321"))),
    ],
)
def test_whoever_is_not_of_this_unit_is_refused_for_one_reason(other: MemberRecord | None, registered: bool) -> None:
    assert judged(other, registered=registered) == (RowState.REFUSED, RowReason.NOT_OF_THIS_UNIT)


@pytest.mark.parametrize(
    ("today", "outcome"),
    [
        (date(2001, 4, 11), (RowState.REFUSED, RowReason.CHILD)),
        (date(2001, 4, 12), (RowState.READY, "")),
        (date(1986, 4, 11), (RowState.REFUSED, RowReason.BIRTH_DATE_INVALID)),
    ],
)
def test_children_are_refused_until_their_fifteenth_birthday(today: date, outcome: tuple[str, str]) -> None:
    assert judged(record(), today=today) == outcome


@pytest.mark.parametrize(
    ("born", "on", "years"), [((2008, 2, 29), (2023, 2, 28), 14), ((2008, 2, 29), (2023, 3, 1), 15)]
)
def test_who_was_born_on_a_leap_day_is_a_year_older_on_the_first_of_march(
    born: tuple[int, int, int], on: tuple[int, int, int], years: int
) -> None:
    assert age(date(*born), date(*on)) == years


def test_what_is_wrong_with_the_line_comes_before_what_the_register_says() -> None:
    assert judged(None, id_number="A123456788") == (RowState.REFUSED, RowReason.ID_CHECKSUM)
    assert judged(record(), registered=True, email="x") == (RowState.REFUSED, RowReason.EMAIL_INVALID)


def test_a_legacy_number_is_no_number_any_longer_after_its_last_day() -> None:
    assert judged(record(), id_number="AB23456789", today=date(2030, 12, 31)) == (RowState.READY, "")
    assert judged(record(), id_number="AB23456789", today=date(2031, 1, 1)) == (RowState.REFUSED, RowReason.ID_INVALID)


people = st.builds(
    id_number, st.sampled_from(sorted(SECOND)), st.sampled_from(LETTERS), st.booleans(), st.integers(0, BODIES - 1)
)


@given(people, st.dates(date(1943, 1, 1), TODAY))
def test_every_person_is_read_whatever_way_they_are_typed(number: str, born: date) -> None:
    wide = number.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    forms = [
        read_row(RowCells(id_number=text, birth_date=str(born)))
        for text in (number, number.lower(), wide, f" {number} ")
    ]
    assert {(str(row.id_number), row.birth_date, row.reason) for row in forms} == {(number, born, None)}


@given(st.builds(RowCells, *[st.text(max_size=80)] * 5))
def test_any_line_is_read_or_refused_and_nothing_else_happens(given_cells: RowCells) -> None:
    read = read_row(given_cells)
    assert read.reason or (read.id_number and read.birth_date)
    assert judge_row(read, None, "123456789", False, TODAY)[0] is RowState.REFUSED
    assert clean(read.name) == read.name


def test_a_line_is_read_and_judged_in_less_than_sixty_microseconds() -> None:
    line, known = cells(birth_date="75.4.12", staff_number="1001"), record()
    spent = min(_seconds(line, known) for _ in range(5))
    assert spent / 2_000 < 60e-6


def _seconds(line: RowCells, known: MemberRecord) -> float:
    begun = time.process_time()
    for _ in range(2_000):
        judge_row(read_row(line), known, "123456789", False, TODAY)
    return time.process_time() - begun

"""What the invented cards answer, byte by byte, and whether the site can read it."""

import hashlib
import hmac
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_express.card.rules import CardBlock, PermitData, is_void
from nhi_sandbox.cards.application import CARD_KINDS, MASTER_KEY, CardKind, VirtualCard, make_card
from nhi_sandbox.personas import personas
from nhi_sandbox.synth import people

SELECT = bytes.fromhex("00A4040010 D1580000010000000000000000001100")
SELECT_PERMIT = bytes.fromhex("00A4040010 D1580000010000000000000000004100")
READ = bytes.fromhex("00CA1100020000")
STATE = bytes.fromhex("00CA2400020000")
CHALLENGE = bytes(range(32))
AUTHENTICATE = bytes.fromhex("0082111220") + CHALLENGE + b"\x10"

CITIZEN, FOREIGNER = personas()["citizen"].row(), personas()["new_ui"].row()


def _selected(kind: CardKind) -> VirtualCard:
    card = make_card(kind, CITIZEN)
    assert card.answer(SELECT) == b"\x90\x00"
    return card


def test_the_block_is_as_every_open_reader_expects_it() -> None:
    data = _selected("nhi").answer(READ)
    name = "陳月桃".encode("big5")
    expected = b"000099002012" + name + bytes(14) + b"B299001371" + b"0750412" + b"F" + b"1080301"
    assert data == expected + b"\x90\x00"
    assert len(data) == 57 + 2


@pytest.mark.parametrize("row", [person.row() for person in personas().values()], ids=list(personas()))
def test_the_site_reads_every_personas_card(row: object) -> None:
    card = make_card("nhi", row)  # type: ignore[arg-type]
    card.answer(SELECT)
    block = CardBlock.parse(card.answer(READ)[:-2])
    person = next(one for one in personas().values() if one.row() == row)
    assert (block.card_number.value, block.id_number.value) == (person.card_number, person.id_number)
    assert (block.name, block.birth_date.isoformat(), block.sex) == (person.name, person.birth_date, person.sex)
    assert block.issued.isoformat() == "2019-03-01"


def test_the_site_reads_the_card_of_every_row_of_the_register() -> None:
    for row in islice(people(500, seed=5), 500):
        card = make_card("nhi", row)
        card.answer(SELECT)
        block = CardBlock.parse(card.answer(READ)[:-2])
        assert (block.id_number.value, block.birth_date.isoformat()) == (row.id_number, row.birth_date)
        # A long name ends after a whole character.
        assert row.name.startswith(block.name)
        assert block.name


@pytest.mark.parametrize(("kind", "mark"), [("nhi", b"1"), ("copied", b"1"), ("void", b"2")])
def test_only_a_withdrawn_card_says_so(kind: CardKind, mark: bytes) -> None:
    answered = _selected(kind).answer(STATE)
    assert answered == mark + b"\x90\x00"
    assert is_void(answered[0]) == (kind == "void")


def test_a_card_authenticates_with_its_own_key() -> None:
    key = hmac.new(MASTER_KEY, b"000099002012", hashlib.sha256).digest()
    expected = hmac.new(key, CHALLENGE, hashlib.sha256).digest()[:16]
    assert _selected("nhi").answer(AUTHENTICATE) == expected + b"\x90\x00"
    other = make_card("nhi", FOREIGNER)
    other.answer(SELECT)
    assert other.answer(AUTHENTICATE) != expected + b"\x90\x00"


def test_a_copy_has_the_data_but_not_the_key() -> None:
    assert _selected("copied").answer(READ) == _selected("nhi").answer(READ)
    assert _selected("copied").answer(AUTHENTICATE) == b"\x69\x85"


def test_a_permit_is_another_applet_that_the_site_reads() -> None:
    permit = make_card("permit", FOREIGNER)
    assert permit.answer(SELECT) == b"\x6a\x82", "not an NHI card"
    assert permit.answer(SELECT_PERMIT) == b"\x90\x00"
    answered = permit.answer(READ)
    data = PermitData.parse(answered[:-2])
    assert len(answered) == 38 + 2
    assert (data.id_number.value, data.issued.isoformat()) == (FOREIGNER.id_number, FOREIGNER.permit_issued)
    assert permit.answer(AUTHENTICATE) == b"\x69\x85"
    assert make_card("nhi", FOREIGNER).answer(SELECT_PERMIT) == b"\x6a\x82", "not a permit"
    with pytest.raises(ValueError, match="citizen"):
        make_card("permit", CITIZEN)


@pytest.mark.parametrize("select", [SELECT, SELECT_PERMIT])
def test_a_foreign_card_does_not_know_what_is_asked_and_a_broken_one_fails_at_it(select: bytes) -> None:
    foreign, broken = make_card("foreign", CITIZEN), make_card("broken", CITIZEN)
    assert (foreign.answer(select).hex(), broken.answer(select).hex()) == ("6a82", "9000")
    for apdu in (READ, STATE, AUTHENTICATE):
        assert (foreign.answer(apdu).hex(), broken.answer(apdu).hex()) == ("6985", "6f00")


@pytest.mark.parametrize(
    ("apdu", "word"),
    [
        ("", "6700"),
        ("00CA11", "6700"),
        ("00CA110002", "6700"),
        ("00CA110003 0000", "6700"),
        ("00CA1100020000 00 00", "6700"),
        ("00CA110001 00", "6700"),
        ("0082111210" + "00" * 16 + "10", "6700"),
        ("0082111220" + "00" * 32 + "20", "6c10"),
        ("00CA1100020000 40", "6c39"),
        ("0082111320" + "00" * 32 + "10", "6a86"),
        ("00CAFFFF020000", "6a86"),
        ("00A4000002 3F00", "6a86"),
        ("00A4040002 3F00", "6a82"),
        ("00B0000000", "6d00"),
        ("80CA1100020000", "6e00"),
    ],
)
def test_wrong_commands_get_a_status_word_and_no_data(apdu: str, word: str) -> None:
    assert _selected("nhi").answer(bytes.fromhex(apdu)).hex() == word


@pytest.mark.parametrize("apdu", [READ, STATE, AUTHENTICATE])
def test_nothing_is_told_before_the_applet_is_selected_nor_after_a_reset(apdu: bytes) -> None:
    card = make_card("nhi", CITIZEN)
    assert card.answer(apdu) == b"\x69\x85"
    card.answer(SELECT)
    assert card.answer(apdu)[-2:] == b"\x90\x00"
    card.reset()
    assert card.answer(apdu) == b"\x69\x85"


@pytest.mark.parametrize("expected", ["", "00", "39"])
def test_an_expected_length_may_be_left_out_or_be_any(expected: str) -> None:
    assert len(_selected("nhi").answer(READ + bytes.fromhex(expected))) == 59


@given(st.lists(st.binary(max_size=64), max_size=4), st.sampled_from(CARD_KINDS))
def test_any_bytes_are_answered(apdus: list[bytes], kind: CardKind) -> None:
    card = make_card(kind, FOREIGNER)
    card.answer(SELECT)
    assert all(len(card.answer(apdu)) >= 2 for apdu in apdus)

"""The card's block and the permit, whatever bytes come; households compared with the register's."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_express.card.rules import (
    BLOCK_LENGTH,
    AddressBasis,
    BlockFault,
    CardBlock,
    Mismatch,
    PermitData,
    PermitFault,
    card_mismatch,
    household_mismatch,
    is_void,
    mask_card_number,
    permit_matches,
)
from nhi_express.members.rules import CardNumber, IdNumber, MemberRecord, pack, unpack
from nhi_sandbox.personas import Persona, personas
from tests.card.cards import block_of, household_of, permit_of
from tests.visitor import person

CITIZEN, FOREIGN, CHANGED = person("citizen"), person("new_ui"), person("ui_changed")
TODAY = date(2026, 11, 23)
GOOD = block_of(CITIZEN)


def record_of(key: str) -> MemberRecord:
    return unpack(pack(list(person(key).row())))


@given(st.binary(max_size=120))
def test_any_bytes_are_parsed_or_refused(data: bytes) -> None:
    try:
        block = CardBlock.parse(data)
    except BlockFault:
        return
    assert len(data) >= BLOCK_LENGTH
    assert block.name.isprintable()


@given(st.integers(0, BLOCK_LENGTH - 1), st.binary(min_size=1, max_size=20))
def test_any_damage_is_parsed_or_refused(at: int, damage: bytes) -> None:
    damaged = (GOOD[:at] + damage + GOOD[at + len(damage) :])[:BLOCK_LENGTH]
    try:
        assert CardBlock.parse(damaged).id_number.value.isascii()
    except BlockFault as fault:
        assert not any(text in str(fault) for text in (CITIZEN.id_number, CITIZEN.card_number))


@given(st.binary(max_size=80) | st.text("0123456789ABC", min_size=38, max_size=38).map(str.encode))
def test_any_permit_is_parsed_or_refused(data: bytes) -> None:
    try:
        assert PermitData.parse(data).id_number.is_foreign
    except PermitFault:
        return


@pytest.mark.parametrize("who", personas().values(), ids=lambda who: who.key)
def test_every_personas_card_is_read(who: Persona) -> None:
    block = CardBlock.parse(block_of(who) + b"1" + b"0912345678")
    assert (block.card_number.value, block.id_number.value) == (who.card_number, who.id_number)
    assert (block.birth_date.isoformat(), block.sex) == (who.birth_date, who.sex)
    assert block.issued == date(2019, 3, 1)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        pytest.param("陳月桃".encode("big5"), "陳月桃", id="big5"),
        pytest.param("游錫堃喆".encode("big5hkscs"), "游錫堃喆", id="rare"),
        pytest.param("王小明　".encode("big5"), "王小明", id="filled-up"),
        pytest.param(b"AMBER LOTUS", "AMBER LOTUS", id="letters"),
        pytest.param(b"A\x00B", "A", id="after-the-end"),
        pytest.param(b"A\x1b[31m\x07", "A[31m", id="control-characters"),
        pytest.param(b"\xff\xff\xff", "���", id="no-big5"),
        pytest.param(b"", "", id="none"),
    ],
)
def test_names(raw: bytes, name: str) -> None:
    assert CardBlock.parse(GOOD[:12] + raw.ljust(20, b"\0") + GOOD[32:]).name == name


@pytest.mark.parametrize(
    ("at", "damage"),
    [
        pytest.param(0, b"00009900201X", id="card-number"),
        pytest.param(0, b" 00009900201", id="card-number-with-a-blank"),
        pytest.param(32, b"B299001372", id="check-digit"),
        pytest.param(32, b"b\xe9", id="no-ascii"),
        pytest.param(42, b"0751301", id="no-such-month"),
        pytest.param(42, b"-751230", id="sign"),
        pytest.param(49, b"X", id="sex"),
        pytest.param(50, b"       ", id="no-issue-date"),
    ],
)
def test_refused_blocks(at: int, damage: bytes) -> None:
    with pytest.raises(BlockFault):
        CardBlock.parse(GOOD[:at] + damage + GOOD[at + len(damage) :])


def test_a_block_cut_short_is_refused() -> None:
    with pytest.raises(BlockFault):
        CardBlock.parse(GOOD[:-1])


def test_the_cards_own_state() -> None:
    assert [state for state in (None, 0, 1, 2, ord("1"), ord("2")) if is_void(state)] == [2, ord("2")]


def test_the_last_four_digits_are_never_shown() -> None:
    assert mask_card_number(CardNumber("000099002012")) == "0000 9900 ○○○○"


@pytest.mark.parametrize(
    ("key", "changes", "found"),
    [
        ("citizen", {}, None),
        ("citizen", {"card_number": "000099002013"}, Mismatch.CARD_NUMBER),
        ("citizen", {"birth_date": "1986-04-13"}, Mismatch.BIRTH_DATE),
        ("deceased", {}, Mismatch.DECEASED),
        ("ui_changed", {"id_number": CHANGED.former_id_numbers[0]}, None),
    ],
)
def test_card_and_register(key: str, changes: dict[str, str], found: Mismatch | None) -> None:
    assert card_mismatch(CardBlock.parse(block_of(person(key), changes)), record_of(key), TODAY) == found


def test_who_is_not_in_the_register_and_who_has_an_ended_number() -> None:
    assert card_mismatch(CardBlock.parse(GOOD), None, TODAY) == Mismatch.NOT_IN_REGISTER
    legacy = CardBlock.parse(block_of(person("legacy_ui")))
    assert card_mismatch(legacy, record_of("legacy_ui"), date(2030, 12, 31)) is None
    assert card_mismatch(legacy, record_of("legacy_ui"), date(2031, 1, 1)) == Mismatch.NUMBER_ENDED


@pytest.mark.parametrize(
    "area",
    [
        "臺中市西屯區何安里",
        "台中市西屯區何安里",
        "台中市 西屯區　何安里",
        "臺中市西屯區何安里12鄰",
        "臺中市西屯區何安里１２鄰",
    ],
)
def test_areas_that_are_the_same(area: str) -> None:
    assert AddressBasis("台中市", " 西屯區", "何安里　", "3").same_area(area)


@pytest.mark.parametrize(
    "area", ["", "臺中市西屯區", "臺中市西屯區何安里示範路1號", "臺中市西屯區何厝里", "臺南市西屯區何安里"]
)
def test_areas_that_are_not(area: str) -> None:
    assert not AddressBasis("臺中市", "西屯區", "何安里").same_area(area)


def test_nothing_is_no_area() -> None:
    assert not AddressBasis("", " ", "　").same_area("")


def test_households() -> None:
    record = record_of("citizen")
    assert household_mismatch(household_of(CITIZEN), record) is None
    assert household_mismatch(household_of(CITIZEN, number="F9999999"), record) == Mismatch.HOUSEHOLD_NUMBER
    assert household_mismatch(household_of(CITIZEN, village="何厝里"), record) == Mismatch.HOUSEHOLD_AREA
    unknown = record._replace(household_number="", household_area="")
    assert household_mismatch(household_of(CITIZEN), unknown) == Mismatch.HOUSEHOLD_NUMBER


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({}, True),
        ({"expires": "20261123"}, True),
        ({"expires": "20261122"}, False),
        ({"issued": "20261124"}, False),
        ({"id_number": person("legacy_ui").id_number}, False),
    ],
)
def test_permits(changes: dict[str, str], good: bool) -> None:
    told = PermitData.parse(permit_of(FOREIGN, **changes).data)
    assert permit_matches(told, (IdNumber.parse(FOREIGN.id_number),), TODAY) is good


def test_a_permit_never_is_a_citizens() -> None:
    with pytest.raises(PermitFault):
        PermitData.parse(permit_of(CITIZEN).data)

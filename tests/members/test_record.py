"""A member's record: what it tells, and the bytes it is sealed as."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_express.members.rules import SEPARATOR, MemberRecord, masked_name, pack, unpack
from tests.members.rows import row

texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=100)


def record(**changes: str) -> MemberRecord:
    return unpack(pack(row(**changes)))


def test_a_record_has_its_fields_as_what_they_are() -> None:
    member = record(former_id_numbers="AB23456789;AC12345679", permit_issued="2025-06-07", deceased="Y")
    assert member.former_id_numbers == ("AB23456789", "AC12345679")
    assert (member.birth_date, member.permit_issued) == (date(1985, 3, 12), date(2025, 6, 7))
    assert (member.insured, member.deceased) == (True, True)
    assert (member.name, member.card_number) == ("陳美華", "000000000000")


def test_what_is_not_on_record_is_none_or_empty() -> None:
    member = record(card_issued="", household_number="", email="")
    assert (member.card_issued, member.permit_issued, member.former_id_numbers) == (None, None, ())
    assert (member.household_number, member.email) == ("", "")


@given(texts, texts)
def test_what_is_packed_comes_out_the_same(name: str, address: str) -> None:
    member = record(name=name, postal_address=address)
    assert (member.name, member.postal_address) == (name, address)


@pytest.mark.parametrize("cells", [row()[:-1], [*row(), ""], row(name=f"陳{SEPARATOR}華"), row(name="\ud800")])
def test_what_could_not_be_unpacked_is_not_packed(cells: list[str]) -> None:
    with pytest.raises(ValueError):
        pack(cells)


@pytest.mark.parametrize("data", [b"", b"\xff" * 18, b"\x1f" * 18, json.dumps(row()).encode()])
def test_other_bytes_are_no_record(data: bytes) -> None:
    with pytest.raises(ValueError):
        unpack(data)


@pytest.mark.parametrize(("number", "foreign"), [("A123456789", False), ("A800000014", True), ("AB23456789", True)])
def test_citizens_and_foreigners(number: str, foreign: bool) -> None:
    assert record(id_number=number).foreign is foreign


@pytest.mark.parametrize(("status", "valid"), [("valid", True), ("void", False), ("lost", False)])
def test_only_a_valid_card_is_valid(status: str, valid: bool) -> None:
    assert record(card_status=status).card_valid is valid


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("陳美華", "陳○華"),
        ("陳華", "陳○"),
        ("歐陽美華", "歐○○華"),
        ("陳", "陳○"),
        ("Nguyen Thi Mai", "N○○○○○ T○○ M○○"),
        ("José Álvarez", "J○○○ Á○○○○○○"),
        ("Anna", "A○○○"),
        ("陳　美　華", "陳○華"),
        ("陳 華", "陳○"),
        ("谷辣斯·尤達卡", "谷○○○○○卡"),
        ("\U000f0001\U000f0002\U000f0003", "\U000f0001○\U000f0003"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_a_masked_name_is_known_to_its_owner_only(name: str, masked: str) -> None:
    assert masked_name(name) == record(name=name).masked_name == masked


@given(
    st.text(st.characters(categories=["Lo", "Co"], exclude_characters="○"), min_size=2, max_size=6), st.integers(0, 6)
)
def test_a_masked_name_never_shows_the_middle(name: str, gap: int) -> None:
    masked = masked_name(f"{name[:gap]}\u3000{name[gap:]}")
    shown = masked.replace("○", "")
    assert shown == (name[0] + name[-1] if len(name) > 2 else name[0])


@given(st.lists(st.from_regex("[ABCÉ][a-dñ'-]{1,8}", fullmatch=True), min_size=1, max_size=4))
def test_of_a_name_in_letters_only_the_first_ones_show(words: list[str]) -> None:
    assert masked_name(" ".join(words)).replace("○", "") == " ".join(word[0] for word in words)

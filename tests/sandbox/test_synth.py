"""Generated people: valid, unique, the same for the same seed, and in constant memory."""

import csv
import re
import tracemalloc
from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from nhi_sandbox.personas import personas, register_rows
from nhi_sandbox.register import RegisterRow, write_register
from nhi_sandbox.synth import AS_OF, LIMIT, people

COLUMNS = [
    *("id_number", "former_id_numbers", "name", "birth_date", "sex", "card_number", "card_status", "card_issued"),
    *("household_number", "household_area", "unit_code", "unit_name", "insured", "deceased", "email", "mobile"),
    *("postal_address", "permit_issued"),
]
LETTERS = "A10 B11 C12 D13 E14 F15 G16 H17 I34 J18 K19 L20 M21 N22 O35 P23 Q24 R25 S26 T27 U28 V29 W32 X30 Y31 Z33"
VALUES = {entry[0]: entry[1:] for entry in LETTERS.split()}
SAMPLE = list(people(20_000, seed=7))


def is_valid(number: str) -> bool:
    """The public rule, written here once more: letters to digits, weights 1 9 8 7 6 5 4 3 2 1 1, multiple of ten."""
    if not re.fullmatch("[A-Z][1289A-D][0-9]{8}", number):
        return False
    second = number[1] if number[1].isdigit() else VALUES[number[1]][1]
    digits = VALUES[number[0]] + second + number[2:]
    return sum(int(a) * b for a, b in zip(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0


def all_numbers(row: RegisterRow) -> list[str]:
    return [row.id_number, *filter(None, row.former_id_numbers.split(";"))]


@pytest.mark.parametrize("number", ["A123456789", "C987654321", "A800000014", "A870000015", "AB23456789", "A823456783"])
def test_the_rule_knows_published_numbers(number: str) -> None:
    assert is_valid(number)
    assert not is_valid(number[:-1] + str((int(number[-1]) + 1) % 10))


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    assert list(people(500, 7)) == SAMPLE[:500]
    assert not {row.id_number for row in people(500, 8)} & {row.id_number for row in SAMPLE[:500]}


def test_every_number_is_valid_and_nobody_shares_one() -> None:
    numbers = [number for row in SAMPLE for number in all_numbers(row)]
    assert all(map(is_valid, numbers))
    assert len(set(numbers)) == len(numbers)
    assert len({row.card_number for row in SAMPLE}) == len(SAMPLE)
    assert all(re.fullmatch("[0-9]{12}", row.card_number) for row in SAMPLE)


def test_generated_people_never_meet_the_personas() -> None:
    """They cannot: bodies and card serials of personas lie above everything that is generated."""
    for person in personas().values():
        for number in (person.id_number, *person.former_id_numbers):
            assert is_valid(number)
            assert int(number[2:9]) >= 9_900_000
        assert int(person.card_number) >= 99_000_000
    assert all(int(number[2:9]) < 9_900_000 for row in SAMPLE for number in all_numbers(row))
    assert all(int(row.card_number) < 99_000_000 for row in SAMPLE)


def test_personas_are_all_different() -> None:
    everybody = personas().values()
    for attribute in ("id_number", "card_number", "phone", "name"):
        assert len({getattr(person, attribute) for person in everybody}) == len(everybody)


def test_the_failing_personas_are_customers_of_one_operator_and_the_others_are_not() -> None:
    assert {person.operator for person in personas().values() if person.expected == "OPERATOR_DOWN"} == {"fet"}
    assert not [person for person in personas().values() if person.operator == "fet" and person.fault == "none"]


def test_all_sorts_of_people_are_there() -> None:
    second = {row.id_number[1] for row in SAMPLE}
    assert second == set("1289AB")
    assert {row.card_status for row in SAMPLE} == {"valid", "void", "lost"}
    assert {row.insured for row in SAMPLE} == {row.deceased for row in SAMPLE} == {"Y", "N"}
    assert [row for row in SAMPLE if row.former_id_numbers and row.id_number[1] in "89"]
    assert [row for row in SAMPLE if row.id_number[1] in "12" and not row.household_number]
    assert not [row for row in SAMPLE if row.id_number[1] not in "12" and row.household_number]
    assert [row for row in SAMPLE if set("堃煊峯喆恒碁") & set(row.name)]
    assert [row for row in SAMPLE if re.fullmatch("[A-Z' ,.-]+", row.name)]
    assert all((row.permit_issued == "") is (row.id_number[1] in "12") for row in SAMPLE)
    assert all((row.sex == "M") is (row.id_number[1] in "18A") for row in SAMPLE)


def test_ages_run_from_eight_to_ninety_eight() -> None:
    born = [date.fromisoformat(row.birth_date) for row in people(60_000, 3)]
    ages = [AS_OF.year - day.year - ((AS_OF.month, AS_OF.day) < (day.month, day.day)) for day in born]
    assert (min(ages), max(ages)) == (8, 98)


def test_no_card_or_permit_is_older_than_its_holder() -> None:
    for row in SAMPLE:
        assert row.birth_date < row.card_issued < AS_OF.isoformat()
        assert row.permit_issued < AS_OF.isoformat()


def test_the_file_has_the_columns_and_the_personas_first(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    assert write_register(path, register_rows(50, 7)) == 50 + sum(p.in_register for p in personas().values())
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == COLUMNS
    assert rows[0]["id_number"] == personas()["citizen"].id_number
    assert tuple(rows[-1].values()) == SAMPLE[49]
    assert personas()["not_insured"].id_number not in {row["id_number"] for row in rows}
    assert not list(tmp_path.glob("*.part"))


def test_memory_stays_flat() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in people(count, 7):
            pass
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(10)
    # The least of three: other threads of this process, a server's that is hung up on, allocate too.
    assert min(peak(20_000) for _ in range(3)) < peak(200) + 100_000


def test_more_people_than_cards_cannot_be_had() -> None:
    assert next(islice(people(LIMIT, 1), 1))
    with pytest.raises(ValueError, match="count"):
        next(people(LIMIT + 1, 1))

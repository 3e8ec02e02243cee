"""Insured units of the sandbox, their people, and lists such as officers upload."""

import csv
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest
from python_calamine import load_workbook
from typer.testing import CliRunner

from nhi_sandbox.commands import app
from nhi_sandbox.identifiers import tax_id
from nhi_sandbox.personas import personas, register_rows, unit_rows
from nhi_sandbox.register import RegisterRow
from nhi_sandbox.synth import fit, people
from nhi_sandbox.unit_lists import HEADINGS, ListLine, mixed_list, tally
from nhi_sandbox.units import UnitRow, named_units, write_units

REGISTER = list(register_rows(3_000, 1, staff=400))
BY_NUMBER = {row.id_number: row for row in REGISTER}
OWN = named_units()["sandbox"].code


def right_by_2023(number: str) -> bool:
    """The public rule, written here once more: digit sums of the products, a multiple of five, one more after a 7."""
    total = 0
    for digit, weight in zip(number, (1, 2, 1, 2, 1, 2, 4, 1), strict=True):
        total += sum(divmod(int(digit) * weight, 10))
    return total % 5 == 0 or (number[6] == "7" and (total + 1) % 5 == 0)


@pytest.mark.parametrize("number", ["04595252", "10458570", "04595257", "10458575", "10458574"])
def test_the_rule_knows_published_numbers(number: str) -> None:
    assert right_by_2023(number)


def test_tax_ids_are_right_by_the_rule_of_2023() -> None:
    assert all(right_by_2023(tax_id(body)) for body in range(0, 10_000_000, 997))
    assert {len(tax_id(body)) for body in (0, 1, 9_999_999)} == {8}


def test_every_unit_of_the_register_is_listed_once_with_somebody_responsible() -> None:
    listed = list(unit_rows(REGISTER))
    assert len({unit.code for unit in listed}) == len({unit.certificate for unit in listed}) == len(listed) > 200
    for unit in listed:
        assert unit.code.isdecimal()
        assert len(unit.code) == 9
        assert right_by_2023(unit.tax_id)
        responsible = BY_NUMBER[unit.responsible]
        assert responsible.unit_code == unit.code
        assert (responsible.insured, responsible.deceased) == ("Y", "N")
        assert responsible.birth_date < "2006"


def test_a_unit_has_one_name() -> None:
    names = {(row.unit_code, row.unit_name) for row in REGISTER if row.unit_code}
    assert len({code for code, _ in names}) == len(names)


def test_the_list_of_units_is_written(tmp_path: Path) -> None:
    write_units(tmp_path / "units.csv", unit_rows(REGISTER))
    with (tmp_path / "units.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["code", "tax_id", "certificate", "name", "kind", "responsible"] == list(UnitRow._fields)
    assert rows[1][0] == OWN
    assert rows[1][5] == personas()["unit_head"].id_number


def test_the_company_and_the_farm_have_their_staff_and_the_others_stay_where_they_are() -> None:
    plain = {row.id_number: row for row in people(3_000, 1)}
    hired = [row for row in REGISTER if row.id_number in plain and row != plain[row.id_number]]
    assert Counter(row.unit_code for row in hired) == {OWN: 400, named_units()["neighbour"].code: 40}
    assert all(map(fit, hired))


def test_the_people_of_the_story_are_there() -> None:
    story = {key: person for key, person in personas().items() if person.listed}
    assert Counter(person.listed for person in story.values())["ready"] >= 8
    assert {person.listed for person in story.values()} == {"ready", "registered", "child", "not_of_this_unit"}
    assert all(person.story_zh and person.story_en for person in story.values())
    for unit in named_units().values():
        assert personas()[unit.responsible].row().unit_code == unit.code
    assert {person.row().unit_code == OWN for person in story.values() if person.listed == "ready"} == {True}


def test_a_list_is_the_same_for_the_same_seed() -> None:
    lines = list(mixed_list(300, 1))
    assert lines == list(mixed_list(300, 1))
    assert lines != list(mixed_list(300, 2))
    assert tally(lines)["ready"] > 200
    assert len(tally(lines)) == 8


def test_what_a_list_says_of_its_lines_is_so() -> None:
    seen = set[str]()
    for line in mixed_list(300, 5):
        row = BY_NUMBER.get(line.id_number)
        assert judged(line, row, seen) == (line.outcome in {"ready", "birth_date_invalid", "email_invalid"}), line
        seen.add(line.id_number)


def judged(line: ListLine, row: RegisterRow | None, seen: set[str]) -> bool:
    """Whether the ID number on a line is a good one of the company's, and here for the first time."""
    written = "".join(chr(ord(one) - 0xFEE0) if ord(one) > 0xFF00 else one for one in line.id_number)
    row = row or BY_NUMBER.get(written.replace(" ", "").upper())
    if row is None or row.unit_code != OWN or line.id_number in seen:
        return False
    return line.outcome != "not_of_this_unit"


def test_a_company_without_so_many_people_has_no_such_list() -> None:
    with pytest.raises(ValueError, match="too few"):
        list(mixed_list(300, 1, staff=20))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_list_is_written_from_the_command_line(tmp_path: Path, form: str) -> None:
    out = tmp_path / f"list.{form}"
    done = CliRunner().invoke(app, ["units-list", "--rows", "40", "--format", form, "--out", str(out)])
    assert done.exit_code == 0, done.output
    cells = read(out)
    assert cells[0] == list(HEADINGS)
    assert cells[1:] == [list(line[:5]) for line in mixed_list(40, 1)]


def read(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))
    rows = load_workbook(path).get_sheet_by_index(0).to_python()
    return [[str(cell) for cell in row] for row in islice(rows, None)]


def test_a_list_that_cannot_be_made_is_said_plainly(tmp_path: Path) -> None:
    out = str(tmp_path / "list.csv")
    assert CliRunner().invoke(app, ["units-list", "--staff", "1", "--out", out]).exit_code == 2
    assert CliRunner().invoke(app, ["units-list", "--out", str(tmp_path / "no" / "list.csv")]).exit_code == 2

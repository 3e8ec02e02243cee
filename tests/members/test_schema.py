"""The checks of a row: what is taken, and which fault is named."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_express.members.schema import COLUMNS, HEADER, Reason, row_fault, row_is_good
from nhi_sandbox.personas import register_rows
from nhi_sandbox.register import RegisterRow
from tests.members.rows import row

FAULTS = [
    ("id_number", "", Reason.EMPTY),
    ("id_number", "A123456788", Reason.WRONG_CHECK_DIGIT),
    ("id_number", "a123456789", Reason.NOT_IN_THE_FORM),
    ("id_number", "A1234567890", Reason.TOO_LONG),
    ("id_number", "Ａ123456789", Reason.NOT_IN_THE_FORM),
    ("id_number", "A12345678٩", Reason.NOT_IN_THE_FORM),
    ("former_id_numbers", "AB23456789;", Reason.NOT_IN_THE_FORM),
    ("former_id_numbers", "AB23456789;AB23456788", Reason.WRONG_CHECK_DIGIT),
    ("former_id_numbers", ";".join(["AB23456789"] * 11), Reason.TOO_LONG),
    ("name", "", Reason.EMPTY),
    ("name", "陳" * 101, Reason.TOO_LONG),
    ("name", "陳\0華", Reason.CONTROL_CHARACTER),
    ("name", "陳\x1f華", Reason.CONTROL_CHARACTER),
    ("name", "陳\x85華", Reason.CONTROL_CHARACTER),
    ("name", "陳\udcff", Reason.NOT_UTF8),
    ("birth_date", "2023-02-29", Reason.NO_SUCH_DAY),
    ("birth_date", "0850312", Reason.NOT_IN_THE_FORM),
    ("birth_date", "1985-3-12", Reason.NOT_IN_THE_FORM),
    ("birth_date", "0985-03-12", Reason.NOT_IN_THE_FORM),
    ("sex", "X", Reason.NOT_IN_THE_FORM),
    ("card_number", "00001234567", Reason.NOT_IN_THE_FORM),
    ("card_number", "0000123456789", Reason.TOO_LONG),
    ("card_status", "VALID", Reason.NOT_IN_THE_FORM),
    ("card_issued", "2019-04-31", Reason.NO_SUCH_DAY),
    ("household_number", "B-123456", Reason.NOT_IN_THE_FORM),
    ("household_area", "里" * 61, Reason.TOO_LONG),
    ("unit_code", "12345678", Reason.NOT_IN_THE_FORM),
    ("insured", "", Reason.EMPTY),
    ("deceased", "y", Reason.NOT_IN_THE_FORM),
    ("email", "someone", Reason.NOT_IN_THE_FORM),
    ("email", "some one@example.tw", Reason.NOT_IN_THE_FORM),
    ("mobile", "0212345678", Reason.NOT_IN_THE_FORM),
    ("postal_address", "路" * 201, Reason.TOO_LONG),
    ("permit_issued", "2019-00-01", Reason.NO_SUCH_DAY),
]


def test_the_sandbox_writes_the_columns_that_the_register_reads() -> None:
    assert RegisterRow._fields == HEADER


def test_rows_of_invented_people_are_good() -> None:
    faults = [row_fault(list(cells)) for cells in register_rows(500, seed=3)]
    assert len(faults) >= 500
    assert set(faults) == {None}


@pytest.mark.parametrize(("column", "cell", "reason"), FAULTS)
def test_a_bad_cell_is_named_with_its_reason(column: str, cell: str, reason: Reason) -> None:
    cells = row(**{column: cell})
    assert row_fault(cells) == (column, reason)
    assert not row_is_good(cells)


@pytest.mark.parametrize("column", [column.name for column in COLUMNS if not column.required])
def test_what_is_not_required_may_be_empty(column: str) -> None:
    assert row_is_good(row(**{column: ""}))


@pytest.mark.parametrize("cells", [[], row()[:-1], [*row(), ""]])
def test_the_number_of_columns_is_fixed(cells: list[str]) -> None:
    assert row_fault(cells) == ("", Reason.WRONG_NUMBER_OF_COLUMNS)
    assert not row_is_good(cells)


def test_every_field_may_be_as_long_as_it_says() -> None:
    longest = {"name": "陳" * 100, "household_area": "里" * 60, "unit_name": "行" * 100, "postal_address": "路" * 200}
    mail = f"{'a' * 64}@{'b' * 189}"
    former = ";".join(["AB23456789"] * 10)
    cells = row(**longest, email=mail, former_id_numbers=former, household_number="B" * 12, mobile="+886912345678")
    assert row_is_good(cells)
    assert all(len(cell) <= column.longest for cell, column in zip(cells, COLUMNS, strict=True))


@given(st.sampled_from(HEADER), st.text(max_size=30) | st.text("0123456789-A;@\x1f", max_size=30))
def test_the_quick_question_and_the_full_answer_agree(column: str, cell: str) -> None:
    cells = row(**{column: cell})
    assert row_is_good(cells) == (row_fault(cells) is None)


@pytest.mark.parametrize("cell", ["@" * 8000, "a" * 8000, "a@" * 4000, ";".join(["AB23456789"] * 700), "\x1f" * 8000])
@pytest.mark.parametrize("column", ["former_id_numbers", "name", "email", "postal_address"])
def test_no_cell_makes_the_check_slow(column: str, cell: str) -> None:
    begun = time.perf_counter()
    assert row_fault(row(**{column: cell})) is not None
    assert not row_is_good(row(**{column: cell}))
    assert time.perf_counter() - begun < 0.05

"""Lists in workbooks: what LibreOffice and Excel write, and what officers do to their sheets."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from nhi_express.units.reading import Line, RowCells, read_list
from nhi_express.units.rules import RowReason, read_row
from tests.units.workbooks import HEADINGS, PERSON, data, lines, refusal, repacked, workbook

READ = [Line(2, RowCells(*PERSON))]
BORN = date(1986, 4, 12)


@pytest.mark.parametrize("name", ["list.xlsx", "list.ods", "list.xls"])
def test_a_list_that_libreoffice_wrote_is_read(name: str) -> None:
    """Two titles, one of them merged; headings; days as days, in 民國 years and as text; coloured blank rows below."""
    sheet = read_list(data(name), name, 10)
    assert sheet.columns == {"id_number": 0, "birth_date": 1, "name": 2, "email": 3, "staff_number": 4}
    assert list(sheet.lines) == [
        Line(5, RowCells("A123456789", "1986-04-12", "陳美華", "meihua@example.tw", "1001")),
        Line(6, RowCells("b200000004", "1986-04-12", "王堃煊", "", "1002")),
        Line(7, RowCells("Ａ２００００００３０", "75.4.12", "游錫堃", "kun@example.tw", "A-03")),
        Line(8, RowCells("A800000014", "0750412", "NGUYEN THI ANH", "", "")),
        Line(10, RowCells("AB00000010", "民國75年4月12日", "喆碁峯恒", "", "1005")),
    ]


def test_every_line_of_it_is_understood() -> None:
    read = [read_row(line.cells) for line in lines(data("list.ods"))]
    assert {(row.birth_date, row.reason) for row in read} == {(BORN, None)}


def test_the_name_of_a_file_says_nothing_about_its_form() -> None:
    assert lines(data("list.ods"), "list.csv") == lines(data("list.xlsx"), "list.xls") == lines(data("list.xls"), "x")


@pytest.mark.parametrize(
    ("form", "read"),
    [
        ("yyyy/m/d", "1986-04-12"),
        ("[$-404]e/m/d;@", "1986-04-12"),
        ("[$-404]gge年m月d日", "1986-04-12"),
        ("0", "1986-04-12"),
    ],
)
def test_days_are_read_in_whatever_format_they_are_shown(form: str, read: str) -> None:
    def write(book: Workbook, sheet: Worksheet) -> None:
        sheet.write_datetime(1, 1, datetime(1986, 4, 12, tzinfo=UTC), book.add_format({"num_format": form}))

    (line,) = lines(workbook(HEADINGS, PERSON, more=write))
    assert line.cells.birth_date == read


@pytest.mark.parametrize(
    ("number", "read", "day"),
    [
        (750412, "750412", BORN),
        (1120304, "1120304", date(2023, 3, 4)),
        (19860412, "19860412", BORN),
        (250412, "250412", None),
        (9999, "9999", None),
        (31514.5, "31514.5", None),
    ],
)
def test_numbers_in_the_column_of_dates_are_read_as_they_are_typed(number: float, read: str, day: date | None) -> None:
    (line,) = lines(workbook(HEADINGS, ("A123456789", number)))
    assert (line.cells.birth_date, read_row(line.cells).birth_date) == (read, day)


@pytest.mark.parametrize(
    ("cell", "read"),
    [(1001, "1001"), (1001.0, "1001"), (1.5, "1.5"), ("001", "001"), (True, "True"), (1e22, "1" + "0" * 22)],
)
def test_staff_numbers_may_be_numbers(cell: object, read: str) -> None:
    (line,) = lines(workbook(HEADINGS, ("A123456789", "75/4/12", "", "", cell)))
    assert line.cells.staff_number == read


def test_id_numbers_are_never_numbers() -> None:
    (line,) = lines(workbook(HEADINGS, (12345678901.0, "75/4/12")))
    assert read_row(line.cells).reason is RowReason.ID_INVALID


def test_a_permits_number_that_became_a_number_is_still_told_from_others() -> None:
    (line,) = lines(workbook(HEADINGS, (123456789012, "75/4/12")))
    assert read_row(line.cells).reason is RowReason.ID_IS_PERMIT_NUMBER


def test_a_moment_that_is_no_midnight_is_no_birth_date() -> None:
    def write(book: Workbook, sheet: Worksheet) -> None:
        sheet.write_datetime(
            1, 1, datetime(1986, 4, 12, 8, 30, tzinfo=UTC), book.add_format({"num_format": "yyyy/m/d hh:mm"})
        )

    (line,) = lines(workbook(HEADINGS, PERSON, more=write))
    assert read_row(line.cells).reason is RowReason.BIRTH_DATE_INVALID


def test_formulas_give_their_result_and_are_not_run() -> None:
    def write(_: Workbook, sheet: Worksheet) -> None:
        sheet.write_formula(1, 2, '=HYPERLINK("http://example.tw")', None, "陳美華")
        sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")
        sheet.write_string(1, 4, "=1+1")

    (line,) = lines(workbook(HEADINGS, PERSON, more=write))
    assert (line.cells.name, line.cells.email, line.cells.staff_number) == ("陳美華", "", "=1+1")


def test_a_list_may_stand_away_from_the_corner() -> None:
    rows: list[list[object]] = [[], [], ["", "", *HEADINGS], ["", "", *PERSON]]
    sheet = read_list(workbook(*rows), "list.xlsx", 10)
    assert sheet.columns == {"id_number": 2, "birth_date": 3, "name": 4, "email": 5, "staff_number": 6}
    assert list(sheet.lines) == [Line(4, RowCells(*PERSON))]


def test_of_several_sheets_the_first_that_is_shown_and_not_empty_is_read() -> None:
    def add(book: Workbook, sheet: Worksheet) -> None:
        second = book.add_worksheet()
        second.activate()
        sheet.hide()
        third, fourth = book.add_worksheet(), book.add_worksheet()
        third.write_row(0, 0, HEADINGS)
        third.write_row(1, 0, PERSON)
        fourth.write_row(0, 0, ("說明",))

    assert lines(workbook(("草稿",), more=add)) == READ


def test_a_list_on_a_later_sheet_is_not_looked_for() -> None:
    def add(book: Workbook, _: Worksheet) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, PERSON)

    assert refusal(workbook(("年度報表",), ("一月", 25), more=add)) == "LIST_WITHOUT_HEADINGS"


def test_a_title_may_be_merged_and_nothing_below_it() -> None:
    def merge(at: str) -> Any:
        return lambda _, sheet: sheet.merge_range(at, "")

    rows = (("好日子商行",), HEADINGS, PERSON, PERSON)
    assert len(lines(workbook(*rows, more=merge("A1:E1")))) == 2
    for at in ("A1:A2", "F2:G2", "C3:C4", "A9:E9"):
        assert refusal(workbook(*rows, more=merge(at))) == "LIST_MERGED_CELLS"


@pytest.mark.parametrize("name", ["merged.xlsx", "merged.ods"])
def test_merged_cells_that_libreoffice_wrote_are_noticed(name: str) -> None:
    assert refusal(data(name)) == "LIST_MERGED_CELLS"


@pytest.mark.parametrize("name", ["locked.xlsx", "locked.ods", "locked.xls"])
def test_locked_files_are_refused(name: str) -> None:
    assert refusal(data(name)) == "LIST_LOCKED"


@pytest.mark.parametrize("name", ["macros.xlsm", "macros.ods"])
def test_files_with_macros_are_refused(name: str) -> None:
    assert refusal(data(name), "list.xlsx" if name.endswith("s") else name) == "LIST_WITH_MACROS"


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ("xl/vbaProject.bin", "list.xlsx"),
        ("xl/macrosheets/sheet1.xml", "list.xlsx"),
        ("Scripts/python/x.py", "list.ods"),
    ],
)
def test_macros_are_found_under_any_name_of_the_file(entry: str, name: str) -> None:
    assert refusal(repacked(data(name), {entry: b"x"}), "harmless.xlsx") == "LIST_WITH_MACROS"


def test_an_old_file_with_macros_is_refused() -> None:
    assert refusal(data("list.xls") + "_VBA_PROJECT".encode("utf-16-le"), "list.xls") == "LIST_WITH_MACROS"


@pytest.mark.parametrize("name", ["list.XLSM", "list.xltm", "list.xlsb"])
def test_a_name_that_promises_macros_is_enough(name: str) -> None:
    assert refusal(data("list.xlsx"), name) == "LIST_WITH_MACROS"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (workbook(), "LIST_EMPTY"),
        (workbook(HEADINGS), "LIST_EMPTY"),
        (workbook(HEADINGS, *[("",) * 5] * 50), "LIST_EMPTY"),
        (workbook(PERSON, PERSON), "LIST_WITHOUT_HEADINGS"),
        (workbook((*HEADINGS, "生日"), PERSON), "LIST_HEADING_TWICE"),
        (workbook((*HEADINGS, *range(95)), PERSON), ""),
        (workbook((*HEADINGS, *range(96)), PERSON), "LIST_TOO_WIDE"),
        (workbook((*HEADINGS, *range(295)), PERSON), "LIST_TOO_WIDE"),
        (workbook(HEADINGS, *[PERSON] * 11), "LIST_TOO_MANY_ROWS"),
    ],
)
def test_workbooks_that_are_no_list_are_refused_for_what_they_are(content: bytes, problem: str) -> None:
    if problem:
        assert refusal(content, most_rows=10) == problem
    else:
        assert lines(content, most_rows=10) == READ


def test_a_cell_that_is_far_too_long_is_still_too_long() -> None:
    (line,) = lines(workbook(HEADINGS, ("A123456789", "75/4/12", "陳" * 5_000)))
    assert read_row(line.cells).reason is RowReason.FIELD_TOO_LONG

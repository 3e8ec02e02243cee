"""Lists in text: their encodings, their marks, and what is no list."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nhi_express.units.reading import Line, ListRefused, RowCells, read_list
from nhi_express.units.reading.sheet import MOST_BLANK_ROWS
from nhi_express.units.reading.text import LONGEST_ROW
from tests.units.workbooks import HEADINGS, PERSON, data, lines, refusal

# Characters of names that plain Big5 lacks: the first five are in the Hong Kong set, two of them in Microsoft's too.
HARD = "堃煊峯喆碁"


def text(*rows: tuple[str, ...], mark: str = ",", end: str = "\r\n") -> str:
    return "".join(mark.join(row) + end for row in rows)


PLAIN = text(HEADINGS, PERSON)
READ = [Line(2, RowCells(*PERSON))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "big5", "cp950", "big5hkscs"])
def test_a_list_is_read_in_each_encoding(encoding: str) -> None:
    assert lines(PLAIN.encode(encoding), "list.csv") == READ


@pytest.mark.parametrize("mark", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_list_is_read_with_each_mark_and_line_end(mark: str, end: str) -> None:
    assert lines(text(HEADINGS, PERSON, mark=mark, end=end).encode(), "") == READ


def test_the_last_line_needs_no_end() -> None:
    assert lines(PLAIN.rstrip().encode()) == READ


@pytest.mark.parametrize("name", [HARD, "游錫堃", "陳喆", "王碁銹", "林裏恒"])
def test_rare_characters_of_big5_come_through(name: str) -> None:
    (line,) = lines(text(HEADINGS, (*PERSON[:2], name)).encode("big5hkscs"))
    assert line.cells.name == name


def test_the_sign_that_only_microsofts_big5_has_is_read_too() -> None:
    content = text(HEADINGS, (*PERSON[:2], "€")).encode("cp950")
    assert lines(content)[0].cells.name == "€"


def test_a_big5_list_of_libreoffice_is_read() -> None:
    read = lines(data("list_big5.csv"), "list_big5.csv")
    assert [line.number for line in read] == [5, 6, 7, 8, 10]
    assert [line.cells.name for line in read] == ["陳美華", "王堃煊", "游錫堃", "NGUYEN THI ANH", "喆碁峯恒"]
    assert read[0].cells == RowCells("A123456789", "1986/4/12", "陳美華", "meihua@example.tw", "1001")


def test_columns_are_found_wherever_they_stand_and_others_are_passed_over() -> None:
    rows = (("好日子商行", ""), (), ("序號", "生日", "到職日", "ID number"), ("1", "75.4.12", "110.1.1", "A123456789"))
    sheet = read_list(text(*rows).encode(), "list.csv", 10)
    assert sheet.columns == {"birth_date": 1, "id_number": 3}
    assert list(sheet.lines) == [Line(4, RowCells("A123456789", "75.4.12"))]


def test_blank_lines_are_passed_over_and_counted() -> None:
    rows = (HEADINGS, ("",) * 5, PERSON, (), (" ", "　", "", "", ""), PERSON, ("",) * 5)
    assert [line.number for line in lines(text(*rows).encode())] == [3, 6]


@pytest.mark.parametrize("blank", ["\n", ",,,,\n", "7,\n"])
def test_a_file_of_nothing_but_blank_lines_is_not_read_to_its_end(blank: str) -> None:
    top = text(("序號", *HEADINGS), ("1", *PERSON)).encode()
    assert len(lines(top + blank.encode() * MOST_BLANK_ROWS)) == 1
    begun = time.process_time()
    assert refusal(top + blank.encode() * (32 * 1024 * 1024 // len(blank)), "list.csv") == "LIST_TOO_MANY_BLANK_ROWS"
    assert time.process_time() - begun < 5


def test_lines_that_hold_nothing_but_a_running_number_are_blank() -> None:
    rows = (("序號", *HEADINGS), ("1", *PERSON), ("2", *("",) * 5), ("3",))
    assert [line.number for line in lines(text(*rows).encode())] == [2]


def test_short_and_long_lines_are_read_as_far_as_they_go() -> None:
    rows = (HEADINGS, ("A123456789",), (*PERSON, "x", "y"))
    assert [line.cells for line in lines(text(*rows).encode())] == [RowCells("A123456789"), RowCells(*PERSON)]


def test_quoted_cells_may_hold_marks_and_line_ends() -> None:
    content = text(HEADINGS) + 'A123456789,75/04/12,"陳,\n美華",,\r\n' + text(PERSON)
    assert [(line.number, line.cells.name) for line in lines(content.encode())] == [(2, "陳,\n美華"), (3, "陳美華")]


def test_numbers_in_text_stay_as_they_are_typed() -> None:
    (line,) = lines(text(HEADINGS, ("A123456789", "31514", "x", "", "001")).encode())
    assert (line.cells.birth_date, line.cells.staff_number) == ("31514", "001")


def test_formulas_are_text() -> None:
    (line,) = lines(text(HEADINGS, ("A123456789", "75/04/12", "=1+1", "", "@x")).encode())
    assert (line.cells.name, line.cells.staff_number) == ("=1+1", "@x")


BIG5, UTF8 = text(PERSON).encode("big5"), text(PERSON).encode()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "LIST_EMPTY"),
        (b" \r\n\r\n", "LIST_EMPTY"),
        (b"\xef\xbb\xbf", "LIST_EMPTY"),
        (text(HEADINGS).encode(), "LIST_EMPTY"),
        (text(HEADINGS, ("",) * 5).encode(), "LIST_EMPTY"),
        (text(PERSON, PERSON).encode(), "LIST_WITHOUT_HEADINGS"),
        (text(("姓名", "電話"), ("陳美華", "0912345678")).encode(), "LIST_WITHOUT_HEADINGS"),
        (text(*[("標題",)] * 20, HEADINGS, PERSON).encode(), "LIST_WITHOUT_HEADINGS"),
        (text((*HEADINGS, "居留證號"), PERSON).encode(), "LIST_HEADING_TWICE"),
        (text(("生日", *HEADINGS), PERSON).encode(), "LIST_HEADING_TWICE"),
        (text((*HEADINGS, *["x"] * 295), PERSON).encode(), "LIST_TOO_WIDE"),
        (text(HEADINGS, (*PERSON, *[""] * 290, "x")).encode(), "LIST_TOO_WIDE"),
        (text(HEADINGS).encode() + BIG5, "LIST_ENCODING"),
        (text(HEADINGS).encode("big5") + BIG5 + UTF8, "LIST_ENCODING"),
        (text(HEADINGS).encode("big5") + UTF8 + BIG5, "LIST_ENCODING"),
        (text(HEADINGS).encode() + b"\xff\xfe\xfd\r\n", "LIST_ENCODING"),
        (b"\xef\xbb\xbf" + text(HEADINGS).encode() + BIG5, "LIST_ENCODING"),
        (PLAIN.encode("utf-16")[:-1], "LIST_ENCODING"),
        (PLAIN.encode("big5") + "陳".encode("big5")[:1], "LIST_ENCODING"),
        (b"%PDF-1.7\n\0\0\0", "LIST_UNREADABLE"),
        (b"\x89PNG\r\n\x1a\n\0", "LIST_UNREADABLE"),
        (b"<html><table><tr><td>\xe8\xba\xab", "LIST_UNREADABLE"),
        (b'\n<?xml version="1.0"?>', "LIST_UNREADABLE"),
        (text(HEADINGS, PERSON).encode() + b'"' + b"a\n" * LONGEST_ROW, "LIST_UNREADABLE"),
        (text(HEADINGS, PERSON).encode() + b'"\n",' * LONGEST_ROW, "LIST_UNREADABLE"),
        (text(HEADINGS, PERSON).encode() + b"x" * 1_000_000, "LIST_UNREADABLE"),
        (b"\xef\xbb\xbf" * 400_000, "LIST_UNREADABLE"),
    ],
)
def test_what_is_no_list_is_refused_for_what_it_is(content: bytes, problem: str) -> None:
    assert refusal(content, "list.csv") == problem


def test_twenty_titles_may_stand_above_and_with_the_headings() -> None:
    assert [line.number for line in lines(text(*[("標題",)] * 19, HEADINGS, PERSON).encode())] == [21]


def test_empty_columns_far_to_the_right_are_forgiven() -> None:
    assert lines(text((*HEADINGS, *[""] * 250), (*PERSON, *[" "] * 250)).encode()) == READ


def test_lists_with_as_many_rows_as_allowed_are_read_and_one_more_is_refused() -> None:
    rows = (HEADINGS, *[PERSON] * 3)
    assert len(lines(text(*rows, ("",) * 5).encode(), most_rows=3)) == 3
    with pytest.raises(ListRefused) as caught:
        lines(text(*rows).encode(), most_rows=2)
    assert (caught.value.problem, caught.value.details) == ("LIST_TOO_MANY_ROWS", {"rows": 2})


def test_a_cell_that_is_far_too_long_is_cut_to_a_length_that_is_still_too_long() -> None:
    (line,) = lines(text(HEADINGS, ("A123456789", "75/04/12", "陳" * 5_000)).encode())
    assert len(line.cells.name) == 300


def test_memory_stays_flat_however_many_lines_there_are() -> None:
    content = (text(HEADINGS) + text(PERSON) * 20_000).encode("big5")
    # Other threads of the run allocate too: the quietest of three readings is ours.
    assert min(_peak(content, 20_000) for _ in range(3)) < len(content) / 2


def _peak(content: bytes, count: int) -> int:
    """The most memory that reading a list takes, beside the list itself."""
    tracemalloc.start()
    counted = sum(1 for _ in read_list(content, "list.csv", count).lines)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert counted == count
    return peak


def test_two_hundred_thousand_lines_are_read() -> None:
    content = (text(HEADINGS) + text(PERSON) * 200_000).encode("big5")
    assert sum(1 for _ in read_list(content, "list.csv", 200_000).lines) == 200_000


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda told: told.encode("utf-8", "surrogatepass")))
@example(b'"')
@example(b"\r")
@example(b"\xff\xfe")
def test_any_bytes_are_read_or_refused_and_nothing_else_happens(content: bytes) -> None:
    for whole in (content, PLAIN.encode() + content, PLAIN.encode("big5") + content):
        try:
            assert all(isinstance(line.cells.id_number, str) for line in read_list(whole, "list.csv", 50).lines)
        except ListRefused as refused:
            assert refused.problem.startswith("LIST_")

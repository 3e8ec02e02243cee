"""Workbooks that are made to do harm, or are damaged: each is refused, quickly, and nothing else happens."""

from __future__ import annotations

import gc
import json
import os
import struct
import subprocess
import time
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhi_express.units.reading import ListRefused, read_list, reader
from nhi_express.units.reading import workbook as reading_workbooks
from tests.units.workbooks import HEADINGS, PERSON, data, lines, refusal, repacked, workbook

SHEET = "xl/worksheets/sheet1.xml"


def sheet_xml(cells: str) -> bytes:
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return f"{head}{cells}</sheetData></worksheet>".encode()


def cell(at: str) -> str:
    row = at.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f'<row r="{row}"><c r="{at}" t="inlineStr"><is><t>x</t></is></c></row>'


def entries(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_sheet(xml: bytes) -> bytes:
    return repacked(workbook(HEADINGS, PERSON), {SHEET: xml})


def test_a_small_file_that_names_a_cell_far_away_is_refused() -> None:
    content = with_sheet(sheet_xml(cell("A1") + cell("XFD1048576")))
    assert len(content) < 10_000
    assert refusal(content) == "LIST_TOO_WIDE"


def test_a_sheet_that_is_one_column_of_a_million_rows_with_gaps_is_only_long() -> None:
    assert refusal(with_sheet(sheet_xml(cell("A1") + cell("A1048576")))) == "LIST_WITHOUT_HEADINGS"


def test_an_archive_that_says_it_unpacks_to_too_much_is_refused() -> None:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, content in entries(data("list.xlsx")).items():
            archive.writestr(name, content)
        with archive.open("xl/media/bomb.bin", "w", force_zip64=True) as bomb:
            for _ in range(reader.MOST_UNPACKED // (1 << 24) + 1):
                bomb.write(bytes(1 << 24))
    assert len(made.getvalue()) < 2_000_000
    assert refusal(made.getvalue()) == "LIST_TOO_WIDE"


def test_an_archive_that_says_less_than_it_unpacks_to_is_refused() -> None:
    content = bytearray(repacked(data("list.xlsx"), {SHEET: sheet_xml(cell("A1") + " " * 1_000_000)}))
    true_size = struct.pack("<I", len(sheet_xml(cell("A1") + " " * 1_000_000)))
    while (at := content.find(true_size)) >= 0:
        content[at : at + 4] = struct.pack("<I", 100)
    assert refusal(bytes(content)) == "LIST_UNREADABLE"


def test_an_archive_of_thousands_of_entries_is_refused() -> None:
    assert refusal(repacked(data("list.xlsx"), {f"x/{number}": b"" for number in range(2_100)})) == "LIST_TOO_WIDE"


def test_repeated_cells_of_an_ods_are_refused_before_they_fill_the_memory() -> None:
    xml = entries(data("list.ods"))["content.xml"]
    cells = b'<table:table-cell table:number-columns-repeated="16000" office:value-type="float" office:value="1"/>'
    many = b'<table:table-row table:number-rows-repeated="1000000">' + cells + b"</table:table-row>"
    bomb = xml.replace(b"</table:table>", many + b"</table:table>", 1)
    assert bomb != xml
    assert refusal(repacked(data("list.ods"), {"content.xml": bomb})) in ("LIST_TOO_WIDE", "LIST_UNREADABLE")


def test_entities_are_not_unfolded() -> None:
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"x") for n in range(12))
    for name, entry in (("list.ods", "content.xml"), ("list.xlsx", SHEET)):
        xml = entries(data(name))[entry]
        head, _, rest = xml.partition(b"?>")
        bomb = head + b"?><!DOCTYPE x [" + entities + b"]>" + rest.replace("陳美華".encode(), b"&e11;")
        begun = time.monotonic()
        try:
            assert len(lines(repacked(data(name), {entry: bomb}))) == 5
        except ListRefused as refused:
            assert refused.problem == "LIST_UNREADABLE"
        assert time.monotonic() - begun < 10


@pytest.mark.parametrize("name", ["list.xlsx", "list.ods", "list.xls"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_file_that_is_cut_short_is_refused(name: str, kept: float) -> None:
    content = data(name)
    assert refusal(content[: int(len(content) * kept)]) == "LIST_UNREADABLE"


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04",
        b"PK\x05\x06" + bytes(18),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 4096,
        repacked(b"PK\x05\x06" + bytes(18), {"word/document.xml": b"<w:document/>"}),
        with_sheet(b"<worksheet>"),
        with_sheet(b"\xff\xfe"),
        with_sheet(sheet_xml('<row r="x"><c r="A0"/></row>')),
    ],
)
def test_what_only_begins_like_a_workbook_is_refused(content: bytes) -> None:
    assert refusal(content) in ("LIST_UNREADABLE", "LIST_EMPTY")


def test_a_reader_that_does_not_answer_is_waited_for_only_so_long(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text("import time\ntime.sleep(600)\n")
    monkeypatch.setattr(reading_workbooks, "_READER", slow)
    monkeypatch.setattr(reading_workbooks, "WAIT_SECONDS", 0.3)
    begun = time.monotonic()
    assert refusal(data("list.xlsx")) == "LIST_UNREADABLE"
    assert time.monotonic() - begun < 10


def test_a_reader_that_dies_in_the_middle_of_its_work_refuses_the_list(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dying = tmp_path / "dying.py"
    dying.write_text(
        "import os\n"
        "print('{\"merged_until\":0}', flush=True)\n"
        'print(\'{"rows":[["ID number","Birth date"],["A123456789","75.4.12"]]}\', flush=True)\n'
        "os.kill(os.getpid(), 9)\n"
    )
    monkeypatch.setattr(reading_workbooks, "_READER", dying)
    sheet = read_list(data("list.xlsx"), "list.xlsx", 10)
    assert next(sheet.lines).cells.id_number == "A123456789"
    with pytest.raises(ListRefused, match="LIST_UNREADABLE"):
        next(sheet.lines)


def test_a_sheet_of_nothing_but_blank_rows_is_not_read_to_its_end() -> None:
    heads = "".join(
        f'<c r="{at}1" t="inlineStr"><is><t>{head}</t></is></c>' for at, head in zip("AB", HEADINGS, strict=False)
    )
    content = with_sheet(sheet_xml(f'<row r="1">{heads}</row>' + cell("A1048576")))
    assert refusal(content) == "LIST_TOO_MANY_BLANK_ROWS"


def test_whatever_a_row_holds_the_reader_says_about_a_megabyte_at_once() -> None:
    wide = workbook([*HEADINGS, *["x"] * 90], *[[*PERSON, *["字" * 400] * 90]] * 40)
    said = list(reader.messages(BytesIO(wide)))
    assert max(len(json.dumps(message)) for message in said) < 1_300_000
    assert sum(len(message.get("rows", ())) for message in said) == 41
    assert len(lines(wide)) == 40


@pytest.mark.parametrize("size", [1, 7, 1 << 16])
def test_what_the_reader_says_is_put_together_whatever_pieces_it_comes_in(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    said = b"one\n\ntwo three\nfour\ncut short"
    pieces = [said[at : at + size] for at in range(0, len(said), size)]
    monkeypatch.setattr(reading_workbooks, "_pieces", lambda _process: iter(pieces))
    assert list(reading_workbooks._lines(None)) == [b"one", b"", b"two three", b"four"]  # type: ignore[arg-type]


def test_a_message_of_many_megabytes_is_copied_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        reading_workbooks, "_pieces", lambda _process: (b"x" * 65_536 + b"\n" * (n == 999) for n in range(1_000))
    )
    begun = time.process_time()
    (message,) = reading_workbooks._lines(None)  # type: ignore[arg-type]
    assert (len(message), time.process_time() - begun < 2) == (65_536_000, True)


def test_an_ods_that_is_one_endless_text_is_refused_before_it_fills_the_memory() -> None:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", b"<x>" + b"x" * 20_000_000)
    with ZipFile(made) as archive, pytest.raises(reader.Refusal, match="LIST_UNREADABLE"):
        reader._merged_until(archive)


def test_the_reader_holds_nothing_of_our_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    telling = tmp_path / "telling.py"
    telling.write_text(
        "import json, os\n"
        "print('{\"merged_until\":0}')\n"
        'print(json.dumps({"rows":[["ID number","Birth date"],["x",json.dumps(sorted(os.environ))]]}))\n'
        "print('{\"end\":true}')\n"
    )
    monkeypatch.setattr(reading_workbooks, "_READER", telling)
    monkeypatch.setenv("NHI_SECRET_KEY", "secret")
    (line,) = lines(data("list.xlsx"))
    assert "NHI_" not in line.cells.birth_date


def test_a_list_that_is_not_read_to_its_end_leaves_no_process_behind() -> None:
    content = workbook(HEADINGS, *[PERSON] * 20_000)
    before = children()
    sheet = read_list(content, "list.xlsx", 200_000)
    next(sheet.lines)
    assert children() > before
    del sheet
    gc.collect()
    assert children() == before


def children() -> int:
    """How many processes of ours there are."""
    found = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "pid="], capture_output=True, text=True, check=False
    )
    return len(found.stdout.split()) - 1


damage = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=6)), min_size=1, max_size=5
)


def damaged(content: bytes, places: list[tuple[float, bytes]]) -> bytes:
    spoilt = bytearray(content)
    for place, other in places:
        at = int(place * len(spoilt))
        spoilt[at : at + len(other)] = other
    return bytes(spoilt)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["list.xlsx", "list.ods", "list.xls"]), damage, st.booleans())
def test_damaged_workbooks_are_read_or_refused_and_nothing_else_happens(
    name: str, places: list[tuple[float, bytes]], inside: bool
) -> None:
    content = data(name)
    if inside and name != "list.xls":
        entry = "content.xml" if name == "list.ods" else SHEET
        spoilt = repacked(content, {entry: damaged(entries(content)[entry], places)})
    else:
        spoilt = content[:8] + damaged(content[8:], places)
    try:
        assert len(lines(spoilt)) <= 1_000
    except ListRefused as refused:
        assert refused.problem.startswith("LIST_")


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]), st.binary(max_size=600))
def test_any_bytes_that_begin_like_a_workbook_are_refused(magic: bytes, rest: bytes) -> None:
    assert refusal(magic + rest).startswith("LIST_")


@pytest.mark.parametrize(("rows", "columns", "until"), [(1, 1, 0), (1, 3, 5), (2, 1, 6), (40, 3, 44)])
def test_the_last_row_of_merged_cells_in_an_ods_is_found(rows: int, columns: int, until: int) -> None:
    """Two rows, one of them standing for three, come before the merged cell; another table is of no concern."""
    before = '<table:table-row/><table:table-row table:number-rows-repeated="3"/>'
    span = f'table:number-rows-spanned="{rows}" table:number-columns-spanned="{columns}"'
    table = f"<table:table>{before}<table:table-row><table:table-cell {span}/></table:table-row></table:table>"
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("content.xml", f"<x>{table}{table * 3}</x>")
    with ZipFile(made) as archive:
        assert reader._merged_until(archive) == until

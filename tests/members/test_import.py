"""The import of the register: what is taken, what is rejected and why, and what a second import changes."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from nhi_express.members import flows
from nhi_express.members.flows import import_register, register
from nhi_express.members.models import ImportRun, InsuredMember
from nhi_express.members.reading import LONGEST_LINE, WrongFile
from nhi_express.members.rules import IdNumber
from nhi_express.members.schema import HEADER
from nhi_sandbox.personas import register_rows
from tests.members.files import formers, load, members, rejects_of, rows, told, write

pytestmark = pytest.mark.django_db
GOOD = rows(6)
HEADING = ",".join(HEADER).encode()


def raw(place: int) -> bytes:
    """A good line."""
    return ",".join(GOOD[place]).encode()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test's register file goes."""
    return tmp_path / "register.csv"


def test_every_field_comes_back_as_it_stood_in_the_file(file: Path) -> None:
    people = list(register_rows(300, 3))
    run = load(write(file, people))
    assert (run.accepted, run.rejected, told(file)) == (len(people), 0, [])
    assert members() == {row.id_number: list(row) for row in people}


def test_nothing_personal_stands_in_the_table_in_the_clear(file: Path) -> None:
    load(write(file, GOOD))
    stored = b"".join(bytes(row.sealed) for row in InsuredMember.objects.all())
    assert not any(cell.encode() in stored for row in GOOD for cell in row if len(cell) > 5)


@pytest.mark.parametrize("header", [HEADING, b"\xef\xbb\xbf" + HEADING, b'"id_number"' + HEADING[9:], HEADING + b" "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_marks_and_ends_of_other_systems_are_forgiven(file: Path, header: bytes, end: str) -> None:
    load(write(file, GOOD, end=end, header=header))
    assert (list(members().values()), told(file)) == ([list(row) for row in members_in_order()], [])


def members_in_order() -> list[tuple[str, ...]]:
    """The good rows in the order in which the table gives them."""
    return [row for key in members() for row in GOOD if row.id_number == key]


@pytest.mark.parametrize("tail", [b"", b"\n\n\n", b"\r\n \r\n", b",,,,,,,,,,,,,,,,,\n", b"\t\n"])
def test_blank_lines_at_the_end_are_no_rows(file: Path, tail: bytes) -> None:
    write(file, GOOD).write_bytes(file.read_bytes().rstrip(b"\n") + (b"\n" + tail if tail else b""))
    run = load(file)
    assert (run.accepted, run.rejected, set(members())) == (6, 0, {row.id_number for row in GOOD})


def test_blank_lines_between_rows_are_counted_as_lines(file: Path) -> None:
    load(write(file, [GOOD[0], b"", b"", b"x", GOOD[1]]))
    assert told(file) == [("5", "", "WRONG_NUMBER_OF_COLUMNS")]
    assert len(members()) == 2


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (b"x", "WRONG_NUMBER_OF_COLUMNS"),
        (b"," + raw(1), "WRONG_NUMBER_OF_COLUMNS"),
        (raw(1) + b",", "WRONG_NUMBER_OF_COLUMNS"),
        (raw(1).rsplit(b",", 1)[0], "WRONG_NUMBER_OF_COLUMNS"),
        (raw(1).replace(b",", b"\t"), "WRONG_NUMBER_OF_COLUMNS"),
        (b'"' + raw(1), "NOT_A_ROW"),
        (raw(1).replace(b",M,", b',"M,').replace(b",F,", b',"F,'), "NOT_A_ROW"),
        (raw(1).replace(b",M,", b',"M"x,').replace(b",F,", b',"F"x,'), "NOT_A_ROW"),
        (raw(1) + b" " * LONGEST_LINE, "LINE_TOO_LONG"),
        (b"x" * 3_000_000, "LINE_TOO_LONG"),
        (raw(1).replace(b",", b",\x00", 1), "NOT_IN_THE_FORM|CONTROL_CHARACTER"),
        (b"\xff" + raw(1), "NOT_UTF8"),
    ],
)
def test_a_spoilt_line_spoils_no_other(file: Path, spoilt: bytes, reason: str) -> None:
    run = load(write(file, [GOOD[0], spoilt, *GOOD[2:]]))
    assert (run.accepted, run.rejected) == (5, 1)
    [(number, _, why)] = told(file)
    assert (number, why in reason.split("|")) == ("3", True)
    assert set(members()) == {row.id_number for row in (GOOD[0], *GOOD[2:])}


def test_a_line_cut_off_at_the_end_of_the_file_is_rejected_and_nothing_more(file: Path) -> None:
    whole = write(file, GOOD).read_bytes()
    file.write_bytes(whole[: whole.rindex(b",") - 40])
    assert (load(file).accepted, told(file)[0][0]) == (5, "7")


SPOILT_CELLS = [
    ("id_number", "", "EMPTY"),
    ("id_number", "A123456788", "WRONG_CHECK_DIGIT"),
    ("id_number", "a123456789", "NOT_IN_THE_FORM"),
    ("id_number", "A123456789;A123456789", "TOO_LONG"),
    ("former_id_numbers", "AB23456788", "WRONG_CHECK_DIGIT"),
    ("former_id_numbers", "AB23456789;", "NOT_IN_THE_FORM"),
    ("former_id_numbers", "AB23456789;AA00000000", "WRONG_CHECK_DIGIT"),
    ("name", "", "EMPTY"),
    ("name", "   ", "NOT_IN_THE_FORM"),
    ("name", "\u3000", "NOT_IN_THE_FORM"),
    ("name", "林" * 101, "TOO_LONG"),
    ("name", "林\x07月", "CONTROL_CHARACTER"),
    ("name", "林\x85月", "CONTROL_CHARACTER"),
    ("birth_date", "1985-02-29", "NO_SUCH_DAY"),
    ("birth_date", "1985-13-01", "NO_SUCH_DAY"),
    ("birth_date", "19850301", "NOT_IN_THE_FORM"),
    ("birth_date", "0074-03-01", "NOT_IN_THE_FORM"),
    ("birth_date", "1985-W09-5", "NOT_IN_THE_FORM"),
    ("birth_date", "１９85-03-01", "NOT_IN_THE_FORM"),
    ("sex", "X", "NOT_IN_THE_FORM"),
    ("card_number", "12345678901", "NOT_IN_THE_FORM"),
    ("card_number", "１23456789012", "NOT_IN_THE_FORM"),
    ("card_status", "VALID", "NOT_IN_THE_FORM"),
    ("card_issued", "2020-00-01", "NO_SUCH_DAY"),
    ("household_number", "戶123", "NOT_IN_THE_FORM"),
    ("unit_code", "12345678", "NOT_IN_THE_FORM"),
    ("insured", "", "EMPTY"),
    ("deceased", "y", "NOT_IN_THE_FORM"),
    ("email", "nobody", "NOT_IN_THE_FORM"),
    ("email", "a@b@c", "NOT_IN_THE_FORM"),
    ("email", "a b@c", "NOT_IN_THE_FORM"),
    ("email", "a\x00@c", "CONTROL_CHARACTER"),
    ("mobile", "0212345678", "NOT_IN_THE_FORM"),
    ("postal_address", "路" * 201, "TOO_LONG"),
    ("permit_issued", "2023-02-30", "NO_SUCH_DAY"),
]


@pytest.mark.parametrize(("column", "cell", "reason"), SPOILT_CELLS)
def test_a_spoilt_cell_is_told_by_column_and_reason(file: Path, column: str, cell: str, reason: str) -> None:
    load(write(file, [GOOD[0], GOOD[1]._replace(**{column: cell}), GOOD[2]]))
    assert told(file) == [("3", column, reason)]
    assert set(members()) == {GOOD[0].id_number, GOOD[2].id_number}


@pytest.mark.parametrize("column", ["name", "email", "postal_address", "household_area", "unit_name"])
def test_bytes_that_are_no_utf8_are_told_by_column(file: Path, column: str) -> None:
    spoilt = ",".join(GOOD[1]._replace(**{column: "ZZ@ZZ"})).encode().replace(b"ZZ@ZZ", "林".encode("big5") + b"@x")
    load(write(file, [GOOD[0], spoilt]))
    assert told(file) == [("3", column, "NOT_UTF8")]


def test_a_quoted_cell_may_hold_commas_and_quotes(file: Path) -> None:
    address = '臺中市,"何安里" 1號'
    quoted = ",".join(GOOD[0]._replace(postal_address="@")).replace("@", '"臺中市,""何安里"" 1號"')
    load(write(file, [quoted.replace(GOOD[0].email, "").encode() if GOOD[0].email else quoted.encode()]))
    assert [fields[16] for fields in members().values()] == [address]


def test_a_number_that_stands_twice_is_taken_where_it_stands_first(file: Path) -> None:
    other = GOOD[0]._replace(name="另一人", former_id_numbers="AB23456789")
    run = load(write(file, [GOOD[0], GOOD[1], other, GOOD[2], GOOD[0]]))
    assert (run.accepted, run.rejected) == (3, 2)
    assert told(file) == [("4", "id_number", "TWICE_IN_THE_FILE"), ("6", "id_number", "TWICE_IN_THE_FILE")]
    assert members()[GOOD[0].id_number] == list(GOOD[0])
    # Nor is anything else of a rejected row kept.
    assert register().find(IdNumber.parse("AB23456789")) is None


def test_a_number_that_stands_again_in_a_later_chunk_is_found_too(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "CHUNK", 2)
    load(write(file, [*GOOD, GOOD[0]._replace(name="另一人"), GOOD[3]]))
    assert [number for number, _, _ in told(file)] == ["8", "9"]
    assert members() == {row.id_number: list(row) for row in GOOD}


def test_rejects_stand_in_the_order_of_the_file(file: Path) -> None:
    load(write(file, [GOOD[0], b"x", GOOD[0], b"y", GOOD[0], GOOD[1]]))
    assert [number for number, _, _ in told(file)] == ["3", "4", "5", "6"]


def test_a_second_import_changes_what_changed_and_leaves_who_is_not_in_it(file: Path) -> None:
    load(write(file, GOOD))
    moved = GOOD[1]._replace(postal_address="新竹市東區示範路9號", card_number="000098765432")
    run = load(write(file, [moved]))
    assert run.accepted == 1
    assert members() == {**{row.id_number: list(row) for row in GOOD}, moved.id_number: list(moved)}


def test_the_same_file_once_more_changes_nothing(file: Path) -> None:
    load(write(file, [*GOOD, b"x"]))
    before = (members(), formers(), told(file))
    again = load(file)
    assert (again.accepted, again.rejected) == (6, 1)
    assert (members(), formers(), told(file)) == before


@pytest.mark.parametrize(
    "begin",
    [
        b"",
        b"\n",
        raw(0),
        ",".join(HEADER[::-1]).encode(),
        HEADING + b",extra",
        HEADING.replace(b",", b";"),
        HEADING.upper(),
        ",".join(HEADER).encode("utf-16"),
        b"\x00" * 200,
        b'"' + HEADING,
        b"x" * 100_000,
        HEADING.replace(b",", b"\r"),
    ],
)
def test_a_file_with_another_first_line_is_refused_whole_and_not_repeated(file: Path, begin: bytes) -> None:
    write(file, GOOD, header=begin)
    with pytest.raises(WrongFile) as caught:
        load(file)
    assert not any(cell in str(caught.value) for row in GOOD for cell in row if len(cell) > 6)
    assert not (ImportRun.objects.exists() or rejects_of(file).exists() or members())


def test_the_register_file_is_never_taken_for_the_rejects_file(file: Path) -> None:
    before = write(file, GOOD).read_bytes()
    with pytest.raises(WrongFile):
        import_register(file, file, lambda place: None)
    assert file.read_bytes() == before


def test_progress_goes_up_to_the_end_of_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "CHUNK", 2)
    write(file, [*GOOD, b"x", b"", b""])
    places: list[int] = []
    import_register(file, rejects_of(file), places.append)
    assert places == sorted(set(places))
    assert places[-1] == file.stat().st_size


def test_memory_does_not_grow_with_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "CHUNK", 100)
    peaks = []
    # Half of the lines are rejects: those take memory neither.
    for count in (300, 3000):
        write(file, [one for row in rows(3000)[:count] for one in (row, b"x")])
        load(file)
        # Whatever else happens in this process is counted too, so the quietest of three counts.
        peaks.append(min(_peak(file) for _ in range(3)))
    assert peaks[1] < 1.3 * peaks[0]


def _peak(file: Path) -> int:
    """The most memory held at once during an import, in bytes."""
    tracemalloc.start()
    load(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak

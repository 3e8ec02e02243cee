"""Loading the insurer's list of units: what is taken, what is rejected and why, and what a second run changes."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from threading import Event

import pytest
from django.db import transaction

from nhi_express.audit.catalogue import Event as Told
from nhi_express.help.catalogue import Problem
from nhi_express.members.flows import key_of
from nhi_express.members.rules import IdNumber
from nhi_express.units.adapters.listing import HEADER, WrongList
from nhi_express.units.adapters.table import UnitTable
from nhi_express.units.flows import entering, importing, mandates, officers
from nhi_express.units.flows.importing import Loaded, import_units
from nhi_express.units.flows.registering import register_unit
from nhi_express.units.models import ListedUnit, Officer
from nhi_sandbox.identifiers import id_number, tax_id
from nhi_sandbox.personas import personas
from nhi_sandbox.units import UnitRow, named_units
from tests.counting import events
from tests.members.files import surroundings
from tests.outside import load_personas
from tests.races.racing import race
from tests.units.duties import (
    FIRM,
    HEAD,
    OFFICER,
    desk_of,
    founded,
    letters_to,
    list_units,
    numbers,
    refused,
    registered,
    secret_of,
)
from tests.units.payroll import payroll_of
from tests.visitor import person

pytestmark = pytest.mark.django_db
COMPANY = named_units()["sandbox"]


def row(number: int, **changes: str) -> UnitRow:
    """An invented unit."""
    somebody = id_number("citizen", "A", male=True, body=number)
    made = UnitRow(
        f"{910_000_000 + number}", tax_id(number), f"115{number:07d}", f"示範{number}商行", "employer", somebody
    )
    return made._replace(**changes)


def write(path: Path, lines: Iterable[Iterable[str] | bytes], header: bytes = ",".join(HEADER).encode()) -> Path:
    """A file of these rows or raw lines."""
    raw = [one if isinstance(one, bytes) else ",".join(one).encode() for one in lines]
    path.write_bytes(b"\n".join([header, *raw, b""]))
    return path


def load(file: Path, *, whole: bool = False) -> Loaded:
    """Import it, with rejects beside it."""
    return import_units(file, file.with_suffix(".rejects.csv"), lambda _place: None, whole=whole)


def told(file: Path) -> list[tuple[str, str, str]]:
    """The rejects: line, column, reason."""
    with file.with_suffix(".rejects.csv").open(encoding="utf-8", newline="") as source:
        found = [(line, column, reason) for line, column, reason in csv.reader(source)]
    assert found[0] == ("line", "column", "reason")
    return found[1:]


def test_units_are_taken_as_they_are_listed(tmp_path: Path) -> None:
    wanted = row(1, name='"示範, 一商行"', kind="withholding")
    file = write(tmp_path / "units.csv", [wanted, row(2)], b"\xef\xbb\xbf" + ",".join(HEADER).encode() + b"\r")
    assert load(file) == Loaded(2, 0)
    found = UnitTable().find(wanted.code)
    assert found
    assert (found.tax_id, found.certificate, found.kind) == (wanted.tax_id, wanted.certificate, "withholding")
    assert (found.name, found.responsible) == ("示範, 一商行", key_of(IdNumber.parse(wanted.responsible)))
    assert UnitTable().names([wanted.code, "999999999"]) == {wanted.code: "示範, 一商行"}
    assert UnitTable().find("999999999") is None


_SPOILT: dict[str, tuple[UnitRow | bytes, str, str]] = {
    "code": (row(1, code="12345678"), "code", "invalid"),
    "tax id": (row(1, tax_id="12345678"), "tax_id", "invalid"),
    "certificate": (row(1, certificate="#"), "certificate", "invalid"),
    "kind": (row(1, kind="club"), "kind", "invalid"),
    "person": (row(1, responsible="A123456788"), "responsible", "invalid"),
    "no name": (row(1, name=" "), "name", "missing"),
    "long name": (row(1, name="商" * 121), "name", "too_long"),
    "control characters": (row(1, name="商\x00行"), "name", "invalid"),
    "too few": (b"900000009,90000012", "", "not_a_row"),
    "too many": (b",".join([*(one.encode() for one in row(1)), b"x"]), "", "not_a_row"),
    "open quote": (b'"' + ",".join(row(1)).encode(), "", "not_a_row"),
    "utf-16": (",".join(row(1)).encode("utf-16-le").replace(b"\n", b""), "", "not_utf8"),
    "big5": (",".join(row(1)).encode("big5"), "", "not_utf8"),
    "long line": (",".join(row(1, name="商" * 3000)).encode(), "", "line_too_long"),
}


@pytest.mark.parametrize(("spoilt", "column", "reason"), _SPOILT.values(), ids=_SPOILT.keys())
def test_a_spoilt_line_is_told_and_the_rest_goes_on(
    tmp_path: Path, spoilt: UnitRow | bytes, column: str, reason: str
) -> None:
    file = write(tmp_path / "units.csv", [row(2), spoilt, b",,,,,", row(3)])
    assert load(file) == Loaded(2, 1)
    assert told(file) == [("3", column, reason)]
    assert set(ListedUnit.objects.values_list("code", flat=True)) == {row(2).code, row(3).code}


def test_a_unit_that_stands_twice_is_taken_where_it_stands_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    file = write(tmp_path / "units.csv", [row(1), row(1, name="二"), row(2), row(1, name="三")])
    for _ in range(2):
        assert load(file) == Loaded(2, 2)
        assert told(file) == [("3", "code", "twice_in_the_file"), ("5", "code", "twice_in_the_file")]
        assert ListedUnit.objects.get(pk=row(1).code).name == row(1).name


def test_a_newer_list_writes_over_the_older_one(tmp_path: Path) -> None:
    load(write(tmp_path / "units.csv", [row(1), row(2)]))
    newer = write(tmp_path / "newer.csv", [row(2, name="新名", kind="agent")])
    assert load(newer) == Loaded(1, 0)
    assert dict(ListedUnit.objects.values_list("name", "kind")) == {row(1).name: "employer", "新名": "agent"}


def test_cut_off_in_a_chunk_the_chunk_is_not_there_and_the_next_run_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "units.csv", [row(number) for number in range(1, 10)])
    monkeypatch.setattr(importing, "CHUNK", 4)
    reached = list[int]()

    def cut(place: int) -> None:
        reached.append(place)
        if len(reached) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_units(file, file.with_suffix(".rejects.csv"), cut)
    assert ListedUnit.objects.count() == 8
    assert not file.with_suffix(".rejects.csv").exists(), "what is not whole does not stand under its name"
    assert load(file) == Loaded(9, 0)
    assert ListedUnit.objects.count() == 9


@pytest.mark.parametrize("header", [b"", b"code,tax_id", b"\xff\xfe\x00", ",".join(row(1)).encode()])
def test_a_file_without_the_columns_is_refused_naming_nobody(tmp_path: Path, header: bytes) -> None:
    file = write(tmp_path / "units.csv", [row(1)], header)
    with pytest.raises(WrongList, match="first line") as refusal:
        load(file)
    assert row(1).responsible not in str(refusal.value)
    assert not ListedUnit.objects.exists()


def test_the_rejects_never_overwrite_the_list(tmp_path: Path) -> None:
    file = write(tmp_path / "units.csv", [row(1)])
    with pytest.raises(WrongList, match="overwrite"):
        import_units(file, file, lambda _place: None)
    assert file.read_bytes().startswith(b"code,")


def test_who_is_no_longer_named_responsible_is_an_officer_no_more(tmp_path: Path) -> None:
    load_personas()
    founded()
    secret = secret_of(HEAD)
    same = COMPANY.row(person(HEAD).id_number)
    load(write(tmp_path / "same.csv", [same]))
    assert entering.desk_of(secret), "the same person goes on"
    load(write(tmp_path / "other.csv", [same._replace(responsible=person(OFFICER).id_number)]))
    assert entering.desk_of(secret) is None
    assert letters_to(HEAD)[-1] == "您已不再是投保單位的承辦人員"


@pytest.mark.usefixtures("committed")
def test_a_duty_that_ends_while_the_list_is_read_ends_once(tmp_path: Path) -> None:
    load_personas()
    founded()
    head = Officer.objects.get()
    held, file = Event(), write(tmp_path / "other.csv", [COMPANY.row(person(OFFICER).id_number)])

    def leave() -> None:
        with transaction.atomic():
            officers.lock_unit(head.unit_id)
            held.set()
            time.sleep(0.5)
            officers.end_duty(head, "officer")

    def read() -> None:
        assert held.wait(10)
        assert load(file) == Loaded(1, 0)

    race([leave, read])
    assert events(Told.OFFICER_ENDED) == 1


def test_the_list_may_name_somebody_by_a_number_of_former_days(tmp_path: Path) -> None:
    load_personas()
    who = next(key for key, one in personas().items() if one.row().former_id_numbers and one.in_register)
    unit = named_units()["sandbox"]
    former = person(who).row().former_id_numbers.split(";")[0]
    load(write(tmp_path / "units.csv", [unit.row(former)]))
    register_unit(registered(who), *numbers("sandbox"))
    assert desk_of(who).responsible
    load(write(tmp_path / "units.csv", [unit.row(former)]))
    assert desk_of(who).responsible


def test_units_that_stand_in_a_whole_file_no_longer_are_struck_off(tmp_path: Path) -> None:
    load_personas()
    founded()
    secret = secret_of(HEAD)
    payroll = payroll_of(desk_of(HEAD)).enter()
    file = write(tmp_path / "units.csv", [row(number) for number in range(1, 1_300)])
    assert load(file).removed == 0
    assert entering.desk_of(secret), "a file of some units says nothing of the others"
    part = write(tmp_path / "part.csv", [row(1), row(2, kind="club")])
    assert load(part, whole=True).removed == 0, "the rejected line may be theirs"
    assert load(write(tmp_path / "none.csv", []), whole=True).removed == 0
    assert payroll.get("/lists").status_code == 200
    assert load(file, whole=True).removed == len(named_units())
    assert ListedUnit.objects.count() == 1_299
    assert entering.desk_of(secret) is None
    assert entering.duties(registered(HEAD).member) == []
    with refused(Problem.NOT_AN_OFFICER):
        entering.open_desk(registered(HEAD).member, "card")
    assert payroll.get("/lists").json()["code"] == "U-40"
    assert payroll.ask_token().status_code == 401
    list_units()
    assert entering.desk_of(secret) and payroll.get("/lists").status_code == 200, "listed again, all is as before"


def test_a_mandate_needs_both_units_on_the_list() -> None:
    load_personas()
    founded()
    founded("firm")
    mandates.grant(desk_of(HEAD), named_units()["firm"].code)
    secret = secret_of(FIRM, "sandbox")
    for struck in ("sandbox", "firm"):
        ListedUnit.objects.filter(pk=named_units()[struck].code).delete()
        assert entering.desk_of(secret) is None
        own = [] if struck == "firm" else [named_units()["firm"].code]
        assert [duty.unit.code for duty in entering.duties(registered(FIRM).member)] == own
        list_units()
        assert entering.desk_of(secret)


def test_memory_stays_flat_whatever_the_file_holds(tmp_path: Path) -> None:
    peaks = []
    for count in (2_000, 8_000):
        file = write(tmp_path / f"{count}.csv", (row(number) for number in range(1, count + 1)))
        tracemalloc.start()
        assert load(file).accepted == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # Only the codes that were seen are kept: some hundred bytes a unit.
    assert peaks[1] - peaks[0] < 6_000 * 400


@pytest.mark.usefixtures("committed")
def test_the_command_tells_how_many_and_where_the_reasons_are(tmp_path: Path) -> None:
    file = write(tmp_path / "units.csv", [row(1), row(2, kind="club")])
    verbs = [sys.executable, "-m", "nhi_express", "units", "import", str(file)]
    done = subprocess.run(verbs, env=surroundings(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "1 units taken, 1 lines rejected.")
    assert told(file) == [("3", "kind", "invalid")]
    kept = subprocess.run([*verbs, "--whole"], env=surroundings(), capture_output=True, text=True, check=False)
    assert "No unit was struck off" in kept.stdout
    write(file, [row(2)])
    whole = subprocess.run([*verbs, "--whole"], env=surroundings(), capture_output=True, text=True, check=False)
    assert whole.stdout.splitlines()[-1] == "1 units struck off."
    other = write(tmp_path / "other.csv", [row(1)], b"people")
    wrong = subprocess.run([*verbs[:-1], str(other)], env=surroundings(), capture_output=True, text=True, check=False)
    assert (wrong.returncode, "The first line" in wrong.stderr) == (1, True)
    assert "Traceback" not in wrong.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"units.csv", "units.rejects.csv", "other.csv"}

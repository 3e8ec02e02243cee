"""``nhi-express units``: lists at the command line, by the same flows; nothing personal is printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db.models import Count
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner, Result

from nhi_express.enrolment.models import Invitation
from nhi_express.units import commands
from nhi_express.units.models import Batch
from tests.tasks import drain
from tests.units.staff import OTHER, UNIT, csv_of, desk_of, employ, line, staff

pytestmark = pytest.mark.django_db


def run(*arguments: str | Path) -> Result:
    """Run a verb."""
    return CliRunner().invoke(commands.app, [str(one) for one in arguments])


def id_in(result: Result) -> str:
    found = re.search(r"[0-9a-f-]{36}", result.stdout)
    assert found, result.output
    return found[0]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A list of four people, one of whom is of another unit."""
    desk_of()
    people = staff(4)
    employ([*people[:3], people[3]._replace(unit_code=OTHER)])
    made = tmp_path / "staff.csv"
    made.write_bytes(csv_of(map(line, people)))
    return made


def test_a_list_goes_all_the_way_by_the_command_line(file: Path) -> None:
    batch = id_in(run("upload", file, "--unit", UNIT))
    assert "received, version 0" in run("status", batch, "--unit", UNIT).stdout
    drain()
    told = run("status", batch, "--unit", UNIT).stdout
    assert "checked, version 1" in told
    assert re.search(r"ready +3\n", told)
    assert re.search(r" 1 not_of_this_unit\n", told)
    assert not [cell for row in staff(4) for cell in line(row)[:4] if cell in told]
    assert run("confirm", batch, "--unit", UNIT, "--version", "1").stdout == "Confirmed.\n"
    drain()
    assert re.search(r"invited +3\n", run("status", batch, "--unit", UNIT).stdout)
    assert Invitation.objects.count() == 3
    assert Batch.objects.get().source == "cli"
    assert Batch.objects.aggregate(n=Count("officer"))["n"] == 0


def test_checking_needs_no_worker_and_gives_the_refused_lines(file: Path, tmp_path: Path) -> None:
    rejects = tmp_path / "refused.xlsx"
    done = run("check", file, "--unit", UNIT, "--rejects", rejects)
    assert (done.exit_code, "checked, version 1" in done.stdout) == (0, True)
    assert rejects.stat().st_mode & 0o777 == 0o600
    sheet = CalamineWorkbook.from_path(str(rejects)).get_sheet_by_index(0).to_python()
    assert sheet[1][0] == staff(4)[3].id_number
    assert not Invitation.objects.exists()
    drain()
    assert Batch.objects.get().state == "checked", "the turn that still stood in the queue changed nothing"


def test_a_file_that_is_no_list_and_a_unit_that_is_none_are_told(tmp_path: Path) -> None:
    desk_of()
    file = tmp_path / "staff.csv"
    file.write_text("a,b\n1,2\n")
    assert "U-13" in run("check", file, "--unit", UNIT).stdout
    assert str(run("check", file, "--unit", "999999999").exception) == "No unit of this code uses the service."
    unknown = run("status", "00000000-0000-4000-8000-000000000000", "--unit", UNIT)
    assert (unknown.exit_code, str(unknown.exception)[:2]) == (1, "G-")


def test_a_yes_to_another_result_is_refused_by_its_code(file: Path) -> None:
    batch = id_in(run("check", file, "--unit", UNIT))
    wrong = run("confirm", batch, "--unit", UNIT, "--version", "7")
    assert (wrong.exit_code, str(wrong.exception)[:4]) == (1, "U-21")

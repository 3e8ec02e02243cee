"""``nhi-express members``: what it prints, and what it never prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from nhi_express.members import commands
from nhi_express.members.schema import COLUMNS, HEADER
from tests.members.files import members, rows, write

GOOD = rows(3)


def run(*arguments: str | Path) -> Result:
    """Run a verb."""
    return CliRunner().invoke(commands.app, [str(one) for one in arguments])


@pytest.mark.django_db
def test_an_import_tells_how_many_and_where_the_rejects_are(tmp_path: Path) -> None:
    file, rejects = write(tmp_path / "register.csv", [*GOOD, b"x"]), tmp_path / "not-taken.csv"
    done = run("import", file, "--rejects", rejects)
    assert done.exit_code == 0
    assert done.stdout.splitlines() == ["3 rows taken, 1 rejected.", f"Their lines and reasons: {rejects}"]
    assert rejects.read_text() == "line,column,reason\n5,,WRONG_NUMBER_OF_COLUMNS\n"
    assert len(members()) == 3


@pytest.mark.django_db
def test_nothing_that_names_a_person_is_printed_or_listed(tmp_path: Path) -> None:
    spoilt = [one._replace(card_number="12345") for one in GOOD]
    file = write(tmp_path / "register.csv", [*GOOD, *spoilt, GOOD[0]])
    done = run("import", file)
    told = done.output + file.with_suffix(".rejects.csv").read_text()
    assert "NOT_IN_THE_FORM" in told
    assert not [
        cell for one in GOOD for cell in one if len(cell) > 2 and cell in told and cell not in ("valid", "void")
    ]


@pytest.mark.django_db
def test_a_file_of_another_kind_is_refused_in_one_sentence(tmp_path: Path) -> None:
    file = write(tmp_path / "register.csv", GOOD, header=b"name,phone\n")
    done = run("import", file)
    assert done.exit_code == 1
    assert str(done.exception).startswith("The first line must name these columns (missing: id_number, former_id")
    assert not members()


@pytest.mark.django_db
def test_rejects_without_a_folder_are_told_before_anything_is_taken(tmp_path: Path) -> None:
    done = run("import", write(tmp_path / "register.csv", GOOD), "--rejects", tmp_path / "no" / "such" / "folder.csv")
    assert (done.exit_code, str(done.exception)) == (1, "The folder for the rejects does not exist.")
    assert not members()


def test_the_schema_is_told_for_people() -> None:
    lines = run("export-schema").stdout.splitlines()
    assert [line.split(" | ")[0].lstrip("| ") for line in lines[2:]] == list(HEADER)
    assert lines[2] == "| id_number | yes | national ID, new or legacy UI number, check digit right | 10 | yes |"


def test_the_schema_is_told_for_machines() -> None:
    told = json.loads(run("export-schema", "--json").stdout)
    assert [column["name"] for column in told] == list(HEADER)
    assert [column["sensitive"] for column in told] == [column.sensitive for column in COLUMNS]
    assert set(told[0]) == {"name", "required", "form", "longest", "sensitive"}

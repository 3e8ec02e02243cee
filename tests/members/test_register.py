"""Looking members up when numbers change hands between one file and the next."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nhi_express.members.flows import register
from nhi_express.members.rules import IdNumber
from tests.members.files import load, write
from tests.members.rows import row

pytestmark = pytest.mark.django_db
OLD, NEW = "AB23456789", "A823456783"


def found(number: str) -> tuple[str, str] | None:
    """Number and name of whom the register knows by a number."""
    member = register().find(IdNumber.parse(number))
    return (member.record.id_number, member.record.name) if member else None


def bring(folder: Path, *rows: list[str]) -> None:
    """Import a file with these rows."""
    run = load(write(folder / "register.csv", rows))
    assert (run.accepted, run.rejected) == (len(rows), 0)


def test_a_row_under_the_old_number_gives_way_to_a_newer_one_under_the_new(tmp_path: Path) -> None:
    bring(tmp_path, row(id_number=OLD, name="before"))
    bring(tmp_path, row(id_number=NEW, name="after", former_id_numbers=OLD))
    assert found(OLD) == found(NEW) == (NEW, "after")


def test_who_holds_a_number_in_a_newer_file_is_found_by_it(tmp_path: Path) -> None:
    bring(tmp_path, row(id_number=NEW, name="wrongly", former_id_numbers=OLD))
    bring(tmp_path, row(id_number=OLD, name="rightly"))
    assert found(OLD) == (OLD, "rightly")


@pytest.mark.parametrize("turned", [False, True])
def test_within_one_file_the_present_holder_comes_before_a_former_one(tmp_path: Path, turned: bool) -> None:
    rows = [row(id_number=OLD, name="present"), row(id_number=NEW, name="other", former_id_numbers=OLD)]
    bring(tmp_path, *(reversed(rows) if turned else rows))
    assert found(OLD) == (OLD, "present")
    assert found(NEW) == (NEW, "other")


def test_a_former_number_that_a_newer_file_takes_back_finds_nobody(tmp_path: Path) -> None:
    bring(tmp_path, row(id_number=NEW, former_id_numbers=OLD))
    bring(tmp_path, row(id_number=NEW))
    assert found(OLD) is None


def test_a_number_listed_twice_for_one_member_is_known_once(tmp_path: Path) -> None:
    bring(tmp_path, row(id_number=NEW, former_id_numbers=f"{OLD};{NEW};{OLD}"))
    member = register().find(IdNumber.parse(OLD))
    assert member is not None
    assert [str(number) for number in member.known_numbers] == [NEW, OLD]


@pytest.mark.parametrize("number", [OLD, NEW, "A123456789"])
def test_a_look_up_is_one_question_whoever_is_asked_for(tmp_path: Path, number: str) -> None:
    bring(tmp_path, row(id_number=NEW, former_id_numbers=OLD))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        register().find(IdNumber.parse(number))
    assert len(asked) == 1

"""What every insured register must do (``members.ports.InsuredRegister``), on each engine and with each adapter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nhi_express.core.vault import CannotOpen, Vault
from nhi_express.members import flows
from nhi_express.members.adapters.table import RegisterTable
from nhi_express.members.models import InsuredMember
from nhi_express.members.ports import InsuredRegister
from nhi_express.members.rules import IdNumber
from nhi_sandbox.personas import personas
from nhi_sandbox.register import RegisterRow, write_register
from tests.visitor import person

pytestmark = pytest.mark.django_db
Load = Callable[[Sequence[RegisterRow]], InsuredRegister]
CITIZEN, CHANGED = person("citizen"), person("ui_changed")


@pytest.fixture(params=["table"])
def load(request: pytest.FixtureRequest, tmp_path: Path) -> Load:
    """Gives a register that holds these rows; called again, the same register brought up to date."""

    def table(rows: Sequence[RegisterRow]) -> InsuredRegister:
        file = tmp_path / f"{uuid4()}.csv"
        write_register(file, rows)
        run = flows.import_register(file, tmp_path / "rejects.csv", lambda _: None)
        assert (run.accepted, run.rejected) == (len(rows), 0)
        return RegisterTable()

    return {"table": table}[request.param]


def test_a_member_is_found_by_the_present_number_with_the_whole_record(load: Load) -> None:
    found = load([CITIZEN.row(), CHANGED.row()]).find(IdNumber.parse(CITIZEN.id_number))
    assert found is not None
    row, record = CITIZEN.row(), found.record
    for name in ("id_number", "name", "sex", "card_number", "card_status", "household_number", "unit_name", "mobile"):
        assert getattr(record, name) == getattr(row, name)
    assert (record.birth_date, record.insured, record.deceased) == (date.fromisoformat(row.birth_date), True, False)
    assert record.card_valid
    assert [str(number) for number in found.known_numbers] == [CITIZEN.id_number]


def test_a_member_is_found_by_a_former_number_too_and_is_the_same_one(load: Load) -> None:
    register = load([CHANGED.row()])
    present = register.find(IdNumber.parse(CHANGED.id_number))
    former = register.find(IdNumber.parse(CHANGED.former_id_numbers[0]))
    assert present is not None
    assert former == present
    assert [str(number) for number in present.known_numbers] == [CHANGED.id_number, *CHANGED.former_id_numbers]


def test_nobody_is_found_by_a_number_that_nobody_has(load: Load) -> None:
    register = load([CITIZEN.row()])
    assert register.find(IdNumber.parse("A123456789")) is None
    assert register.by_key(uuid4()) is None


def test_the_key_leads_back_to_the_same_member_and_outlives_a_new_file(load: Load) -> None:
    register = load([CITIZEN.row()])
    before = register.find(IdNumber.parse(CITIZEN.id_number))
    assert before is not None
    assert register.by_key(before.key) == before
    register = load([CITIZEN.row()._replace(insured="N", card_number="000011112222")])
    after = register.by_key(before.key)
    assert after is not None
    assert (after.record.insured, after.record.card_number) == (False, "000011112222")


def test_a_member_whose_number_changes_keeps_one_way_in_by_both(load: Load) -> None:
    old = CHANGED.row()._replace(id_number=CHANGED.former_id_numbers[0], former_id_numbers="")
    load([old])
    register = load([old._replace(insured="N"), CHANGED.row()])
    found = register.find(IdNumber.parse(CHANGED.id_number))
    assert found is not None
    assert found.record.insured


def test_a_number_typed_in_any_forgiven_spelling_is_the_same_number(load: Load) -> None:
    register = load([CITIZEN.row()])
    spellings = (CITIZEN.id_number.lower(), f" {CITIZEN.id_number[:5]}-{CITIZEN.id_number[5:]} ")
    for spelling in (*spellings, "".join(chr(ord(letter) + 0xFEE0) for letter in CITIZEN.id_number)):
        assert register.find(IdNumber.parse(spelling)) is not None


def test_every_persona_comes_back_as_written(load: Load) -> None:
    people = [one for one in personas().values() if one.in_register]
    register = load([one.row() for one in people])
    for one in people:
        found = register.find(IdNumber.parse(one.id_number))
        assert found is not None
        assert (found.record.name, found.record.card_number) == (one.name, one.card_number)


def test_a_stored_row_names_nobody_and_opens_in_no_other_row(load: Load) -> None:
    """The table's own promise: nothing readable in it, and rows that were exchanged do not open."""
    register = load([CITIZEN.row(), CHANGED.row()])
    rows = {row.pk: row for row in InsuredMember.objects.all()}
    for row in rows.values():
        stored = repr((row.key, row.card_key, bytes(row.sealed)))
        assert not [text for text in (CITIZEN.id_number, CITIZEN.name, CITIZEN.card_number) if text in stored]
    one, other = rows.values()
    InsuredMember.objects.filter(pk=one.pk).update(sealed=bytes(other.sealed))
    with pytest.raises(CannotOpen):
        register.by_key(one.pk)


def test_many_are_found_by_present_and_former_keys_with_one_question(load: Load, the_vault: Vault) -> None:
    register = load([CITIZEN.row(), CHANGED.row()])
    numbers = [CITIZEN.id_number, CHANGED.id_number, CHANGED.former_id_numbers[0], "A123456789"]
    keys = [the_vault.index(number, "members.id") for number in numbers]
    with CaptureQueriesContext(connection) as queries:
        found = register.by_keys(keys)
    assert len(queries) == 1
    assert set(found) == set(keys[:3])
    for number, key in zip(numbers[:3], keys, strict=False):
        assert found[key] == register.find(IdNumber.parse(number))


def test_its_version_tells_that_it_may_say_something_else(load: Load) -> None:
    first = load([CITIZEN.row()]).version()
    assert load([CITIZEN.row(), CHANGED.row()]).version() != first
    assert RegisterTable().version() == RegisterTable().version() != ""


def test_of_two_rows_for_one_key_the_same_one_tells_who_it_is(load: Load, the_vault: Vault) -> None:
    former = CHANGED.former_id_numbers[0]
    register = load([CHANGED.row()._replace(id_number=former, former_id_numbers="")])
    for rows in ([CHANGED.row()], [CITIZEN.row()._replace(id_number=former)]):
        register = load(rows)
        key = the_vault.index(former, "members.id")
        assert register.by_keys([key])[key] == register.find(IdNumber.parse(former))

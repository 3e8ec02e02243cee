"""``nhi-express staff``: accounts and offices from the command line, by the same flows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from nhi_express.audit.catalogue import Event
from nhi_express.audit.models import Entry
from nhi_express.counter import commands
from nhi_express.counter.flows import duty, offices
from nhi_express.counter.models import Office, Staff
from nhi_express.counter.rules import Role
from nhi_sandbox.staff import OFFICE, OFFICES, STAFF, code_in
from tests.counter.workplace import HERE, Worker, administrator
from tests.counting import events

pytestmark = pytest.mark.django_db


def run(*arguments: str | Path) -> Result:
    """Run a verb."""
    return CliRunner().invoke(commands.app, [str(one) for one in arguments])


def test_the_staff_of_a_try_out_begin_with_the_codes_that_are_printed() -> None:
    assert run("offices", "--also", OFFICES).exit_code == 0
    for one in STAFF:
        said = run(*one.verbs()[1:]).stdout
        worker = Worker(Staff.objects.get(account_key=duty.account_key(one.account))).begins(code_in(said))
        assert (worker.on_duty.role, worker.staff.office_id) == (Role(one.role), one.office or None)
    made = Entry.objects.filter(event=Event.STAFF_MADE.value)
    assert {entry.actor for entry in made} == {"system"}
    told = "".join(str(entry.payload) for entry in made)
    assert "clerk-" not in told
    assert not any(one.name in told for one in STAFF)


def test_an_administrator_whose_passkeys_are_lost_is_followed_by_another() -> None:
    administrator()
    assert "administrator already" in run("first-administrator", "second", "--name", "林管理").output
    said = run("make", "Second", "--role", "administrator", "--name", "林管理").stdout
    assert (
        Worker(Staff.objects.get(account_key=duty.account_key("second"))).begins(code_in(said), HERE).on_duty.role
        is Role.ADMINISTRATOR
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("admin", "--role", "auditor"), "an account of this name"),
        (("a clerk", "--role", "auditor"), "account: Use 3 to 40 small letters"),
        (("clerk-9", "--role", "clerk"), "office: "),
        (("clerk-9", "--role", "clerk", "--office", "nowhere"), "office: "),
        (("clerk-9", "--role", "king"), "'king'"),
    ],
)
def test_what_cannot_be_made_is_told_and_nothing_is_made(arguments: tuple[str, ...], told: str) -> None:
    administrator()
    result = run("make", *arguments, "--name", "某人")
    assert result.exit_code
    assert told in re.sub(r"\s+", " ", result.output)
    assert (Staff.objects.count(), events(Event.STAFF_MADE)) == (1, 1)


def test_offices_that_are_known_stay_as_they_are(tmp_path: Path) -> None:
    run("offices")
    Office.objects.filter(pk="taipei").update(phone="02-0000-0000")
    assert run("offices", "--also", OFFICES).stdout == "0 offices added.\n1 offices added.\n"
    assert Office.objects.get(pk="taipei").phone == "02-0000-0000"
    assert offices.public()[0].code == OFFICE
    broken = tmp_path / "offices.toml"
    broken.write_text("[[office]\n")
    assert "holds no offices" in run("offices", broken).output

"""Enrolment cut off at any moment leaves nothing half-done: every statement of the last step is made the last one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from nhi_express.enrolment.models import Attempt
from tests.counting import contents, lasting_rows
from tests.visitor import DONE, FINISH, Visitor, code_of, path_of, person

pytestmark = pytest.mark.usefixtures("committed")
CITIZEN = person("citizen")
_WRITES = ("INSERT", "UPDATE", "DELETE", "SAVEPOINT", "RELEASE")


class Cut(Exception):
    """The process ended here."""


@contextmanager
def cut_before_write(number: int) -> Iterator[list[str]]:
    """Make the ``number``-th writing statement fail (counted from 1). Gives the statements that were let through."""
    passed: list[str] = []

    def wrapper(execute: Callable[..., Any], sql: str, params: object, many: bool, context: dict[str, Any]) -> Any:
        if sql.lstrip().upper().startswith(_WRITES):
            if len(passed) + 1 == number:
                raise Cut(sql.split(maxsplit=1)[0])
            passed.append(sql.split("(", maxsplit=1)[0])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield passed


def test_an_enrolment_cut_off_at_any_statement_leaves_nothing(visitor: Callable[..., Visitor]) -> None:
    phone = visitor(strict=False).walk(CITIZEN, "card_proven")
    before, fields = contents(), phone.proof()
    for number in range(1, 80):
        with cut_before_write(number) as passed:
            answer = phone.submit(FINISH, **fields)
        if path_of(answer) == DONE:
            break
        assert (answer.status_code, code_of(answer)) == (500, "G-04")
        assert contents() == before, passed
        assert Attempt.objects.get().state == "card_proven"
    # Registration, consent, password, device, session, notices, events: cut at each of them, then let through.
    assert number > 15
    once = {"Registration": 1, "Device": 1, "Consent": 1, "Session": 1, "Notice": 2, "enrolled": 1}
    assert lasting_rows() == once


def test_replacing_a_phone_cut_off_at_any_statement_keeps_the_old_one(visitor: Callable[..., Visitor]) -> None:
    first = visitor().walk(CITIZEN, "done")
    phone = visitor(strict=False).walk(CITIZEN, "card_proven")
    before, fields = contents(), phone.proof(remove=next(iter(first.keys)))
    for number in range(1, 80):
        with cut_before_write(number) as passed:
            answer = phone.submit(FINISH, **fields)
        if path_of(answer) == DONE:
            break
        assert contents() == before, passed
    assert number > 18
    assert sorted(str(row[2]) for row in contents()["Device"]) == ["active", "deleted"]


def test_a_way_back_cut_off_at_any_statement_can_be_gone_again(visitor: Callable[..., Visitor]) -> None:
    cuts = 0
    for number in range(1, 20):
        phone = visitor(strict=False)
        address = phone.depart(CITIZEN)
        with cut_before_write(number):
            answer = phone.ask(address)
        if answer.status_code == 302:
            break
        cuts += 1
        assert (answer.status_code, code_of(answer)) == (500, "G-04")
        assert set(lasting_rows().values()) == {0}
        # From wherever it was cut off, the same numbers can be sent again.
        assert phone.to_card(CITIZEN).path == "/app/bind/mobile/card"
    assert cuts >= 2

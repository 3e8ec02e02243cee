"""Who registered under a former ID number and proves who they are under the present one keeps the same account."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.devices.models import Device
from nhi_express.enrolment.flows import numbers
from nhi_express.members.flows import known_keys, register
from nhi_express.members.ports import Member
from nhi_express.members.rules import IdNumber
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason
from tests.counting import events
from tests.outside import load_personas
from tests.races.racing import race
from tests.visitor import Visitor, person

CHANGED = person("ui_changed")


@pytest.fixture
def member(db: None) -> Member:
    """Somebody whose number changed."""
    load_personas()
    found = register().find(IdNumber.parse(CHANGED.id_number))
    assert found
    return found


def registered(member: Member, *, former: bool = True) -> Registration:
    """An account under the former number, or under the present one."""
    with transaction.atomic():
        return accounts.activate(known_keys(member)[former], "ial1-line", "zh-hant")


def test_an_account_follows_its_member_and_is_told_once(member: Member) -> None:
    account = registered(member)
    for _ in range(2):
        numbers.follow(member)
        account.refresh_from_db()
        assert (account.member, account.state, events(Event.NUMBER_CHANGED)) == (member.key, "active", 1)


def suspended(account: Registration) -> None:
    accounts.suspend(account.pk, Reason.STAFF, "clerk")


def cancelled(account: Registration) -> None:
    accounts.cancel(account, Reason.STAFF, "clerk")


@pytest.mark.parametrize("stopped", [suspended, cancelled])
def test_what_was_stopped_stays_where_it_is(member: Member, stopped: Callable[[Registration], None]) -> None:
    account = registered(member)
    with transaction.atomic():
        stopped(account)
    numbers.follow(member)
    account.refresh_from_db()
    assert (account.member, events(Event.NUMBER_CHANGED)) == (known_keys(member)[1], 0)


def test_two_accounts_stay_two(member: Member) -> None:
    """From before the rule: which of them is right is for a clerk to say."""
    accounts_ = [registered(member), registered(member, former=False)]
    numbers.follow(member)
    assert [Registration.objects.get(pk=one.pk).member for one in accounts_] == list(reversed(known_keys(member)))


@pytest.mark.usefixtures("committed")
def test_however_many_prove_it_at_once_the_account_moves_once(member: Member) -> None:
    registered(member)
    race([partial(numbers.follow, member)] * 4)
    assert Registration.objects.get().member == member.key
    assert events(Event.NUMBER_CHANGED) == 1


def test_a_second_phone_under_the_new_number_joins_the_first(visitor: Callable[..., Visitor], member: Member) -> None:
    visitor().walk(CHANGED, "done")
    Registration.objects.update(member=known_keys(member)[1])
    second = visitor().walk(CHANGED, "done")
    assert second.status == 200
    account = Registration.objects.get()
    assert (account.member, account.state) == (member.key, "active")
    assert Device.objects.filter(registration=account, state="active").count() == 2
    assert events(Event.NUMBER_CHANGED) == 1

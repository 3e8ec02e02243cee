"""Statements made once do what the query builder's do."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record_all
from nhi_express.audit.models import Entry
from nhi_express.core import clock, randomness, rows
from nhi_express.core.models import Notice
from nhi_express.devices.models import Device, Session
from nhi_express.enrolment.models import Attempt
from nhi_express.registration.models import Registration

pytestmark = pytest.mark.django_db


def registered(**columns: object) -> Registration:
    now = clock.now()
    values = {"id": randomness.identifier(), "member": randomness.identifier(), "created_at": now, "state_at": now}
    registration = Registration(
        **{**values, "state": "active", "reason": "proven", "assurance": "ial1-line", **columns}
    )
    rows.add(registration)
    return registration


def bound(registration: Registration, thumbprint: str = "t") -> Device:
    now = clock.now()
    device = Device(id=randomness.identifier(), registration=registration, state="active", bound_at=now, state_at=now)
    device.key, device.thumbprint, device.credential_id, device.synced = b"\x04k", thumbprint, thumbprint.encode(), True
    device.aaguid = UUID(int=7)
    rows.add(device)
    return device


def values(row: models.Model | None) -> dict[str, object]:
    assert row is not None
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_what_was_added_is_found_as_the_query_builder_finds_it() -> None:
    device = bound(registered())
    found = rows.Lookup(Device, "id").one(device.id)
    assert values(found) == values(Device.objects.get(pk=device.id))
    assert found is not None
    assert (found.bound_at, found.aaguid, found.synced) == (device.bound_at, UUID(int=7), True)


def test_a_row_with_json_bytes_and_nothing_in_it_too() -> None:
    attempt = Attempt(id=randomness.identifier(), browser=b"b" * 32, channel="mobile", state="open")
    attempt.expires_at, attempt.evidence = clock.now(), ["TERMS"]
    rows.add(attempt)
    found = rows.Lookup(Attempt, "browser").one(b"b" * 32)
    assert values(found) == values(Attempt.objects.get(pk=attempt.pk))
    assert found is not None
    assert (found.evidence, found.member) == (["TERMS"], None)


def test_the_row_beside_comes_along_in_the_same_statement() -> None:
    device = bound(registered(language="en"))
    lookup = rows.Lookup(Device, "id", beside="registration")
    with CaptureQueriesContext(connection) as asked:
        found = lookup.one(device.id)
        assert found is not None
        assert found.registration.language == "en"
    assert len(asked) == 1
    assert values(found.registration) == values(device.registration)


def test_all_of_several_and_none_of_none() -> None:
    registration = registered()
    both = {bound(registration, name).id for name in ("one", "two")}
    lookup = rows.Lookup(Device, "registration", "state")
    assert {device.id for device in lookup.all(registration.id, "active")} == both
    assert list(lookup.all(registration.id, "deleted")) == []
    assert rows.Lookup(Device, "id").one(randomness.identifier()) is None


def test_a_locked_row_is_found_in_a_transaction() -> None:
    registration = registered()
    with transaction.atomic():
        found = rows.Lookup(Registration, "member", lock=True).one(registration.member)
    assert values(found) == values(registration)


def test_a_change_touches_only_the_rows_in_which_all_holds() -> None:
    mine, other = registered(), registered()
    then = clock.now() + timedelta(days=1)
    held = {"id": mine.id, "state": ["suspended", "active"]}
    assert rows.change(Registration, held, language="en", state_at=then) == 1
    assert rows.change(Registration, {**held, "state": ["suspended"]}, language="fr") == 0
    told = {row.id: (row.language, row.state_at) for row in Registration.objects.all()}
    assert told == {mine.id: ("en", then), other.id: ("zh-hant", other.state_at)}


def test_a_change_to_nothing_is_none_of_the_other_columns() -> None:
    now = clock.now()
    notice = Notice(id=randomness.identifier(), kind="a/b", language="en", sealed=b"s", created_at=now, next_at=now)
    rows.add(notice)
    assert rows.change(Notice, {"id": notice.id}, next_at=None) == 1
    found = Notice.objects.get(pk=notice.id)
    assert (found.next_at, bytes(found.sealed), found.attempts) == (None, b"s", 0)


def test_constraints_speak_as_they_always_do() -> None:
    registration = registered()
    with pytest.raises(IntegrityError), transaction.atomic():
        registered(member=registration.member)
    device = bound(registration)
    session = Session(digest=b"d" * 32, device=device, started_at=clock.now(), seen_at=clock.now())
    rows.add(session)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.add(session)


def test_many_rows_added_at_once_are_what_the_query_builder_finds() -> None:
    now = clock.now()
    names = ("id", "kind", "language", "sealed", "bulk", "created_at", "next_at", "attempts", "last_error", "sent_at")
    made = [
        (randomness.identifier(), "a/b", "en", b"\x00\t\\N\n", True, now, now, n, "'\"\\", None) for n in range(700)
    ]
    rows.add_all(Notice, names, made)
    found = {row.id: row for row in Notice.objects.all()}
    for one in made:
        notice = found[one[0]]
        told = {name: getattr(notice, name) for name in names}
        assert {**told, "sealed": bytes(notice.sealed)} == dict(zip(names, one, strict=True))


def test_an_event_added_with_many_keeps_its_payload() -> None:
    member, payload = randomness.identifier(), {"unit": "123456789", "who": "統一"}
    with transaction.atomic():
        record_all(Event.INVITED, [(About(member), payload), (About(), {})], "officer")
    first, second = Entry.objects.order_by("id")
    assert (first.member, first.payload, first.actor, first.event) == (member, payload, "officer", Event.INVITED.value)
    assert (second.member, second.payload) == (None, {})


def test_rows_among_many_values_are_found_with_one_statement() -> None:
    living = [registered() for _ in range(40)]
    members = [row.member for row in living]
    registered(member=members[0], state="cancelled")
    asked = [*members[:30], randomness.identifier()]
    with CaptureQueriesContext(connection) as queries:
        found = list(rows.among(Registration, "member", asked, "member", "id", "created_at", only="state = 'active'"))
    assert len(queries) == 1
    assert sorted(found) == sorted((row.member, row.id, row.created_at) for row in living[:30])
    assert len(list(rows.among(Registration, "member", asked, "id"))) == 31
    assert list(rows.among(Registration, "member", [], "id")) == []

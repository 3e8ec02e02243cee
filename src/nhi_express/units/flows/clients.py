"""Clients of the API: payroll systems that send lists for a unit. Made and ended by its responsible person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, randomness, throttle
from nhi_express.core.limits import Limit
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.units.adapters import oauth
from nhi_express.units.flows.desk import Desk
from nhi_express.units.flows.officers import lock_unit, masked_name, responsible_of
from nhi_express.units.models import Client, Officer
from nhi_express.units.rules import OfficerState, Source

# More than a unit has payroll systems; a list that nobody can overlook.
MOST_CLIENTS = 10


@dataclass(frozen=True, slots=True)
class Listed:
    """A client as the unit's own officers see it."""

    client_id: str
    name: str
    made_by: str
    made_at: datetime
    used_at: datetime | None


def clients(desk: Desk) -> list[Listed]:
    """The clients in force of the desk's unit, oldest first; nothing for another unit's officers."""
    if desk.as_agent:
        return []
    found = Client.objects.filter(unit=desk.unit, ended_at=None).select_related("made_by").order_by("made_at", "id")
    return [_listed(client) for client in found]


def _listed(client: Client) -> Listed:
    made_by = masked_name(client.made_by.member)
    return Listed(client.client_id, client.name, made_by, client.made_at, client.used_at)


def find(desk: Desk, client_id: str) -> Listed:
    """A client in force of the desk's unit. Raises :class:`Refused` for any other."""
    for client in clients(desk):
        if client.client_id == client_id:
            return client
    raise Refused(Problem.NOT_FOUND)


def make_client(desk: Desk, name: str) -> tuple[Client, str]:
    """Make a client, and give its secret: 256 random bits, told this once and stored as a slow hash.

    Raises :class:`Refused`: not the responsible person (any longer), or too many clients already.
    """
    me, secret = responsible_of(desk), randomness.token(256)
    client = Client(
        client_id=randomness.token(128),
        client_secret=make_password(secret),
        client_type=Client.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Client.GRANT_CLIENT_CREDENTIALS,
        name=name,
        unit=desk.unit,
        made_by=me,
        made_at=clock.now(),
    )
    with transaction.atomic():
        lock_unit(desk.unit.code)
        if not Officer.objects.filter(pk=me.pk, state=OfficerState.ACTIVE).exists():
            raise Refused(Problem.UNIT_SIGN_IN_NEEDED)
        if Client.objects.filter(unit=desk.unit, ended_at=None).count() >= MOST_CLIENTS:
            raise Refused(Problem.TOO_MANY_CLIENTS, most=MOST_CLIENTS)
        client.save()
        _note(Event.CLIENT_MADE, me, client)
    return client, secret


def end_client(desk: Desk, client_id: str) -> None:
    """End a client, and every token it holds, at once.

    Raises :class:`Refused`: not the responsible person, or no such client in force.
    """
    me = responsible_of(desk)
    with transaction.atomic():
        client = Client.objects.select_for_update().filter(unit=desk.unit, client_id=client_id, ended_at=None).first()
        if client is None:
            raise Refused(Problem.NOT_FOUND)
        oauth.end(client)
        _note(Event.CLIENT_ENDED, me, client)


def _note(event: Event, officer: Officer, client: Client) -> None:
    told = {"unit": client.unit_id, "officer": str(officer.id), "client": client.client_id}
    record(event, About(officer.member), "officer", **told)


def may_try(source: str) -> None:
    """Count a request for a token from a source address. Raises :class:`Refused` after too many with wrong secrets."""
    decision = throttle.spend(Limit.CLIENT_SECRET_SOURCE, source)
    if not decision.permitted:
        raise Refused(Problem.LOCKED, until=decision.until)


def proven(source: str) -> None:
    """A client of this source showed the right secret."""
    throttle.clear(Limit.CLIENT_SECRET_SOURCE, source)


def desk_of(authorization: str) -> Desk:
    """For which unit a request with this header is made. Raises :class:`Refused` without a good access token."""
    client = oauth.client_of(authorization)
    if isinstance(client, Client):
        return Desk(client.unit, None, Source.API, client.client_id)
    raise Refused(Problem.API_SCOPE if client == "insufficient_scope" else Problem.API_CREDENTIALS)

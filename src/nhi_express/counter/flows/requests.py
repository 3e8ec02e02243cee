"""Members' requests on their data, with the law's clocks (Personal Data Protection Act, sections 3, 10, 11 and 13)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, randomness
from nhi_express.core.vault import vault
from nhi_express.counter.flows.cases import AtDesk, require_documents
from nhi_express.counter.flows.duty import OnDuty, require
from nhi_express.counter.models import DataRequest
from nhi_express.counter.rules import CLOCKS, Power, Purpose, RequestKind, RequestState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused


@dataclass(frozen=True, slots=True)
class Words:
    """What stands sealed with a request: what is asked, why it was put off, why it was decided so."""

    asked: str = ""
    put_off: str = ""
    decided: str = ""


def receive(at: AtDesk, on_duty: OnDuty, kind: RequestKind, asked: str) -> DataRequest:
    """Take a request in; its clock runs from today. Raises :class:`Refused` while a document lacks."""
    require_documents(at)
    if at.purpose is not Purpose.DATA_REQUEST:
        raise Refused(Problem.ACT_NOT_POSSIBLE)
    identifier = randomness.identifier()
    with transaction.atomic():
        request = DataRequest.objects.create(
            id=identifier,
            case=at.case,
            member=at.member.key,
            kind=kind,
            state=RequestState.OPEN,
            sealed=_sealed(identifier, Words(asked=asked)),
            received_at=clock.now(),
            due=clock.today() + timedelta(days=CLOCKS[kind]),
        )
        codes = {"request": str(identifier), "kind": kind.value}
        record(Event.DATA_REQUESTED, at.about, on_duty.actor, staff=on_duty.who, **codes)
    return request


def words_of(request: DataRequest) -> Words:
    """What stands sealed with a request."""
    return Words(**json.loads(vault().open(request.sealed, _context(request.id))))


def waiting(on_duty: OnDuty) -> list[DataRequest]:
    """Requests without a decision, the most urgent first; a clerk sees their own office's."""
    found = _seen_by(on_duty).filter(state=RequestState.OPEN)
    return list(found.select_related("case__office").order_by("due")[:200])


def find(on_duty: OnDuty, request_id: UUID) -> DataRequest:
    """A request that this person may work on. Raises :class:`Refused`."""
    found = _seen_by(on_duty).select_related("case__office").filter(pk=request_id).first()
    if found is None:
        raise Refused(Problem.NOT_FOUND)
    return found


def _seen_by(on_duty: OnDuty) -> QuerySet[DataRequest]:
    require(on_duty, Power.APPROVE)
    office = on_duty.staff.office_id
    return DataRequest.objects.filter(case__office=office) if office else DataRequest.objects.all()


def put_off(on_duty: OnDuty, request: DataRequest, why: str) -> None:
    """Extend the clock once by as many days again, with the reason in writing. Raises :class:`Refused`."""
    days, words = CLOCKS[RequestKind(request.kind)], words_of(request)
    sealed = _sealed(request.id, Words(words.asked, why, words.decided))
    with transaction.atomic():
        once = DataRequest.objects.filter(pk=request.pk, state=RequestState.OPEN, extended=False)
        if not once.update(extended=True, due=request.due + timedelta(days=days), sealed=sealed):
            raise Refused(Problem.REQUEST_DECIDED)
        _record(Event.DATA_REQUEST_EXTENDED, on_duty, request, days=days)


def decide(on_duty: OnDuty, request: DataRequest, *, granted: bool, why: str) -> None:
    """Decide a request, with the reason in writing. Raises :class:`Refused` when it is decided already."""
    words, state = words_of(request), RequestState.GRANTED if granted else RequestState.DENIED
    sealed = _sealed(request.id, Words(words.asked, words.put_off, why))
    with transaction.atomic():
        once = DataRequest.objects.filter(pk=request.pk, state=RequestState.OPEN)
        if not once.update(state=state, sealed=sealed, decided_by=on_duty.staff, decided_at=clock.now()):
            raise Refused(Problem.REQUEST_DECIDED)
        _record(Event.DATA_REQUEST_DECIDED, on_duty, request, state=state.value)


def _record(event: Event, on_duty: OnDuty, request: DataRequest, **codes: str | int) -> None:
    about = About(request.member, request.case.registration)
    facts = {"request": str(request.id), "kind": request.kind}
    record(event, about, on_duty.actor, staff=on_duty.who, **facts, **codes)


def _sealed(identifier: UUID, words: Words) -> bytes:
    text = json.dumps({"asked": words.asked, "put_off": words.put_off, "decided": words.decided})
    return vault().seal(text.encode(), _context(identifier))


def _context(identifier: UUID) -> str:
    return f"counter.request:{identifier}"

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
from nhi_express.core.outbox import Letter, post
from nhi_express.core.vault import vault
from nhi_express.counter.flows import reading
from nhi_express.counter.flows.cases import AtDesk, require_documents
from nhi_express.counter.flows.duty import OnDuty, require
from nhi_express.counter.models import DataRequest
from nhi_express.counter.rules import CLOCKS, LookUpPurpose, Power, Purpose, RequestKind, RequestState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.ports import Member
from nhi_express.registration import flows as accounts

_LATELY = timedelta(days=30)


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


def waiting(on_duty: OnDuty) -> list[DataRequest]:
    """Requests without a decision, the most urgent first; a clerk sees their own office's, nobody their own."""
    return _of_strangers(on_duty, _seen_by(on_duty).filter(state=RequestState.OPEN).order_by("due"))


def decided(on_duty: OnDuty) -> list[DataRequest]:
    """Requests that were decided lately, the newest first: their letters are to be printed."""
    lately = _seen_by(on_duty).filter(decided_at__gt=clock.now() - _LATELY)
    return _of_strangers(on_duty, lately.order_by("-decided_at"))


def _of_strangers(on_duty: OnDuty, asked: QuerySet[DataRequest]) -> list[DataRequest]:
    found = list(asked.select_related("case__office")[:200])
    members = reading.strangers(on_duty, {one.member for one in found})
    return [one for one in found if one.member in members]


@dataclass(frozen=True, slots=True)
class Found:
    """A request that somebody may work on, and whom it concerns; ``decides``: a colleague took it in."""

    request: DataRequest
    member: Member
    decides: bool


def find(on_duty: OnDuty, request_id: UUID) -> Found:
    """A request that this person may work on; what is sealed stays so.

    Raises :class:`Refused`: none of their office, or one's own or a relative's: that is noticed.
    """
    request = _seen_by(on_duty).select_related("case__office").filter(pk=request_id).first()
    if request is None:
        raise Refused(Problem.NOT_FOUND)
    member = reading.concerned(request.member)
    if reading.is_near(on_duty.staff, member):
        _note(on_duty, request, member)
        reading.refuse_own(on_duty, member)
    return Found(request, member, decides=request.case.clerk_id != on_duty.staff.pk)


def read(on_duty: OnDuty, found: Found) -> Words:
    """What stands sealed with a request, with the look-up on record."""
    _note(on_duty, found.request, found.member)
    return _words_of(found.request)


def _note(on_duty: OnDuty, request: DataRequest, member: Member) -> None:
    with transaction.atomic():
        reading.note(on_duty, member, LookUpPurpose.DATA_REQUEST, request.case)


def _words_of(request: DataRequest) -> Words:
    return Words(**json.loads(vault().open(request.sealed, _context(request.id))))


def _seen_by(on_duty: OnDuty) -> QuerySet[DataRequest]:
    require(on_duty, Power.APPROVE)
    office = on_duty.staff.office_id
    return DataRequest.objects.filter(case__office=office) if office else DataRequest.objects.all()


def put_off(on_duty: OnDuty, found: Found, why: str) -> None:
    """Extend the clock once by as many days again, with the reason in writing; the member is told.

    Raises :class:`Refused` when it is decided, or was put off before.
    """
    request = found.request
    days, words = CLOCKS[RequestKind(request.kind)], _words_of(request)
    sealed = _sealed(request.id, Words(words.asked, why, words.decided))
    with transaction.atomic():
        once = DataRequest.objects.filter(pk=request.pk, state=RequestState.OPEN, extended=False)
        if not once.update(extended=True, due=request.due + timedelta(days=days), sealed=sealed):
            raise Refused(Problem.REQUEST_DECIDED)
        _record(Event.DATA_REQUEST_EXTENDED, on_duty, request, days=days)
        _tell(found, "counter/request_put_off")


def decide(on_duty: OnDuty, found: Found, *, granted: bool, why: str) -> None:
    """Decide a request, with the reason in writing; the member is told that it is decided.

    Raises :class:`Refused`: whoever took it in does not decide it, or it is decided already.
    """
    if not found.decides:
        raise Refused(Problem.APPROVAL_OWN)
    request = found.request
    words, state = _words_of(request), RequestState.GRANTED if granted else RequestState.DENIED
    sealed = _sealed(request.id, Words(words.asked, words.put_off, why))
    with transaction.atomic():
        once = DataRequest.objects.filter(pk=request.pk, state=RequestState.OPEN)
        if not once.update(state=state, sealed=sealed, decided_by=on_duty.staff, decided_at=clock.now()):
            raise Refused(Problem.REQUEST_DECIDED)
        _record(Event.DATA_REQUEST_DECIDED, on_duty, request, state=state.value)
        _tell(found, "counter/request_decided")


def _tell(found: Found, kind: str) -> None:
    """Tell the member, at every address on file, that there is an answer; what it is stands in the letter alone."""
    office = found.request.case.office
    values = {"office_zh": office.name_zh, "office_en": office.name_en}
    registration, email = reading.registration_of(found.member), found.member.record.email
    if registration is not None:
        accounts.tell(registration, kind, values)
    elif email:
        post(Letter(kind, email, "", values))


def _record(event: Event, on_duty: OnDuty, request: DataRequest, **codes: str | int) -> None:
    about = About(request.member, request.case.registration)
    facts = {"request": str(request.id), "kind": request.kind}
    record(event, about, on_duty.actor, staff=on_duty.who, **facts, **codes)


def _sealed(identifier: UUID, words: Words) -> bytes:
    text = json.dumps({"asked": words.asked, "put_off": words.put_off, "decided": words.decided})
    return vault().seal(text.encode(), _context(identifier))


def _context(identifier: UUID) -> str:
    return f"counter.request:{identifier}"

"""What the back office edits: every change is numbered, on record, and made on what its editor has seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, remembered
from nhi_express.counter.flows.duty import OnDuty, name_of, require
from nhi_express.counter.models import Change
from nhi_express.counter.rules import Content, Edit, Power
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused


@dataclass(frozen=True, slots=True)
class Target:
    """What a form is about to change. ``seen`` is the number of the last change that its editor knew of; 0: of none."""

    kind: Content
    subject: str
    seen: int


@dataclass(frozen=True, slots=True)
class Past:
    """One change, for the page's history."""

    kind: Content
    subject: str
    edit: Edit
    who: str
    at: datetime


def change(by: OnDuty, target: Target, edit: Edit, act: Callable[[], object]) -> None:
    """Do ``act`` and write down whose it was, both or neither. What changed is seen in this process at once.

    Raises :class:`Refused` for whose role does not include it, and when somebody else changed the same meanwhile.
    """
    require(by, Power.CONTENT)
    try:
        with transaction.atomic():
            _number(by, target, edit)
            act()
    except IntegrityError as error:
        # Of two who saw the same, one wrote first: numbers, days of terms and issuers are there once.
        raise Refused(Problem.CONTENT_CHANGED_MEANWHILE) from error
    remembered.forget_all()


def _number(by: OnDuty, target: Target, edit: Edit) -> None:
    if seen(target.kind, target.subject) != target.seen:
        raise Refused(Problem.CONTENT_CHANGED_MEANWHILE)
    number, named = target.seen + 1, {"kind": target.kind.value, "subject": target.subject}
    Change.objects.create(**named, number=number, edit=edit, staff=by.staff, at=clock.now())
    record(Event.CONTENT_CHANGED, About(), "staff", staff=by.who, what=edit.value, number=number, **named)


def seen(kind: Content, subject: str) -> int:
    """The number of a subject's last change, for a form to carry along; 0 when there was none."""
    last = Change.objects.filter(kind=kind, subject=subject).order_by("-number").first()
    return last.number if last else 0


def history(kind: Content | None = None, subject: str = "", most: int = 20) -> list[Past]:
    """Who changed what and when, newest first: of everything, of a kind, or of one subject."""
    wanted = Change.objects.select_related("staff").order_by("-id")
    if kind is not None:
        wanted = wanted.filter(kind=kind)
    if subject:
        wanted = wanted.filter(subject=subject)
    return [Past(Content(row.kind), row.subject, Edit(row.edit), name_of(row.staff), row.at) for row in wanted[:most]]

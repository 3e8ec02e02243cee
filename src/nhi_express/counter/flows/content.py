"""What the back office edits: every change is numbered, on record, and made on what its editor has seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, Actor, record
from nhi_express.core import clock, remembered
from nhi_express.core.encoding import fingerprint
from nhi_express.counter.flows.duty import OnDuty, name_of, require
from nhi_express.counter.models import Change, Plan, Staff
from nhi_express.counter.rules import Content, Edit, Power
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused

_DIGEST = 16


@dataclass(frozen=True, slots=True)
class Target:
    """What a form is about to change. ``seen`` is the number of the last change that its editor knew of; 0: of none."""

    kind: Content
    subject: str
    seen: int


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done to it: how it was and how it is to be, field by field; nothing of that is personal."""

    edit: Edit
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)

    @property
    def fields(self) -> list[str]:
        """The names of the fields that become different."""
        names = {*self.before, *self.after}
        return sorted(name for name in names if self.before.get(name) != self.after.get(name))

    @property
    def digest(self) -> str:
        """Of all fields as they are to be: by it an auditor tells whether what stands there is what was saved."""
        return fingerprint(json.dumps(dict(self.after), sort_keys=True, default=str)).hex()[: 2 * _DIGEST]


@dataclass(frozen=True, slots=True)
class Past:
    """One change, for the page's history."""

    kind: Content
    subject: str
    edit: Edit
    who: str
    at: datetime


def change(by: OnDuty, target: Target, deed: Deed, act: Callable[[], object]) -> None:
    """Do ``act`` and write down whose it was and which fields it changed, both or neither. This process sees it now.

    Raises :class:`Refused` for whose role does not include it, and when somebody else changed the same meanwhile.
    """
    require(by, Power.CONTENT)
    try:
        with transaction.atomic():
            if seen(target.kind, target.subject) != target.seen:
                raise Refused(Problem.CONTENT_CHANGED_MEANWHILE)
            _note(by.staff, "staff", target, deed)
            act()
    except IntegrityError as error:
        # Of two who saw the same, one wrote first: numbers, days of terms and issuers are there once.
        raise Refused(Problem.CONTENT_CHANGED_MEANWHILE) from error
    remembered.forget_all()


def _note(staff: Staff, actor: Actor, target: Target, deed: Deed) -> None:
    number, named = target.seen + 1, {"kind": target.kind.value, "subject": target.subject}
    Change.objects.create(**named, number=number, edit=deed.edit, staff=staff, at=clock.now())
    what = {"what": deed.edit.value, "fields": deed.fields, "digest": deed.digest}
    record(Event.CONTENT_CHANGED, About(), actor, staff=str(staff.id), number=number, **what, **named)


# --- From a day on ---


def keep(by: OnDuty, target: Target, deed: Deed, effective: date | None, act: Callable[[], object]) -> None:
    """Change something at once, or plan it for a day to come; either takes the place of what was planned for it.

    Raises :class:`Refused`.
    """
    plans = Plan.objects.filter(kind=target.kind, subject=target.subject)
    if effective is None:

        def at_once() -> None:
            plans.delete()
            act()

        change(by, target, deed, at_once)
        return
    if effective <= clock.today():
        raise Refused(Problem.CONTENT_IN_FORCE)

    def plan() -> None:
        plans.delete()
        values = json.loads(json.dumps(dict(deed.after), default=str))
        named = {"kind": target.kind, "subject": target.subject}
        Plan.objects.create(**named, values=values, effective=effective, staff=by.staff)

    planned = Deed(Edit.PLANNED, deed.before, {**deed.after, "effective": effective})
    change(by, target, planned, plan)


def planned(kind: Content, subject: str) -> Plan | None:
    """What is planned for a subject, if anything."""
    return Plan.objects.filter(kind=kind, subject=subject).first()


def withdraw(by: OnDuty, target: Target) -> None:
    """Leave a subject as it is. Raises :class:`Refused` when nothing is planned any longer."""

    def act() -> None:
        if not Plan.objects.filter(kind=target.kind, subject=target.subject).delete()[0]:
            raise Refused(Problem.CONTENT_IN_FORCE)

    change(by, target, Deed(Edit.WITHDRAWN), act)


def drop_plan(kind: Content, subject: str) -> None:
    """Nothing is planned any longer for what is no more, within the caller's transaction."""
    Plan.objects.filter(kind=kind, subject=subject).delete()


def begin_planned(kind: Content, act: Callable[[str, dict[str, object]], object]) -> int:
    """Let what is planned begin, once its day has come: ``act`` takes subject and fields. Returns how many began.

    One that somebody edits at this moment begins the next time.
    """
    begun = 0
    for plan in Plan.objects.select_related("staff").filter(kind=kind, effective__lte=clock.today()):
        with suppress(IntegrityError), transaction.atomic():
            begun += _begin(plan, act)
    remembered.forget_all()
    return begun


def _begin(plan: Plan, act: Callable[[str, dict[str, object]], object]) -> bool:
    if not Plan.objects.filter(pk=plan.pk).delete()[0]:
        return False
    act(plan.subject, plan.values)
    kind = Content(plan.kind)
    target = Target(kind, plan.subject, seen(kind, plan.subject))
    _note(plan.staff, "system", target, Deed(Edit.BEGUN, {}, plan.values))
    return True


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

"""The staff's side: signing in, the desk and its cases, the second person, requests about data, hotline and alerts."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from functools import cache, partial
from types import SimpleNamespace
from uuid import UUID

from django.http import QueryDict

from nhi_express.audit.catalogue import Event
from nhi_express.counter.flows.offices import SHIPPED
from nhi_express.counter.forms import CallerForm, CaseForm, FirstTimeForm, PurposeForm
from nhi_express.counter.models import Office
from nhi_express.counter.rules import (
    ACTS,
    NEEDS_A_SECOND,
    Act,
    Document,
    Purpose,
    Role,
    may,
    needed,
)
from nhi_express.counter.views import desk, hotline
from nhi_express.counter.views.duty import PLACES, ROLE_WORDS, office_name
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.site import problems
from nhi_express.site.gallery.card import resting_agent
from nhi_express.site.gallery.page import Context, Page, State

_AT = datetime(2026, 11, 23, 6, 32, 10, tzinfo=UTC)
_PERSON = {"name": "陳怡華", "birth_date": date(1986, 4, 12), "id_number": "A123456789", "foreign": False}
_STANDING = {"screen": "none", "registered": False, "approval": "none", "code": "none"}


@cache
def offices() -> tuple[Office, ...]:
    """The shipped offices; the gallery's database is empty."""
    told = tomllib.loads(SHIPPED.read_text("utf-8"))["office"]
    return tuple(Office(place=place, **row) for place, row in enumerate(told))


def on_shift(role: Role, at: str) -> dict[str, object]:
    """The shell around a page, as whoever has this role sees it."""
    office = office_name(offices()[0]) if role is Role.CLERK else ""
    places = [place for place in PLACES if may(role, place[3])]
    shell = {
        "who": SimpleNamespace(role=role),
        "who_name": "王小同",
        "who_role": ROLE_WORDS[role],
        "who_office": office,
    }
    return {**shell, "places": places, "at": at, "idle": 900}


def typed(**fields: str) -> QueryDict:
    """What a form was sent."""
    data = QueryDict(mutable=True)
    data.update(fields)
    return data


def _first(ticket: str = "", problem: Problem | None = None, **fields: str) -> Context:
    form = FirstTimeForm(typed(**fields) if fields else None)
    return {"form": form, "ticket": ticket, "problem": problem}


def _home(role: Role) -> Context:
    return on_shift(role, "/staff/")


def _passkeys(number: int) -> Context:
    found = [
        SimpleNamespace(id=UUID(int=one), made_at=_AT, used_at=_AT if one == 1 else None)
        for one in range(1, number + 1)
    ]
    return {**on_shift(Role.HOTLINE, "/staff/passkeys/"), "passkeys": found}


def _problem(name: str, place: problems.Place = "staff") -> Context:
    return {"problem": problems.shown(Problem[name], {}, place), "shell": problems.SHELLS[place]}


def _desk(refusal: Problem | None = None, *, cases: bool = False, **fields: str) -> Context:
    form = CaseForm(typed(**fields) if fields else None)
    mine = [{"id": UUID(int=1), "purpose": desk.PURPOSES[Purpose.REGISTER], "at": _AT}] if cases else []
    return {**_opening(form, refusal), "cases": mine}


def _reader(refusal: Problem | None = None, **fields: str) -> Context:
    return {**_opening(PurposeForm(typed(**fields) if fields else None), refusal), "agent": resting_agent()}


def _opening(form: PurposeForm, refusal: Problem | None) -> Context:
    told = {"form": form, "refusal": Refused(refusal) if refusal else None, "purposes": desk.purposes()}
    return {**on_shift(Role.CLERK, desk.BASE), **told}


def _case(
    purpose: Purpose,
    state: str = "none",
    *,
    seen: bool = True,
    foreign: bool = False,
    former: bool = False,
    refusal: Problem | None = None,
    more: Context | None = None,
    **standing: object,
) -> Context:
    person = {**_PERSON, "foreign": True, "name": "NGUYEN VAN AN", "id_number": "A800000014"} if foreign else _PERSON
    facts = {
        "card_valid": True,
        "insured": True,
        "state": state,
        "former": former,
        "anew": False,
        "would_end": False,
        "has_ended": False,
        "lacks_password": False,
        "phones": 0 if state == "none" else 2,
    }
    return {
        **on_shift(Role.CLERK, f"{desk.BASE}{UUID(int=1)}/"),
        **person,
        **facts,
        **_choices(purpose, seen=seen, foreign=foreign),
        "case": SimpleNamespace(id=UUID(int=1), opened_at=_AT),
        "purpose": desk.PURPOSES[purpose],
        "refusal": Refused(refusal) if refusal else None,
        "standing": {**_STANDING, **standing},
        **(more or {}),
    }


def _choices(purpose: Purpose, *, seen: bool, foreign: bool) -> Context:
    asked = [one for one in Document if one in needed(purpose, foreign=foreign)]
    acts = [act for act in Act if act in ACTS[purpose] and act in desk.ACT_WORDS]
    return {
        "lacking": [] if seen else [{"name": one.value, "label": desk.DOCUMENTS[one]} for one in asked],
        "seen": [desk.DOCUMENTS[one] for one in asked],
        "asks_permit": Document.RESIDENCE_PERMIT in asked,
        "registers": Act.REGISTER in ACTS[purpose] and seen,
        "acts": [{"value": act.value, "label": desk.ACT_WORDS[act], "second": act in NEEDS_A_SECOND} for act in acts],
        "reasons": [{"value": reason.value, "label": words} for reason, words in desk.REASONS.items()],
        "takes_requests": purpose is Purpose.DATA_REQUEST,
        "kinds": [{"value": kind.value, "label": words} for kind, words in desk.KINDS.items()],
    }


def _hotline(refusal: Problem | None = None, **fields: str) -> Context:
    form = CallerForm(typed(**fields) if fields else None)
    purposes = [{"value": one.value, "label": words} for one, words in hotline.PURPOSES.items()]
    told = {"form": form, "refusal": Refused(refusal) if refusal else None, "purposes": purposes}
    return {**on_shift(Role.HOTLINE, hotline.BASE), **told}


def _told(
    event: Event, cause: object = "", problem: Problem | None = None, *, claimed: bool = False
) -> dict[str, object]:
    entry = problem.value if problem else None
    advice = entry.now[0] if entry else ""
    row = {"at": _AT, "words": event.words, "code": entry.code if entry else "", "advice": advice, "claimed": claimed}
    return {**row, "cause": cause or (entry.title if entry else "")}


def _call(state: str = "active", *, theft: bool = False, some: bool = True, foreign: bool = False) -> Context:
    timeline = [
        _told(Event.ATTEMPT_REFUSED, problem=Problem.PREPAID),
        _told(Event.ATTEMPT_REFUSED, hotline.CAUSES["NOT_INSURED"], claimed=True),
        _told(Event.REGISTRATION_ACTIVATED),
    ]
    return {
        **on_shift(Role.HOTLINE, hotline.BASE),
        "ticket": "AAAA",
        "name": "陳○華",
        "id_number": "A123456789",
        "state": state,
        "phones": 2 if state == "active" else 0,
        "card_valid": True,
        "insured": True,
        "foreign": foreign,
        "theft": theft,
        "timeline": timeline if some and not theft else [],
    }


def _alerts(*, some: bool) -> Context:
    kinds = list(hotline.ALERTS.items()) if some else []
    by = {
        "name": "王小同",
        "account": "clerk.wang",
        "role": ROLE_WORDS[Role.CLERK],
        "office": office_name(offices()[0]),
        "at": _AT,
    }
    rows = [{"id": number, "kind": words, **by} for number, (_kind, words) in enumerate(kinds, 1)]
    return {**on_shift(Role.SUPERVISOR, "/staff/alerts/"), "rows": rows}


_REGISTER, _RESTORE = partial(_case, Purpose.REGISTER), partial(_case, Purpose.RESTORE, "suspended")
_CASE: dict[str, State] = {
    "lacking": partial(_REGISTER, seen=False),
    "lacking-foreign": partial(_REGISTER, seen=False, foreign=True, refusal=Problem.PERMIT_EXPIRED),
    "seen": _REGISTER,
    "screen-unknown": partial(_REGISTER, refusal=Problem.SCREEN_UNKNOWN),
    "paired": partial(_REGISTER, screen="paired"),
    "registered": partial(_REGISTER, "active", screen="paired", registered=True),
    "binding": partial(_REGISTER, "active", screen="paired", registered=True, code="waiting"),
    "bound": partial(_REGISTER, "active", screen="paired", registered=True, code="bound"),
    "phone": partial(_case, Purpose.PHONE, "active"),
    "suspend": partial(_case, Purpose.SUSPEND, "active"),
    "restore": _RESTORE,
    "approval-asked": partial(_RESTORE, approval="asked"),
    "approval-granted": partial(_RESTORE, approval="granted"),
    "approval-denied": partial(_RESTORE, approval="denied"),
    "refused": partial(_case, Purpose.CANCEL, refusal=Problem.ACT_NOT_POSSIBLE),
    "data-request": partial(_case, Purpose.DATA_REQUEST, "active"),
    "restore-anew": partial(_RESTORE, more={"anew": True}),
    "restore-ends": partial(_RESTORE, more={"anew": True, "would_end": True, "phones": 0}),
    "restored-ended": partial(_case, Purpose.RESTORE, more={"has_ended": True}, approval="granted"),
    "restored-anew": partial(
        _case, Purpose.RESTORE, "active", more={"lacks_password": True, "phones": 0}, approval="granted"
    ),
    "former-number": partial(_case, Purpose.CHANGE_NUMBER, "active", foreign=True, former=True),
}
_SUMMARY: dict[str, State] = {
    **{state: partial(_case, Purpose.REGISTER, state) for state in ("none", "active", "suspended")},
    "restored-anew": partial(_case, Purpose.RESTORE, "active", more={"lacks_password": True, "phones": 0}),
    "restored-ended": partial(_case, Purpose.RESTORE, more={"has_ended": True}),
    "restored-pending": partial(_case, Purpose.RESTORE, "pending_activation"),
}
_ANSWERS = {"id_number": "A123456789", "birth_date": "1986-04-12", "purpose": "caller_help"}

PAGES = (
    Page("staff-sign-in", "counter/sign_in.html", {"plain": {"next": "/staff/"}}),
    Page(
        "staff-first",
        "counter/first.html",
        {
            "code": _first,
            "wrong": partial(_first, problem=Problem.STAFF_CODE_WRONG, account="clerk.wang", code="AAAA-AAAA-AAAA"),
            "empty": partial(_first, account="", code=""),
            "passkey": partial(_first, "AAAA"),
        },
    ),
    Page("staff-home", "counter/home.html", {role.value: partial(_home, role) for role in Role}),
    Page("staff-passkeys", "counter/passkeys.html", {"one": partial(_passkeys, 1), "two": partial(_passkeys, 2)}),
    Page(
        "staff-problem",
        "site/problem.html",
        {
            "sign-in": partial(_problem, "STAFF_SIGN_IN_NEEDED"),
            "role": partial(_problem, "ROLE_REFUSED"),
            "case-over": partial(_problem, "CASE_OVER"),
            "screen": partial(_problem, "SCREEN_PARTED", "visitor"),
        },
    ),
    Page(
        "staff-desk",
        "counter/desk.html",
        {
            "empty": _desk,
            "cases": partial(_desk, cases=True),
            "wrong": partial(_desk, id_number="A123456788", purpose=""),
            "refused": partial(_desk, Problem.CASE_OPEN_ELSEWHERE, id_number="A123456789", purpose="register"),
        },
    ),
    Page(
        "staff-reader",
        "site/desk_card.html",
        {
            "empty": _reader,
            "wrong": partial(_reader, purpose=""),
            "refused": partial(_reader, Problem.CARD_NOT_VALID, purpose="register"),
        },
    ),
    Page("staff-case", "counter/case.html", _CASE),
    Page("staff-summary", "counter/summary.html", _SUMMARY),
    Page(
        "staff-hotline",
        "counter/hotline.html",
        {
            "empty": _hotline,
            "wrong": partial(_hotline, None, **{**_ANSWERS, "id_number": "A123456788"}),
            "refused": partial(_hotline, Problem.CALLER_NOT_IDENTIFIED, **_ANSWERS, proof="0000"),
        },
    ),
    Page(
        "staff-call",
        "counter/call.html",
        {
            "normal": _call,
            "foreign": partial(_call, foreign=True),
            "theft": partial(_call, theft=True),
            "suspended": partial(_call, "suspended"),
            "empty": partial(_call, "none", some=False),
        },
    ),
    Page(
        "staff-alerts",
        "counter/alerts.html",
        {"none": partial(_alerts, some=False), "some": partial(_alerts, some=True)},
    ),
)

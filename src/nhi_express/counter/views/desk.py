"""A case at a counter, as its clerk works on it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.counter.flows import acts, cases, enrolling, requests, screens
from nhi_express.counter.flows.cases import AtDesk
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.forms import ActForm, CaseForm, DocumentsForm, PurposeForm, RequestForm, ScreenForm
from nhi_express.counter.rules import ACTS, NEEDS_A_SECOND, Act, Document, Power, Purpose, ReasonCode, RequestKind
from nhi_express.counter.views.duty import on_duty, page
from nhi_express.devices import flows as devices
from nhi_express.devices.forms import posted
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.rules import IdNumber

BASE = "/staff/desk/"
PURPOSES: dict[Purpose, Promise] = {
    Purpose.REGISTER: _("Register for online services"),
    Purpose.PHONE: _("Bind a phone, or end lost ones"),
    Purpose.SUSPEND: _("Stop the online services"),
    Purpose.RESTORE: _("Restore stopped online services"),
    Purpose.CANCEL: _("Cancel a registration"),
    Purpose.CHANGE_NUMBER: _("Change an old UI number to the new one"),
    Purpose.DATA_REQUEST: _("Take in a request about personal data"),
}
DOCUMENTS: dict[Document, Promise] = {
    Document.NHI_CARD: _("NHI card, original"),
    Document.ID_CARD: _("ID card, original, and the face is theirs"),
    Document.HOUSEHOLD: _("Household certificate"),
    Document.RESIDENCE_PERMIT: _("Chip residence permit, original, and the face is theirs"),
}
ACT_WORDS: dict[Act, Promise] = {
    Act.SUSPEND: _("Stop the registration now"),
    Act.RESTORE: _("Restore the registration"),
    Act.END_PHONES: _("End all phones"),
    Act.CANCEL: _("Cancel the registration for good"),
    Act.CHANGE_NUMBER: _("Move the registration to the new number"),
}
REASONS: dict[ReasonCode, Promise] = {
    ReasonCode.MEMBERS_WISH: _("The member wishes it"),
    ReasonCode.LOST: _("Phone or card lost"),
    ReasonCode.STOLEN: _("Phone or card stolen"),
    ReasonCode.MISUSE: _("Somebody else used it"),
    ReasonCode.FALSE_DATA: _("False or stale data"),
    ReasonCode.LENT: _("Lent or passed on"),
    ReasonCode.NUMBER_CHANGED: _("The ID number was changed"),
    ReasonCode.DECEASED: _("The member has died"),
}
KINDS: dict[RequestKind, Promise] = {
    RequestKind.VIEW: _("See the data"),
    RequestKind.COPY: _("Get a copy"),
    RequestKind.CORRECT: _("Correct or complete them"),
    RequestKind.DELETE: _("Delete them, or stop their use"),
}
# A refusal that the clerk can mend is told on the case's own page, with everything still there.
_MENDABLE = {
    Problem.DOCUMENTS_LACKING,
    Problem.PERMIT_EXPIRED,
    Problem.SCREEN_UNKNOWN,
    Problem.ACT_NOT_POSSIBLE,
    Problem.NUMBER_DOES_NOT_FOLLOW,
    Problem.FORMER_NUMBER,
    Problem.APPROVAL_OVER,
}


@on_duty(Power.DESK)
@require_http_methods(["GET", "POST"])
def home(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """The clerk's open cases, and a form that opens one."""
    mine = cases.mine(who)
    open_cases = [{"id": one.id, "purpose": PURPOSES[Purpose(one.purpose)], "at": one.opened_at} for one in mine]
    form = CaseForm(posted(request))
    return opening(request, who, "counter/desk.html", form, lambda: form.cleaned_data["id_number"], cases=open_cases)


def opening(
    request: HttpRequest,
    who: OnDuty,
    template: str,
    form: PurposeForm,
    number: Callable[[], IdNumber],
    **context: object,
) -> HttpResponse:
    """A page that opens a case: for the person whose ``number`` it finds, or the refusal is told there."""
    refusal = None
    if form.is_bound and form.is_valid():
        try:
            case = cases.open_case(who, number(), form.cleaned_data["purpose"])
            return redirect(f"{BASE}{case.id}/")
        except Refused as told:
            refusal = told
    status = refusal.problem.value.status if refusal else 400 if form.errors else 200
    shown = {"form": form, "refusal": refusal, "purposes": purposes(), **context}
    return page(request, who, template, shown, status)


def purposes() -> list[dict[str, object]]:
    """What a case may be about, as a page asks for it."""
    return [{"value": purpose.value, "label": words} for purpose, words in PURPOSES.items()]


@on_duty(Power.DESK)
@require_GET
def case(request: HttpRequest, who: OnDuty, case_id: UUID) -> HttpResponse:
    """One case: what was seen, what may be done, how the visitor's screen stands."""
    return _shown(request, who, cases.current(who, case_id), None)


def _shown(request: HttpRequest, who: OnDuty, at: AtDesk, refusal: Refused | None) -> HttpResponse:
    context = {**_facts(at), **_choices(at), "refusal": refusal, "standing": _standing(at)}
    return page(request, who, "counter/case.html", context, refusal.problem.value.status if refusal else 200)


def _facts(at: AtDesk) -> dict[str, object]:
    """What the clerk compares with the documents in hand, and how the registration stands; no more of the person."""
    held, registration = at.member.record, at.registration
    return {
        "case": at.case,
        "purpose": PURPOSES[at.purpose],
        "name": held.name,
        "birth_date": held.birth_date,
        "id_number": held.id_number,
        "card_valid": held.card_valid,
        "insured": held.insured,
        "foreign": held.foreign,
        "state": registration.state if registration else "none",
        "former": registration is not None and registration.member != at.member.key,
        "phones": devices.active_phones(registration).count() if registration else 0,
        "anew": at.begins_anew,
        "would_end": at.would_end,
        "has_ended": at.has_ended,
        "lacks_password": at.lacks_password,
    }


def _choices(at: AtDesk) -> dict[str, object]:
    possible = [act for act in Act if act in ACTS[at.purpose] and act in ACT_WORDS]
    asked_for = [one for one in Document if one in at.needed] if at.lacking else []
    return {
        "lacking": [{"name": one.value, "label": DOCUMENTS[one]} for one in asked_for],
        "seen": [DOCUMENTS[Document(name)] for name in at.case.seen],
        "asks_permit": Document.RESIDENCE_PERMIT in at.needed,
        "registers": enrolling.may_register(at),
        "acts": [{"value": act.value, "label": ACT_WORDS[act], "second": act in NEEDS_A_SECOND} for act in possible],
        "reasons": [{"value": reason.value, "label": words} for reason, words in REASONS.items()],
        "takes_requests": at.purpose is Purpose.DATA_REQUEST,
        "kinds": [{"value": kind.value, "label": words} for kind, words in KINDS.items()],
    }


def _standing(at: AtDesk) -> dict[str, object]:
    """How far the visitor is, and what waits for a second person; the clerk's page asks for it each two seconds."""
    screen = screens.beside(at.case)
    approval = acts.latest(at.case)
    return {
        "screen": "paired" if screen else "none",
        "registered": at.case.attempt is not None,
        "approval": approval.state if approval else "none",
        "code": devices.code_standing(at.registration).state if at.registration and screen else "none",
    }


@on_duty(Power.DESK, touch=False)
@require_GET
def state(_request: HttpRequest, who: OnDuty, case_id: UUID) -> JsonResponse:
    """The same as data."""
    return JsonResponse(_standing(cases.current(who, case_id, touch=False)))


@on_duty(Power.DESK)
@require_POST
def documents(request: HttpRequest, who: OnDuty, case_id: UUID) -> HttpResponse:
    """The documents in the clerk's hand."""
    at, form = cases.current(who, case_id), DocumentsForm(request.POST)
    if not form.is_valid():
        return _shown(request, who, at, Refused(Problem.DOCUMENTS_LACKING))
    until = form.cleaned_data["permit_until"]
    return _mendable(request, who, at, lambda: cases.see_documents(at, who, form.seen(), until))


@on_duty(Power.DESK)
@require_POST
def pair(request: HttpRequest, who: OnDuty, case_id: UUID) -> HttpResponse:
    """Give the case the screen that shows this number."""
    at, form = cases.current(who, case_id), ScreenForm(request.POST)
    number = form.cleaned_data["number"] if form.is_valid() else ""
    return _mendable(request, who, at, lambda: screens.pair(at, who, number))


@on_duty(Power.DESK)
@require_POST
def act(request: HttpRequest, who: OnDuty, case_id: UUID) -> HttpResponse:
    """Do an act, or ask a second person for it."""
    at, form = cases.current(who, case_id), ActForm(request.POST)
    if not form.is_valid():
        return _shown(request, who, at, Refused(Problem.FIELD_REQUIRED))
    asked = acts.Asked(Act(form.cleaned_data["act"]), ReasonCode(form.cleaned_data["reason"]))
    return _mendable(request, who, at, lambda: acts.ask(at, who, asked))


@on_duty(Power.DESK)
@require_POST
def data_request(request: HttpRequest, who: OnDuty, case_id: UUID) -> HttpResponse:
    """Take in a request about personal data."""
    at, form = cases.current(who, case_id), RequestForm(request.POST)
    if not form.is_valid():
        return _shown(request, who, at, Refused(Problem.FIELD_REQUIRED))
    kind, asked = RequestKind(form.cleaned_data["kind"]), form.cleaned_data["asked"]
    return _mendable(request, who, at, lambda: requests.receive(at, who, kind, asked))


def _mendable(request: HttpRequest, who: OnDuty, at: AtDesk, act: Callable[[], object]) -> HttpResponse:
    """Carry an act out and show the case anew; a refusal that the clerk can mend is told there."""
    try:
        act()
    except Refused as refusal:
        if refusal.problem not in _MENDABLE:
            raise
        return _shown(request, who, at, refusal)
    return redirect(f"{BASE}{at.case.id}/")


@on_duty(Power.DESK)
@require_POST
def end(_request: HttpRequest, who: OnDuty, case_id: UUID, how: str) -> HttpResponse:
    """Finish the case, or drop it."""
    at = cases.current(who, case_id)
    (cases.finish if how == "finish" else cases.drop)(at, who)
    return redirect(BASE)


@on_duty(Power.DESK)
@require_GET
def summary(request: HttpRequest, who: OnDuty, case_id: UUID) -> HttpResponse:
    """A page to print for somebody without a phone: what was done, what to do next, whom to call."""
    at = cases.current(who, case_id)
    seen = [DOCUMENTS[Document(name)] for name in at.case.seen]
    return page(request, who, "counter/summary.html", {**_facts(at), "seen": seen})

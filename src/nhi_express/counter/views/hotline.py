"""The hotline's pages, and the supervisors' page of unusual look-ups."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from nhi_express.audit import flows as audit
from nhi_express.audit.models import Entry
from nhi_express.counter.flows import duty, hotline, reading
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.forms import CallerForm, FindingForm
from nhi_express.counter.models import Alert
from nhi_express.counter.rules import AlertKind, LookUpPurpose, Power, Role
from nhi_express.counter.views.duty import ROLE_WORDS, office_name, on_duty, page
from nhi_express.devices.forms import posted
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused

BASE = "/staff/hotline/"
PURPOSES: dict[LookUpPurpose, Promise] = {
    LookUpPurpose.CALLER_HELP: _("Something does not work"),
    LookUpPurpose.CALLER_THEFT: _("Phone or card lost or stolen, or “this wasn't me”"),
    LookUpPurpose.COMPLAINT: _("A complaint"),
}
# What the member is not told, so that nobody can test IDs, an agent may say to who is identified.
CAUSES: dict[str, Promise] = {
    "NOT_OWN_LINE": _("The mobile number belongs to somebody else, or was registered with another ID number"),
    "CARD_MISMATCH": _("The last four digits of the card were wrong, or the card is not valid"),
    "NOT_INSURED": _("No insured person under the number that was typed, or the insurance has ended"),
    "HOUSEHOLD": _("Household number or registered address did not match"),
}
ALERTS: dict[AlertKind, Promise] = {
    AlertKind.MANY: _("Many look-ups within an hour"),
    AlertKind.OFF_HOURS: _("Outside opening hours"),
    AlertKind.COLLEAGUE: _("A colleague's record"),
    AlertKind.OWN: _("Their own record"),
    AlertKind.RELATIVE: _("The record of somebody in their own household"),
    AlertKind.WATCHED: _("A record that many are curious about"),
}


@on_duty(Power.LOOK_UP)
@require_http_methods(["GET", "POST"])
def identify(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """Who is calling? The record opens only for who answers as the procedure asks."""
    form, refusal = CallerForm(posted(request)), None
    if form.is_bound and form.is_valid():
        try:
            return _record(request, who, hotline.identify(who, form.caller()))
        except Refused as told:
            if told.problem is not Problem.CALLER_NOT_IDENTIFIED:
                raise
            refusal = told
    status = refusal.problem.value.status if refusal else 400 if form.errors else 200
    purposes = [{"value": one.value, "label": words} for one, words in PURPOSES.items()]
    return page(request, who, "counter/hotline.html", {"form": form, "refusal": refusal, "purposes": purposes}, status)


def _record(request: HttpRequest, who: OnDuty, ticket: str) -> HttpResponse:
    """The record stands on the answer to the form: it has no address that could be kept or passed on."""
    call = hotline.call(who, ticket)
    held = call.member.record
    context = {
        "ticket": ticket,
        "name": held.masked_name,
        "id_number": held.id_number,
        "state": call.registration.state if call.registration else "none",
        "phones": call.phones,
        "card_valid": held.card_valid,
        "insured": held.insured,
        "foreign": held.foreign,
        "theft": not call.sees_history,
        "timeline": list(_told(call.entries)),
    }
    return page(request, who, "counter/call.html", context)


def _told(entries: Iterable[Entry]) -> Iterable[dict[str, object]]:
    """Each event in plain words, with its cause and what to advise."""
    for entry in entries:
        problem = _problem(entry)
        outcome = str(entry.payload.get("outcome", ""))
        yield {
            "at": entry.at,
            "words": audit.told(entry),
            "cause": CAUSES.get(outcome) or (problem.value.title if problem else ""),
            "code": problem.value.code if problem else "",
            "advice": problem.value.now[0] if problem and problem.value.now else "",
            "claimed": entry.claimed is not None,
        }


def _problem(entry: Entry) -> Problem | None:
    try:
        return Problem.by_code(str(entry.payload.get("problem", "")))
    except KeyError:
        return None


@on_duty(Power.LOOK_UP)
@require_POST
def freeze(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """Stop the caller's registration."""
    ticket = request.POST.get("ticket", "")
    hotline.freeze(who, ticket)
    return _record(request, who, ticket)


@on_duty(Power.ALERTS)
@require_http_methods(["GET", "POST"])
def alerts(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """Unusual look-ups that nobody has looked into yet."""
    form = FindingForm(posted(request))
    if form.is_bound and form.is_valid():
        reading.settle(who, form.cleaned_data["alert"], form.cleaned_data["finding"])
        return redirect("/staff/alerts/")
    rows = [_alert(alert) for alert in reading.alerts_open()]
    return page(request, who, "counter/alerts.html", {"rows": rows}, 400 if form.is_bound else 200)


def _alert(alert: Alert) -> dict[str, object]:
    staff = alert.look_up.staff
    return {
        "id": alert.pk,
        "kind": ALERTS[AlertKind(alert.kind)],
        "name": duty.name_of(staff),
        "account": duty.called(staff).account,
        "role": ROLE_WORDS[Role(staff.role)],
        "office": office_name(staff.office),
        "at": alert.at,
    }

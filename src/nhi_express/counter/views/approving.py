"""A second person's yes or no, and the requests about data that wait for a decision."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import activate, get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.core import clock
from nhi_express.counter.flows import acts, duty, requests
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.forms import DecisionForm
from nhi_express.counter.models import DataRequest
from nhi_express.counter.rules import Act, Power, ReasonCode, RequestKind
from nhi_express.counter.views.desk import ACT_WORDS, KINDS, REASONS
from nhi_express.counter.views.duty import office_name, on_duty, page
from nhi_express.devices.forms import posted
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused


@on_duty(Power.APPROVE)
@require_GET
def approvals(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """What colleagues ask for."""
    rows = [_waiting(one) for one in acts.waiting(who)]
    return page(request, who, "counter/approvals.html", {"rows": rows})


def _waiting(one: acts.Waiting) -> dict[str, object]:
    """By the masked name two lines are told apart."""
    asked = one.approval
    return {
        "id": asked.id,
        "act": ACT_WORDS[Act(asked.act)],
        "name": one.member.record.masked_name,
        "reason": REASONS[ReasonCode(asked.reason)],
        "by": duty.name_of(asked.asked_by),
        "office": office_name(asked.case.office),
        "at": asked.asked_at,
    }


@on_duty(Power.APPROVE)
@require_POST
def decide(request: HttpRequest, who: OnDuty, approval_id: UUID) -> HttpResponse:
    """Yes or no."""
    acts.decide(who, approval_id, granted=request.POST.get("decision") == "grant")
    return redirect("/staff/approvals/")


@on_duty(Power.APPROVE)
@require_GET
def data_requests(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """Requests about data, the most urgent first, with the days that are left; and those decided lately."""
    rows, decided = map(_row, requests.waiting(who)), map(_row, requests.decided(who))
    return page(request, who, "counter/requests.html", {"rows": list(rows), "decided": list(decided)})


def _row(one: DataRequest) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": KINDS[RequestKind(one.kind)],
        "due": one.due,
        "left": (one.due - clock.today()).days,
        "office": office_name(one.case.office),
        "extended": one.extended,
        "decided_at": one.decided_at,
    }


@on_duty(Power.APPROVE)
@require_http_methods(["GET", "POST"])
def data_request(request: HttpRequest, who: OnDuty, request_id: UUID) -> HttpResponse:
    """One request: put it off once, or decide it, with the reason in writing."""
    found, form = requests.find(who, request_id), DecisionForm(posted(request))
    if form.is_bound and form.is_valid():
        why = form.cleaned_data["why"]
        if form.cleaned_data["decision"] == "put_off":
            requests.put_off(who, found, why)
        else:
            requests.decide(who, found, granted=form.cleaned_data["decision"] == "grant", why=why)
        return redirect(f"/staff/requests/{request_id}")
    context = {**_facts(found), "words": requests.read(who, found), "form": form, "decides": found.decides}
    return page(request, who, "counter/request.html", context, 400 if form.is_bound else 200)


def _facts(found: requests.Found) -> dict[str, object]:
    return {"found": found.request, "kind": KINDS[RequestKind(found.request.kind)]}


@on_duty(Power.APPROVE)
@require_GET
def letter(request: HttpRequest, who: OnDuty, request_id: UUID) -> HttpResponse:
    """The answer on paper: to be posted, or handed to a member who comes for it; in whichever language they read."""
    wished = request.GET.get("language")
    if wished in dict(settings.LANGUAGES):
        activate(wished)
    found = requests.find(who, request_id)
    held, words = found.member.record, requests.read(who, found)
    if not (words.decided or words.put_off):
        raise Refused(Problem.NOT_FOUND)
    office = found.request.case.office
    context = {
        **_facts(found),
        "words": words,
        "name": held.name,
        "address": held.postal_address,
        "office": office_name(office),
        "office_address": office.address_en if get_language() == "en" else office.address_zh,
        "office_phone": office.phone,
    }
    return page(request, who, "counter/letter.html", context)

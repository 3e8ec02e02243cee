"""A second person's yes or no, and the requests about data that wait for a decision."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.core import clock
from nhi_express.counter.flows import acts, duty, requests
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.forms import DecisionForm
from nhi_express.counter.rules import Act, Power, ReasonCode, RequestKind
from nhi_express.counter.views.desk import ACT_WORDS, KINDS, REASONS
from nhi_express.counter.views.duty import office_name, on_duty, page
from nhi_express.devices.forms import posted


@on_duty(Power.APPROVE)
@require_GET
def approvals(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """What colleagues ask for."""
    rows = [
        {
            "id": one.id,
            "act": ACT_WORDS[Act(one.act)],
            "reason": REASONS[ReasonCode(one.reason)],
            "by": duty.name_of(one.asked_by),
            "office": office_name(one.case.office),
            "at": one.asked_at,
        }
        for one in acts.waiting(who)
    ]
    return page(request, who, "counter/approvals.html", {"rows": rows})


@on_duty(Power.APPROVE)
@require_POST
def decide(request: HttpRequest, who: OnDuty, approval_id: UUID) -> HttpResponse:
    """Yes or no."""
    acts.decide(who, approval_id, granted=request.POST.get("decision") == "grant")
    return redirect("/staff/approvals/")


@on_duty(Power.APPROVE)
@require_GET
def data_requests(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """Requests about data, the most urgent first, with the days that are left."""
    today = clock.today()
    rows = [
        {
            "id": one.id,
            "kind": KINDS[RequestKind(one.kind)],
            "due": one.due,
            "left": (one.due - today).days,
            "office": office_name(one.case.office),
            "extended": one.extended,
        }
        for one in requests.waiting(who)
    ]
    return page(request, who, "counter/requests.html", {"rows": rows})


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
        return redirect("/staff/requests/")
    words = requests.words_of(found)
    context = {"found": found, "kind": KINDS[RequestKind(found.kind)], "words": words, "form": form}
    return page(request, who, "counter/request.html", context, 400 if form.is_bound else 200)

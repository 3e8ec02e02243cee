"""A second person's yes to first-time codes and to networks."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from nhi_express.counter.flows import duty, seconding
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.models import Proposal, Staff
from nhi_express.counter.rules import Power, Role
from nhi_express.counter.views.duty import ROLE_WORDS, office_name, on_duty, page
from nhi_express.devices.rules import code_shown

BASE = "/staff/seconding/"


@on_duty(Power.SECOND)
@require_GET
def waiting(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """What waits for a second person."""
    return page(request, who, "counter/seconding.html", {"rows": [_row(who, wish) for wish in seconding.waiting(who)]})


def _row(who: OnDuty, wish: Proposal) -> dict[str, object]:
    own = wish.asked_by_id == who.staff.pk
    told = {"id": wish.id, "by": duty.name_of(wish.asked_by), "at": wish.asked_at, "own": own}
    if wish.staff is not None:
        staff, account = wish.staff, duty.called(wish.staff)
        whose = {"name": account.name, "account": account.account, "role": ROLE_WORDS[Role(staff.role)]}
        return {**told, **whose, "what": "code", "office": office_name(staff.office)}
    now = wish.office.networks if wish.office else []
    return {**told, "what": "networks", "office": office_name(wish.office), "now": now, "networks": wish.networks}


@on_duty(Power.SECOND)
@require_POST
def decide(request: HttpRequest, who: OnDuty, wish_id: UUID) -> HttpResponse:
    """Yes or no. A code that a yes makes is shown once, on the answer itself, to who said it."""
    made = seconding.decide(who, wish_id, granted=request.POST.get("decision") == "grant")
    return _code_page(request, who, *made) if made else redirect(BASE)


def _code_page(request: HttpRequest, who: OnDuty, staff: Staff, code: str) -> HttpResponse:
    called = duty.called(staff)
    context = {"account": called.account, "name": called.name, "code": code_shown(code), "until": staff.code_until}
    return page(request, who, "counter/account_code.html", context)

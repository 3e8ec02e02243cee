"""A clerk opens a case by the card in the desk's reader: only this room may know both cards and counters."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from nhi_express.card.forms import Reading
from nhi_express.card.views.shell import agent_for_scripts, present, reads_cards
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.forms import PurposeForm
from nhi_express.counter.rules import Power
from nhi_express.counter.views.desk import opening
from nhi_express.counter.views.duty import on_duty
from nhi_express.devices.forms import posted
from nhi_express.members.rules import IdNumber


@reads_cards
@on_duty(Power.DESK)
@require_http_methods(["GET", "POST"])
def open_case(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """The card is as much as its number: which documents the clerk has in hand is asked in the case as ever."""
    form = PurposeForm(posted(request))
    return opening(request, who, "site/desk_card.html", form, lambda: _number(request), agent=agent_for_scripts())


def _number(request: HttpRequest) -> IdNumber:
    """The number of the card that was read. Raises :class:`Refused` as the portal does."""
    return present(request, Reading.of(request.POST)).block.id_number

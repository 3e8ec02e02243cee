"""重寄認證信, 忘記註冊密碼, 刪除註冊申請: the three things to do without signing in (seed Q1.2, login screen)."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from nhi_express.card.flows import recovering
from nhi_express.card.flows.recovering import TICKET_MINUTES, Ceremony
from nhi_express.card.forms import HolderForm, Reading, RecoverForm
from nhi_express.card.views.shell import TICKET, form_page, mendable, page, present, reads_cards, set_cookie, told_page
from nhi_express.devices.forms import posted
from nhi_express.members import places


@reads_cards
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest, ceremony: str) -> HttpResponse:
    """Card, and household or permit: the proof that each of the three begins with."""
    wanted, form = cast(Ceremony, ceremony), HolderForm(posted(request))
    context = {"ceremony": ceremony, "counties": places.counties()}
    return form_page(request, "card/prove.html", form, lambda: _proven(request, wanted, form), context)


def _proven(request: HttpRequest, ceremony: Ceremony, form: HolderForm) -> HttpResponse:
    reading = Reading.of(request.POST)
    proven = recovering.prove(ceremony, present(request, reading), form.proof(reading))
    response = redirect(f"/portal/{ceremony}/code")
    set_cookie(response, TICKET, proven.ticket, TICKET_MINUTES)
    return response


@require_http_methods(["GET", "POST"])
def code(request: HttpRequest, ceremony: str) -> HttpResponse:
    """The second step: the mailed code, and a new password where one was forgotten."""
    ticket, wanted = request.COOKIES.get(TICKET, ""), cast(Ceremony, ceremony)
    if not ticket and request.method == "GET":
        return redirect(f"/portal/{ceremony}/")
    again = request.POST.get("act") == "resend"
    needs_code = ceremony != "cancel" or recovering.needs_code(ticket)
    data = None if again else posted(request)
    form = RecoverForm(data, needs_code=needs_code, new_password=ceremony == "forgot")
    context = {"ceremony": ceremony, "sent": request.GET.get("sent") == "yes", "needs_code": needs_code}
    if not again:
        return form_page(request, "card/code.html", form, lambda: _done(wanted, ticket, form), context)
    sent = mendable(lambda: _sent(wanted, ticket))
    return sent if isinstance(sent, HttpResponse) else told_page(request, "card/code.html", form, sent, context)


def _sent(ceremony: Ceremony, ticket: str) -> HttpResponse:
    recovering.send_again(ticket, ceremony)
    return redirect(f"/portal/{ceremony}/code?sent=yes")


def _done(ceremony: Ceremony, ticket: str, form: RecoverForm) -> HttpResponse:
    typed = form.cleaned_data.get("code", "")
    if ceremony == "resend":
        recovering.confirm(ticket, typed)
    elif ceremony == "forgot":
        recovering.set_password(ticket, typed, form.cleaned_data["password"])
    else:
        recovering.cancel(ticket, typed)
    response = redirect(f"/portal/{ceremony}/done")
    response.delete_cookie(TICKET, samesite="Lax")
    return response


@require_http_methods(["GET"])
def done(request: HttpRequest, ceremony: str) -> HttpResponse:
    """It is done."""
    return page(request, "card/recovered.html", {"ceremony": ceremony})

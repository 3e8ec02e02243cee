"""註冊, step by step (seed Q1.2): terms, card, household or permit, password and addresses, mailed code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from nhi_express.card.flows import applying
from nhi_express.card.forms import AccountForm, AddressesForm, HolderForm, Reading
from nhi_express.card.rules import mask_card_number
from nhi_express.card.views.shell import (
    ATTEMPT,
    act_of,
    form_page,
    mendable,
    page,
    present,
    reads_cards,
    set_cookie,
    told_page,
)
from nhi_express.core import clock
from nhi_express.devices.forms import CodeForm, posted
from nhi_express.enrolment import flows as gate
from nhi_express.enrolment.models import Attempt
from nhi_express.enrolment.rules import AttemptState
from nhi_express.help import terms as help_terms
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members import places
from nhi_express.members.rules import CardNumber

_BASE, _CONFIRM = "/portal/register/", "card/confirm.html"
_PAGES = {AttemptState.OPEN: "card", AttemptState.CARD_PROVEN: "account", AttemptState.DONE: "confirm"}


@require_GET
def start(_request: HttpRequest) -> HttpResponse:
    """Where registering begins."""
    return redirect(f"{_BASE}terms")


@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """Step 1: 管理作業要點, read and accepted."""
    shown, language = help_terms.current(clock.today()), get_language()
    if request.method == "POST" and request.POST.get("accept") == "yes":
        _, secret = applying.start(request.POST.get("version", ""), language)
        response = redirect(f"{_BASE}card")
        set_cookie(response, ATTEMPT, secret)
        return response
    missing = request.method == "POST"
    context = {"terms": shown, "text": shown.html(language), "missing": missing}
    return page(request, "card/terms.html", context, status=400 if missing else 200)


def _elsewhere(request: HttpRequest, *pages: str) -> tuple[Attempt | None, HttpResponseRedirect | None]:
    """The attempt, or where to go instead when it stands at none of these pages."""
    if request.method == "GET" and ATTEMPT not in request.COOKIES:
        return None, redirect(f"{_BASE}terms")
    attempt = gate.current(request.COOKIES.get(ATTEMPT), request.POST.get("attempt"))
    if attempt.state not in _PAGES:
        raise Refused(Problem.ATTEMPT_MISSING)
    wanted = _PAGES[AttemptState(attempt.state)]
    return attempt, None if wanted in pages else redirect(_BASE + wanted)


@reads_cards
@require_http_methods(["GET", "POST"])
def card(request: HttpRequest) -> HttpResponse:
    """Step 2: 讀取, then household number and address, or residence permit."""
    # Who comes back from the next step may show another card.
    attempt, elsewhere = _elsewhere(request, "card", "account")
    if attempt is None or elsewhere is not None:
        return elsewhere or redirect(f"{_BASE}terms")
    if request.method == "GET":
        return _card_page(request, attempt, HolderForm())
    if request.POST.get("act") == "read":
        done = mendable(lambda: _read(request, attempt))
        return done if isinstance(done, HttpResponse) else _card_page(request, attempt, HolderForm(), done)
    form = HolderForm(request.POST)
    proven = mendable(lambda: _prove(request, attempt, form)) if form.is_valid() else None
    return proven if isinstance(proven, HttpResponse) else _card_page(request, attempt, form, proven)


def _read(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    applying.show_card(attempt, present(request, Reading.of(request.POST)))
    return redirect(f"{_BASE}card")


def _prove(request: HttpRequest, attempt: Attempt, form: HolderForm) -> HttpResponse:
    reading = Reading.of(request.POST)
    expected = applying.shown_card(attempt)
    applying.prove(attempt, present(request, reading, expected), form.proof(reading))
    return redirect(f"{_BASE}account")


def _shown(attempt: Attempt, *, swapped: bool) -> dict[str, object]:
    """What the page tells of the card that was read: nothing to who put another one in meanwhile."""
    number = applying.shown_card(attempt)
    if not number:
        return {"card": False}
    record = applying.shown_member(attempt).record
    told = {} if swapped else {"name": record.masked_name, "number": mask_card_number(CardNumber(number))}
    return {"card": True, "foreign": record.foreign, **told}


def _card_page(
    request: HttpRequest, attempt: Attempt, form: HolderForm, refusal: Refused | None = None
) -> HttpResponse:
    shown = _shown(attempt, swapped=refusal is not None and refusal.problem is Problem.CARD_SWAPPED)
    context = {"attempt": attempt, "shown": shown, "counties": places.counties()}
    return told_page(request, "card/card.html", form, refusal, context)


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Step 3: password, e-mail address, and a second one if wanted."""
    attempt, elsewhere = _elsewhere(request, "account")
    if attempt is None or elsewhere is not None:
        return elsewhere or redirect(f"{_BASE}terms")
    form = AccountForm(posted(request))
    context = {"attempt": attempt, "name": applying.shown_member(attempt).record.masked_name}
    return form_page(request, "card/account.html", form, lambda: _finish(attempt, form), context)


def _finish(attempt: Attempt, form: AccountForm) -> HttpResponse:
    typed = form.cleaned_data
    try:
        applying.finish(attempt, typed["password"], typed["main"], typed["backup"], get_language())
    except Refused as refusal:
        # Sent twice at once: the other one has done it, and both lead on.
        if refusal.problem is not Problem.ATTEMPT_DONE:
            raise
    return redirect(f"{_BASE}confirm")


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Step 4: the mailed code; a mistyped address may be put right."""
    attempt, elsewhere = _elsewhere(request, "confirm")
    if attempt is None or elsewhere is not None:
        return elsewhere or redirect(f"{_BASE}terms")
    if applying.confirmed(attempt):
        return _to_the_end()
    act, backup = act_of(request, "confirm", "resend", "change"), applying.applied_contact(attempt, "backup").waiting
    code_form = CodeForm(request.POST if act == "confirm" else None)
    form = AddressesForm({**request.POST.dict(), "backup": ""} if act == "change" else None, backup)
    context = {
        "attempt": attempt,
        "code_form": code_form,
        "address_form": form,
        "address": applying.applied_contact(attempt).waiting,
        "sent": request.GET.get("sent") == "yes",
    }
    if act == "resend":
        sent = mendable(lambda: _resent(attempt))
        return sent if isinstance(sent, HttpResponse) else told_page(request, _CONFIRM, code_form, sent, context)
    if form.is_bound:
        return form_page(request, _CONFIRM, form, lambda: _resent(attempt, form.cleaned_data["main"]), context)
    return form_page(request, _CONFIRM, code_form, lambda: _confirmed(attempt, code_form), context)


def _confirmed(attempt: Attempt, form: CodeForm) -> HttpResponse:
    applying.confirm(attempt, form.cleaned_data["code"])
    return _to_the_end()


def _resent(attempt: Attempt, address: str = "") -> HttpResponse:
    applying.resend(attempt, address)
    return redirect(f"{_BASE}confirm?sent=yes")


def _to_the_end() -> HttpResponse:
    response = redirect(f"{_BASE}done")
    response.delete_cookie(ATTEMPT, samesite="Lax")
    return response


@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """完成註冊."""
    return page(request, "card/done.html")

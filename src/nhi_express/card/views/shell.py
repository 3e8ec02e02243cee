"""What every page of the portal needs: who is signed in, which browser this is, and what the component may be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, Final, ParamSpec
from uuid import UUID

from csp.decorators import csp_update
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from nhi_express.card.flows import presenting, signing_in
from nhi_express.card.flows.presenting import PresentedCard
from nhi_express.card.flows.signing_in import PortalSignedIn
from nhi_express.card.forms import Reading
from nhi_express.core import randomness
from nhi_express.core.config import config
from nhi_express.core.guards import guarded_by
from nhi_express.core.source import source_of
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused

_HOST: Final = "__Host-" if config().secure else ""
VISIT, SESSION, ATTEMPT, TICKET = (_HOST + name for name in ("visit", "portal", "apply", "prove"))
_Rest = ParamSpec("_Rest")
_View = Callable[Concatenate[HttpRequest, PortalSignedIn, _Rest], HttpResponse]
# What the component answers, and the problem it is told as (docs/portal.md).
_FAULTS: Final[Mapping[str, Problem]] = {
    "MISSING": Problem.AGENT_MISSING,
    "TOO_OLD": Problem.AGENT_TOO_OLD,
    "NO_PCSC": Problem.PCSC_MISSING,
    "NO_READER": Problem.NO_READER,
    "NO_CARD": Problem.NO_CARD,
    "NOT_NHI_CARD": Problem.NOT_NHI_CARD,
    "NOT_A_PERMIT": Problem.PERMIT_UNREADABLE,
    "CARD_UNREADABLE": Problem.CARD_UNREADABLE,
    "CARD_PULLED": Problem.CARD_PULLED,
    "READER_BUSY": Problem.READER_BUSY,
    "TWO_CARDS": Problem.TWO_CARDS,
    "NOT_PAIRED": Problem.AGENT_REFUSED,
    "FOREIGN_ORIGIN": Problem.AGENT_REFUSED,
    "BAD_HOST": Problem.AGENT_REFUSED,
}
# A refusal that belongs to what was typed or put in is told on the page itself, with everything still there.
_MENDABLE: Final = {
    *_FAULTS.values(),
    Problem.CARD_DATA_DO_NOT_MATCH,
    Problem.PERMIT_DOES_NOT_MATCH,
    Problem.OTHER_PROOF_NEEDED,
    Problem.CARD_SWAPPED,
    Problem.CARD_CHALLENGE_EXPIRED,
    Problem.CARD_NOT_VALID,
    Problem.CARD_NOT_AUTHENTIC,
    Problem.ISSUER_DOWN,
    Problem.WRONG_PASSWORD,
    Problem.LOCKED,
    Problem.PROVE_AGAIN,
    Problem.TOO_MANY_ATTEMPTS,
    Problem.PASSWORD_TOO_SHORT,
    Problem.PASSWORD_TOO_LONG,
    Problem.PASSWORD_COMMON,
    Problem.PASSWORD_CONTEXT,
    Problem.EMAIL_CODE_WRONG,
    Problem.EMAIL_CODE_EXPIRED,
    Problem.NOT_CONFIRMED,
}


def agent_for_scripts() -> dict[str, object]:
    """What the page's script needs to speak with the component, and the words for what may go wrong there."""
    # The page's script asks the site, too, and a site that does not answer is no missing component.
    told = {name: _in_words(problem) for name, problem in {**_FAULTS, "SITE": Problem.SERVER_ERROR}.items()}
    return {"url": config().card_agent_url, "version": config().card_agent_version, "told": told}


def _in_words(problem: Problem) -> dict[str, object]:
    entry = problem.value
    now = [str(step) for step in entry.now]
    return {"code": entry.code, "title": str(entry.title), "body": str(entry.body), "now": now}


def reads_cards(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let the page's script reach the component, which is on the visitor's own computer."""
    return csp_update({"connect-src": [config().card_agent_url]})(view)


def page(
    request: HttpRequest, template: str, context: Mapping[str, object] | None = None, status: int = 200
) -> HttpResponse:
    """A page of the portal."""
    idle = config().portal_idle_minutes * 60
    shell = {"signed": signed_in(request), "agent": agent_for_scripts(), "at": request.path, "idle": idle}
    return render(request, template, {**shell, **(context or {})}, status=status)


def set_cookie(response: HttpResponseBase, name: str, value: str, minutes: int | None = None) -> None:
    """Give the browser something to keep; without ``minutes`` until it is closed."""
    age = None if minutes is None else minutes * 60
    response.set_cookie(name, value, max_age=age, secure=config().secure, httponly=True, samesite="Lax")


def visit_of(request: HttpRequest) -> UUID | None:
    """Which browser this is: a random number of the portal's own, to which a card's challenge is bound."""
    try:
        return UUID(request.COOKIES.get(VISIT, ""))
    except ValueError:
        return None


def new_visit() -> UUID:
    """A number for a browser that has none."""
    return randomness.identifier()


def present(request: HttpRequest, reading: Reading, expected: str = "") -> PresentedCard:
    """The card that this browser put in. Raises :class:`Refused`."""
    visit = visit_of(request)
    if visit is None:
        raise Refused(Problem.CARD_CHALLENGE_EXPIRED)
    return presenting.present(
        visit,
        reading.token,
        reading.block,
        reading.response,
        state=reading.state,
        expected=expected,
        source=source_of(request),
    )


def act_of(request: HttpRequest, *acts: str) -> str:
    """Which of a page's buttons was pressed; empty when it is only opened. Raises :class:`Refused` for any other."""
    act = request.POST.get("act", "")
    if request.method == "POST" and act not in acts:
        raise Refused(Problem.BAD_REQUEST)
    return act


def form_page(
    request: HttpRequest,
    template: str,
    form: Form,
    act: Callable[[], HttpResponse],
    context: Mapping[str, object] | None = None,
) -> HttpResponse:
    """A page with a form: what was sent is carried out once it is right, and what is wrong is told on the page.

    Raises :class:`Refused` for what cannot be mended there.
    """
    refusal = None
    if form.is_bound and form.is_valid():
        done = mendable(act)
        if isinstance(done, HttpResponse):
            return done
        refusal = done
    return told_page(request, template, form, refusal, context)


def told_page(
    request: HttpRequest,
    template: str,
    form: Form,
    refusal: Refused | None,
    context: Mapping[str, object] | None = None,
) -> HttpResponse:
    """A page with a form, and why it was refused if it was."""
    status = refusal.problem.value.status if refusal else 400 if form.is_bound else 200
    return page(request, template, {**(context or {}), "form": form, "refusal": refusal}, status=status)


def mendable(act: Callable[[], HttpResponse]) -> HttpResponse | Refused:
    """Carry out an act; a refusal that the person can mend on the page is given back. Raises :class:`Refused`."""
    try:
        return act()
    except Refused as refusal:
        if refusal.problem not in _MENDABLE:
            raise
        return refusal


def signed_in(request: HttpRequest) -> PortalSignedIn | None:
    """Who is signed in to the portal in this browser."""
    secret = request.COOKIES.get(SESSION)
    return signing_in.session(secret) if secret else None


def begin(response: HttpResponseBase, secret: str) -> None:
    """Give the browser its session."""
    set_cookie(response, SESSION, secret)


def signed_in_required(view: _View[_Rest]) -> Callable[..., HttpResponse]:
    """Let only signed-in members through; others are led to signing in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: _Rest.args, **kwargs: _Rest.kwargs) -> HttpResponse:
        signed = signed_in(request)
        if signed is not None:
            return view(request, signed, *args, **kwargs)
        if request.method != "GET" or "application/json" in request.headers.get("Accept", ""):
            raise Refused(Problem.PORTAL_SIGN_IN_NEEDED)
        return redirect("/portal/")

    return guarded_by("portal", guarded)

"""裝置認證: choose a way to bind this phone; the last step of each way; and the other ways after a refusal."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from nhi_express.devices.forms import phone_proof, posted
from nhi_express.devices.views import begin, remember, remembered, safe_next
from nhi_express.enrolment import flows
from nhi_express.enrolment.forms import FinishForm
from nhi_express.enrolment.models import Attempt
from nhi_express.enrolment.rules import Advice
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused

# Problems that belong to a field are shown at the field; the rest have a page of their own.
_AT_FIELD = {
    Problem.PASSWORD_TOO_SHORT,
    Problem.PASSWORD_TOO_LONG,
    Problem.PASSWORD_COMMON,
    Problem.PASSWORD_CONTEXT,
    Problem.TOO_MANY_DEVICES,
}

# Name of the way: title, why it suits, what its button says, where it leads.
_WAYS: dict[str, tuple[Promise, Promise, Promise, str]] = {
    "retry": (
        _("Try once more"),
        _("Most people succeed the second time."),
        _("Try once more"),
        "/app/bind/mobile/line",
    ),
    "card": (
        _("Register with a computer and a card reader"),
        _("Put in your NHI card, then bind this phone with a device code. Whose number it is does not matter."),
        _("See how it works"),
        "/help/q/12/",
    ),
    "card_foreign": (
        _("Register with a computer and a card reader"),
        _("With your NHI card and your chip residence permit; no household number is needed."),
        _("See how it works"),
        "/help/q/12/",
    ),
    "counter_citizen": (
        _("Go to a service counter"),
        _("Bring your NHI card, ID card and household certificate; they bind the phone with you."),
        _("Find a service counter"),
        "/help/offices/",
    ),
    "counter_foreign": (
        _("Go to a service counter"),
        _("Bring your NHI card and your chip residence permit; they bind the phone with you."),
        _("Find a service counter"),
        "/help/offices/",
    ),
    "counter_child": (
        _("Go to a service counter together"),
        _("Parent and child bring their NHI cards and the household certificate. The number does not matter there."),
        _("Find a service counter"),
        "/help/offices/",
    ),
    "unit_code": (
        _("Use the activation code"),
        _("It is in the insurer's letter or mail to you. Whose number it is does not matter."),
        _("Type or scan the code"),
        "/app/bind/unit/code/",
    ),
    "own_line": (
        _("Use a monthly-plan number in your own name"),
        _("Come back and try again once you have one."),
        _("Which numbers work?"),
        "/help/q/9/",
    ),
}


def ways_shown(advice: Iterable[Advice]) -> list[dict[str, object]]:
    """The ways on, as the pages list them."""
    return [_shown(item) for item in advice]


def _shown(item: Advice) -> dict[str, object]:
    title, text, act, url = _WAYS[item.way]
    return {"title": title, "text": text, "act": act, "url": url, "best": item.best}


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The ways there are, the quickest first."""
    return render(request, "enrolment/choose.html", {"next": safe_next(request)})


def finish_page(request: HttpRequest, attempt: Attempt, base: str) -> HttpResponse:
    """The last step of a channel whose pages begin with ``base``: a password, and the phone's unlock."""
    form = FinishForm(posted(request))
    problem = None
    if form.is_bound and form.is_valid():
        try:
            return _finished(request, attempt, form, base)
        except Refused as refusal:
            problem = refusal.problem
            if problem not in _AT_FIELD:
                raise
    status = problem.value.status if problem else 400 if form.is_bound else 200
    step = flows.last_step(attempt)
    context = {"attempt": attempt, "form": form, "step": step, "problem": problem, "base": base}
    return render(request, "enrolment/finish.html", context, status=status)


def _finished(request: HttpRequest, attempt: Attempt, form: FinishForm, base: str) -> HttpResponse:
    target = flows.next_page(attempt)
    wish = flows.Finish(phone_proof(request.POST), form.wished_password(), form.wished_removal(), get_language())
    device, secret = flows.finish(attempt, wish)
    response = redirect(f"{base}done?{urlencode({'next': target})}")
    begin(response, secret)
    remember(response, [device.id, *remembered(request)])
    return response


def done_page(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Registered and bound. The page tells the phone's script which binding its new key belongs to."""
    context = {
        "channel": attempt.channel,
        "device": attempt.device,
        "identifier": flows.bound_identifier(attempt),
        "next": safe_next(request),
    }
    response = render(request, "enrolment/done.html", context)
    # The answer of the last step may have been lost on its way; this browser finished it, so its phone may remember.
    here = remembered(request)
    if attempt.device and attempt.device not in here:
        remember(response, [attempt.device, *here])
    return response

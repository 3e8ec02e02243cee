"""裝置認證: choose a way to bind this phone; and the words for the other ways after a refusal."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from nhi_express.devices.views import safe_next
from nhi_express.enrolment.rules import Advice

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
        _("See what to bring"),
        "/help/q/10/",
    ),
    "counter_foreign": (
        _("Go to a service counter"),
        _("Bring your NHI card and your chip residence permit; they bind the phone with you."),
        _("See what to bring"),
        "/help/q/10/",
    ),
    "counter_child": (
        _("Go to a service counter together"),
        _("Parent and child bring their NHI cards and the household certificate. The number does not matter there."),
        _("See what to bring"),
        "/help/q/10/",
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

"""The units' desk, clients of the API: none yet, some, one just made, and what can be wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace

from django.http import QueryDict
from django.utils.translation import gettext as _

from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.site.gallery.page import Context, Page
from nhi_express.units.flows.clients import MOST_CLIENTS, Listed
from nhi_express.units.forms import ClientForm
from nhi_express.units.views.clients import addresses

_AT = datetime(2026, 11, 23, 6, 32, 10, tzinfo=UTC)
_ID = "0Zx3pQmV7yTcR1sKfHdWbA"
_SOME = [
    Listed(_ID, "示範薪資系統", "甘○玉", _AT, _AT),
    Listed("9nB2uLqE5gJtXvYwMzC4oD", "HR Cloud", "甘○玉", _AT, None),
]


def _desk(*, responsible: bool = True, agent: bool = False) -> Context:
    desk = SimpleNamespace(unit=SimpleNamespace(code="900000001"), responsible=responsible, as_agent=agent)
    return {"desk": desk, "unit_name": "示範沙盒股份有限公司", "at": "/units/clients/", "idle": 900}


def _clients(
    clients: list[Listed], *, wrong: bool = False, full: bool = False, responsible: bool = True, agent: bool = False
) -> Context:
    form = ClientForm(QueryDict("name=") if wrong else None)
    refusal = Refused(Problem.TOO_MANY_CLIENTS, most=MOST_CLIENTS) if full else None
    context = {"clients": clients, "form": form, "refusal": refusal, **addresses()}
    return {**_desk(responsible=responsible, agent=agent), **context}


def _end() -> Context:
    words = {
        "title": _("End the client “%(name)s”?") % {"name": _SOME[0].name},
        "body": _("The payroll system can do nothing more from this moment on. What it sent before stays as it is."),
        "act": _("End the client"),
    }
    return {**_desk(), **words, "danger": True, "action": "/units/clients/", "back": "/units/clients/"}


def _made() -> Context:
    # A look of a secret only: nobody has it.
    shown = {"name": _SOME[0].name, "client_id": _ID, "secret": "not-a-secret-0000000000000000000000000000000"}
    return {**_desk(), **shown, **addresses()}


PAGES = (
    Page(
        "units-clients",
        "units/clients.html",
        {
            "none": partial(_clients, []),
            "some": partial(_clients, _SOME),
            "name-missing": partial(_clients, _SOME, wrong=True),
            "too-many": partial(_clients, _SOME, full=True),
            "officer": partial(_clients, _SOME, responsible=False),
            "agent": partial(_clients, [], responsible=False, agent=True),
        },
    ),
    Page("units-client-made", "units/client_made.html", {"made": _made}),
    Page("units-client-end", "units/ask.html", {"ask": _end}),
)

"""The shell's own pages."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from nhi_express.devices.views import MemberHere
from nhi_express.help.catalogue import Problem
from nhi_express.help.news import News, Severity, Words
from nhi_express.site import problems
from nhi_express.site.gallery.page import Context, Page

FAMILY = (
    MemberHere(UUID(int=1), "陳○華", True, True),
    MemberHere(UUID(int=2), "N***** V** A**", True, False),
)
REFUSED_HERE = MemberHere(UUID(int=3), "林○", False, True)
_NONE: dict[str, object] = {"news": (), "name": "", "members": ()}
_OUTAGE = News(
    "pause",
    Words("今晚 2 時到 6 時暫停服務", "The service pauses from 2 to 6 tonight"),
    Words(
        "期間無法註冊或綁定手機。已綁定的手機可以照常使用。",
        "Registering and binding pause. Bound phones work.",
    ),
    datetime(2026, 12, 5, 18, tzinfo=UTC),
    datetime(2026, 12, 5, 22, tzinfo=UTC),
    Severity.OUTAGE,
)

_DETAILS = {"until": datetime(2026, 11, 23, 6, 32, 10, tzinfo=UTC), "left": 3, "most": 5}


# One of each shape: with and without steps, question, values; each colour. All codes have a page of their own in help.
_SHOWN = ("PREPAID", "ATTEMPT_EXPIRED", "REGISTRATION_SUSPENDED", "LOCKED", "NOT_FOUND", "SERVER_ERROR")


def _problem(name: str) -> Context:
    return {"problem": problems.shown(Problem[name], _DETAILS), "shell": "site/app.html"}


PAGES = (
    Page(
        "home",
        "site/home.html",
        {
            "unbound": {**_NONE, "state": "unbound"},
            "locked": {**_NONE, "state": "locked", "members": FAMILY},
            "signed-in": {**_NONE, "state": "signed-in", "name": "陳○華"},
            "news": {**_NONE, "state": "unbound", "news": (_OUTAGE,)},
        },
    ),
    Page("problem", "site/problem.html", {name.lower().replace("_", "-"): partial(_problem, name) for name in _SHOWN}),
    Page("offline", "site/offline.html", {"plain": {}}),
)

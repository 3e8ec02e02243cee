"""A: what can go wrong with an attempt itself: its time, its order, its browser."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nhi_express.help.entry import Entry, Severity

_ONE_TAB = _("Begin again, and stay in one browser tab until it is done.")

ATTEMPT_MISSING = Entry(
    "A-01",
    409,
    _("No verification is under way here"),
    _(
        "Perhaps it was begun in another tab or another browser, or the browser has cleared its data. "
        "Nothing has been registered."
    ),
    (_ONE_TAB,),
    question=2,
    severity=Severity.FIRST,
)
ATTEMPT_EXPIRED = Entry(
    "A-02",
    410,
    _("The time for this verification is over"),
    _(
        "Each step has to be done within a few minutes. This protects you if phone or computer are left alone. "
        "Nothing has been registered."
    ),
    (_("Have your NHI card at hand, then begin again."),),
    question=2,
    severity=Severity.FIRST,
)
ATTEMPT_OUT_OF_ORDER = Entry(
    "A-03",
    409,
    _("This step is not next"),
    _("The steps have to be done in order. Perhaps you went back, or opened the page a second time."),
    (_("Begin again, and follow the buttons on the pages."),),
    question=2,
    severity=Severity.FIRST,
)
CALLBACK_MISMATCH = Entry(
    "A-04",
    400,
    _("This answer does not belong to your verification"),
    _(
        "The page that brought you here belongs to another verification, perhaps an earlier one of yours. "
        "Nothing has been registered."
    ),
    (_ONE_TAB, _("If somebody sent you this link, close the page and tell the hotline.")),
    question=2,
)
ATTEMPT_DONE = Entry(
    "A-05",
    409,
    _("This verification is already done"),
    _("Everything has been registered once, and once is enough. You need not do it again."),
    (_("Open the app and unlock your phone as you usually do."),),
    question=3,
    severity=Severity.PLAIN,
)
TERMS_NOT_ACCEPTED = Entry(
    "A-06",
    400,
    _("Please read the terms and agree to them first"),
    _("Without your agreement we may not register you. Perhaps the terms have changed since you opened the page."),
    (_("Open the terms again, read them, and tick the box if you agree."),),
    question=2,
    severity=Severity.FIRST,
)

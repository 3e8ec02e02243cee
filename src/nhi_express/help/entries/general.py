"""G: what is not about a person's data at all."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nhi_express.help.entry import Entry, Severity

NOT_FOUND = Entry(
    "G-01",
    404,
    _("There is no such page"),
    _("The address may be mistyped, or the page has moved."),
    (_("Go back to the start and look for it from there."),),
    severity=Severity.PLAIN,
)
FORBIDDEN = Entry(
    "G-02",
    403,
    _("This page has been open too long"),
    _("For safety we accept only forms that were opened a short time ago, in this browser. Nothing has been changed."),
    (
        _("Go back, load the page again, and try once more."),
        _("If it happens again, allow cookies for this site in the browser's settings."),
    ),
    severity=Severity.FIRST,
)
BAD_REQUEST = Entry(
    "G-03",
    400,
    _("We could not read what was sent"),
    _("Something in it was incomplete or not as expected. Nothing has been changed."),
    (_("Go back, load the page again, and try once more."),),
    severity=Severity.FIRST,
)
SERVER_ERROR = Entry(
    "G-04",
    500,
    _("Something went wrong on our side"),
    _("It is not your fault. The error has been recorded, and we will look into it."),
    (_("Wait a few minutes, then try again."), _("If it still fails, call the hotline.")),
    question=8,
)
MAINTENANCE = Entry(
    "G-05",
    503,
    _("The service is resting for maintenance"),
    _("We are working on it, and it will be back. Your data are safe."),
    (_("Please come back later."), _("If it is urgent, go to a service counter or call the hotline.")),
    question=8,
    severity=Severity.PLAIN,
)

"""Bound or not, the password, and where to find a number (seed Q3, Q7, Q13, Q14)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nhi_express.help.answers.blocks import Bullets, Links, Notice, Paragraph, Picture, Question
from nhi_express.help.answers.places import BY_NUMBER, PORTAL

_Q3 = Question(
    3,
    _("I forgot whether my phone is bound. What should I do?"),
    (
        Paragraph(
            _(
                "Nothing special. Open the app and tap My Health Bank or NHI Counter. The app sees by itself whether "
                "this phone is bound. If it is not, it leads you through the binding and then back to what you had "
                "tapped."
            )
        ),
        Paragraph(_("A phone has to be bound again if:")),
        Bullets(
            (
                _("it is a new phone,"),
                _("the app was installed anew, or the browser's data were deleted,"),
                _("its binding was deleted."),
            )
        ),
    ),
    see=(2, 6),
)

_Q7 = Question(
    7,
    _("I forgot my password. What now?"),
    (
        Paragraph(
            _(
                "Verify yourself again, in the same way as the first time, and set a new password. The new one counts "
                "at once, and we tell you of the change by e-mail if we have your address."
            )
        ),
        Notice(
            _("A good password"),
            _(
                "At least 8 characters. A sentence of your own is safer than a short word with special characters, and "
                "easier to keep in mind."
            ),
            look="plain",
        ),
        Links((BY_NUMBER, PORTAL)),
    ),
    see=(2, 6),
)

_Q13 = Question(
    13,
    _("Where do I find the household number?"),
    (
        Paragraph(_("It is the number at the upper left of the household certificate.")),
        Picture(
            "help/household-number.svg",
            _("Drawing of a household certificate: the household number is marked at the upper left."),
            480,
            320,
        ),
        Paragraph(
            _(
                "Only citizens who register with a card reader need it. Foreign residents have none; they use their "
                "chip residence permit."
            )
        ),
    ),
    see=(1, 10),
)

_Q14 = Question(
    14,
    _("Where do I find the number of my NHI card?"),
    (
        Paragraph(_("It is the 12-digit number at the lower left of the card's front.")),
        Picture(
            "help/card-number.svg",
            _("Drawing of a card's front: the 12 digits are at the lower left, and the last four are marked."),
            480,
            304,
        ),
        Paragraph(
            _("For verification by mobile number you type only the last four digits. Please use your newest card.")
        ),
    ),
    see=(2, 4),
)

QUESTIONS = (_Q3, _Q7, _Q13, _Q14)

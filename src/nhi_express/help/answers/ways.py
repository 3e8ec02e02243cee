"""Ways to register and to bind a phone (seed Q1, Q2, Q6, Q10, Q12)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nhi_express.help.answers.blocks import Bullets, Links, Notice, Paragraph, Part, Question, Steps
from nhi_express.help.answers.places import BY_CODE, BY_NUMBER, CHECK, DOWNLOAD, OFFICES, PORTAL

_Q1 = Question(
    1,
    _("How can I register? Which way suits me?"),
    (
        Paragraph(
            _("There are four ways, for citizens and for foreign residents alike. Choose the one that fits you.")
        ),
        Part(
            "q1-mobile",
            _("By mobile number: the quickest"),
            (
                _("You need: a monthly-plan number in your own name, mobile data (4G/5G), and your NHI card."),
                _(
                    "Type your mobile number, your ID number (foreign residents: UI number) and the last four digits "
                    "of the card number, and choose a password. You are registered and your phone is bound, both at "
                    "once."
                ),
            ),
            (BY_NUMBER,),
        ),
        Part(
            "q1-card",
            _("With a computer and a card reader"),
            (
                _("You need: a computer, a card reader, your NHI card, and an e-mail address to confirm."),
                _(
                    "Citizens also need the household number from the household certificate; foreign residents their "
                    "chip residence permit. Afterwards you bind your phone with a device code. Whose name the mobile "
                    "number is in does not matter."
                ),
                _("The first time, install the card component on the computer, and check whether everything works."),
            ),
            (PORTAL, CHECK, DOWNLOAD, BY_CODE),
        ),
        Part(
            "q1-unit",
            _("Through your employer"),
            (
                _(
                    "If you are insured through a company or another unit, its officer can apply for many people at "
                    "once. You finish the registration yourself; your password and your card never pass through the "
                    "officer."
                ),
            ),
        ),
        Part(
            "q1-counter",
            _("At a service counter"),
            (
                _(
                    "You need no computer, and the phone number need not be in your name. Staff do it together with "
                    "you."
                ),
                _("Citizens: bring your NHI card, ID card and household certificate."),
                _("Foreign residents: bring your NHI card and your chip residence permit."),
            ),
            (OFFICES,),
        ),
    ),
    see=(2, 9, 10, 12),
)

_Q2 = Question(
    2,
    _("How does verification by mobile number work?"),
    (
        Notice(
            _("First switch off Wi-Fi"),
            _("Your operator has to see this phone on its mobile network. Afterwards you can switch Wi-Fi back on."),
        ),
        Steps(
            (
                _("Open the app, choose device verification, then verification by mobile number."),
                _("Read the terms and agree to them."),
                _(
                    "Type your mobile number and your ID number. Foreign residents type the 10-character UI number, "
                    "not the 12-digit number of the permit."
                ),
                _("Your operator confirms the number. This takes a few seconds, and no text message is sent."),
                _("Type the last four digits of your NHI card number."),
                _("Choose a password, and unlock your phone as you usually do."),
            )
        ),
        Paragraph(_("That is all. You are registered, and this phone is bound.")),
        Links((BY_NUMBER,)),
    ),
    see=(4, 5, 14),
)

_Q6 = Question(
    6,
    _("I registered before. Can I still use my mobile number?"),
    (
        Paragraph(_("Yes. If you are registered but your phone is not bound, verify by mobile number in the app.")),
        Paragraph(
            _(
                "Your registration is kept, your phone is bound, and the password you choose takes the place of the "
                "old one. A second phone is bound in the same way."
            )
        ),
        Links((BY_NUMBER, BY_CODE)),
    ),
    see=(2, 3, 7),
)

_Q10 = Question(
    10,
    _("I use neither a computer nor a smartphone with ease. What can I do?"),
    (
        Paragraph(
            _(
                "Come in person to a service counter: a regional division or a liaison office. Staff register you and "
                "bind your phone together with you."
            )
        ),
        Bullets(
            (
                _("Citizens: bring your NHI card, ID card and household certificate."),
                _("Foreign residents: bring your NHI card and your chip residence permit."),
                _("Bring the phone that you want to bind."),
            )
        ),
        Paragraph(_("A family member or carer is welcome to come with you.")),
        Links((OFFICES,)),
    ),
    see=(1, 8),
)

_Q12 = Question(
    12,
    _("What is a device code?"),
    (
        Paragraph(
            _(
                "With a device code you can bind a phone whose number is not in your own name. It has 8 characters and "
                "also comes as a QR code. It works once, and only for a few minutes; if it has run out, make a new one."
            )
        ),
        Notice(
            _("Never use a code that somebody sent to you"),
            _("Use only a code that you made yourself. We never send one, and our staff never ask for yours."),
        ),
        Steps(
            (
                _("On a computer, put your NHI card into the reader and register on the website, if you have not yet."),
                _("Sign in there and press 'Make a device code'. A code and a QR code appear."),
                _("On the phone, open the app and choose to bind by device code."),
                _("Scan the QR code, or type the code with your ID number. The phone is bound."),
            )
        ),
        Paragraph(
            _("Capital and small letters do not matter, and a mix-up of O and 0, or of I, L and 1, is forgiven.")
        ),
        Links((PORTAL, BY_CODE)),
    ),
    see=(1, 13),
)

QUESTIONS = (_Q1, _Q2, _Q6, _Q10, _Q12)

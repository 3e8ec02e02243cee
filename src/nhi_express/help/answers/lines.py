"""Mobile numbers and networks: what works, what does not, and why (seed Q4, Q5, Q8, Q9, Q11)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nhi_express.help.answers.blocks import Bullets, CallUs, Links, Notice, Paragraph, Part, Question, Steps
from nhi_express.help.answers.places import BY_CODE, PORTAL

_Q4 = Question(
    4,
    _("I typed everything as shown. Why does it not work?"),
    (
        Paragraph(_("Please check these one by one. Most people find the reason among the first three.")),
        Steps(
            (
                _("Wi-Fi is off and mobile data is on. A VPN is off too."),
                _("The number is a monthly plan in your own name. Prepaid and company numbers do not work."),
                _(
                    "The number you typed is the one in this phone. With two SIM cards, it is the one chosen for "
                    "mobile data."
                ),
                _("The ID number is right. Foreign residents type the 10-character UI number."),
                _("The NHI card is your newest one, not one that you had reported lost."),
                _("The number has not been reported lost, given back or suspended, and its SIM card is not brand new."),
            )
        ),
        Paragraph(_("If it still does not work, call us. A person will look for the reason with you.")),
        CallUs(),
    ),
    see=(5, 9, 14),
)

_Q5 = Question(
    5,
    _("Why does it have to be mobile data? Why not Wi-Fi?"),
    (
        Paragraph(
            _(
                "Over its own mobile network, the operator can tell which number this phone has, without any text "
                "message. It then compares your mobile number and ID number with its records. Over Wi-Fi nobody can "
                "tell."
            )
        ),
        Paragraph(_("Once you are registered and the phone is bound, you can use the app over mobile data or Wi-Fi.")),
        Part(
            "q5-iphone",
            _("Switch off Wi-Fi on an iPhone"),
            (_("Open Settings, tap Wi-Fi, and switch it off. The button in Control Center is not enough."),),
        ),
        Part(
            "q5-android",
            _("Switch off Wi-Fi on an Android phone"),
            (_("Open Settings, tap Network & internet (on some phones: Connections), and switch Wi-Fi off."),),
        ),
        Part(
            "q5-others",
            _("Wi-Fi is off, but it still fails"),
            (
                _("A VPN or iCloud Private Relay leads the connection around your operator. Switch it off for now."),
                _("With two SIM cards, choose the number to be verified for mobile data."),
                _("Abroad, roaming may not work. Try again in Taiwan, or use another way."),
            ),
        ),
        Part(
            "q5-operators",
            _("Which operators take part?"),
            (
                _("Chunghwa Telecom, Taiwan Mobile and Far EasTone."),
                _(
                    "There used to be five. In December 2023 Taiwan Star became part of Taiwan Mobile, and Asia "
                    "Pacific Telecom part of Far EasTone. Numbers from those two still work."
                ),
            ),
        ),
    ),
    see=(4, 9),
)

_Q8 = Question(
    8,
    _("I have a problem with verification. Whom can I ask?"),
    (
        Paragraph(_("Call the hotline. If a page showed you a code such as M-02, please have it ready.")),
        CallUs(),
        Paragraph(_("We will never ask for your password or for a device code on the telephone.")),
    ),
    see=(4, 10),
)

_Q9 = Question(
    9,
    _("Whose mobile number cannot be used to register?"),
    (
        Paragraph(
            _(
                "These seven kinds of numbers cannot be used. It is the number that does not fit, not you: in another "
                "way you can register all the same, and bind the same phone."
            )
        ),
        Part(
            "q9-parent-child",
            _("1. Parent-child numbers"),
            (
                _("They hang on a parent's contract, so the operator cannot tell who is using the phone."),
                _("Parent and child can go to a service counter together, or use a card reader."),
            ),
        ),
        Part(
            "q9-prepaid",
            _("2. Prepaid numbers"),
            (_("They have no monthly contract, so they cannot be used to show who you are."),),
        ),
        Part(
            "q9-company",
            _("3. Company numbers"),
            (_("They are in a company's name, so the operator holds no data of yours to compare."),),
        ),
        Part(
            "q9-mvno",
            _("4. Numbers from virtual operators"),
            (_("These operators rent another operator's network and do not take part in this verification."),),
        ),
        Part(
            "q9-suspended",
            _("5. Numbers that are suspended or unpaid"),
            (_("Sort it out with your operator. As soon as the number works again, you can use it here."),),
        ),
        Part(
            "q9-not-own",
            _("6. Numbers in somebody else's name"),
            (
                _("A family member's number, for example, even if you are the one who uses it."),
                _("To protect everybody's data we then say only that the data do not match (M-09)."),
            ),
        ),
        Part(
            "q9-other-operator",
            _("7. Numbers from other operators"),
            (
                _("Chunghwa Telecom, Taiwan Mobile and Far EasTone take part."),
                _(
                    "Numbers that were with Taiwan Star or Asia Pacific Telecom belong to Taiwan Mobile and Far "
                    "EasTone since December 2023 and can be used."
                ),
            ),
        ),
        Notice(
            _("What you can do instead"),
            _("Register with a card reader or at a service counter, then bind this phone. Question 1 tells how."),
            look="plain",
        ),
        Links((PORTAL, BY_CODE)),
    ),
    see=(1, 10, 12),
)

_Q11 = Question(
    11,
    _("I am waiting for a text message with a code, but none comes. Why?"),
    (
        Notice(
            _("No text message and no code will come"),
            _("You need not wait. Your operator confirms the number directly, in the background."),
            look="plain",
        ),
        Paragraph(
            _(
                "On the way the phone asks you to unlock it, with your PIN, fingerprint, face or pattern. Do it as "
                "you do every day. Your fingerprint and face stay in the phone."
            )
        ),
        Bullets(
            (
                _("If somebody asks you for a code from a text message, it is not us."),
                _("If the page does not go on, check that Wi-Fi is off, and try again."),
            )
        ),
    ),
    see=(4, 5),
)

QUESTIONS = (_Q4, _Q5, _Q8, _Q9, _Q11)

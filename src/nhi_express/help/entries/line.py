"""M: why a mobile number could not be used (DESIGN 4.2; seed Q4, Q5, Q9).

The other channels are not repeated in ``now``: which of them is best depends on the person, and the page lists them.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nhi_express.help.entry import Entry, Severity

_OTHER_WAY = _("Keep your phone and your number. Register in another way, and this same phone can still be bound.")
_TWO_SIMS = _("Two SIM cards in the phone? In its settings, choose this number for mobile data.")

NOT_ON_MOBILE_NETWORK = Entry(
    "M-01",
    403,
    _("The phone is not using its own mobile network"),
    _(
        "Your operator has to see this phone on its mobile network (4G/5G). Most often Wi-Fi is still switched on. "
        "A VPN, iCloud Private Relay or roaming abroad can also be the reason. Nothing is wrong with your data."
    ),
    (
        _("iPhone: open Settings, tap Wi-Fi, and switch it off."),
        _("Android: open Settings, tap Network & internet (on some phones: Connections), and switch Wi-Fi off."),
        _("If you use a VPN or iCloud Private Relay, switch that off too."),
        _("Make sure that mobile data is on."),
        _TWO_SIMS,
        _("Abroad, roaming may not work for this. Try again when you are back in Taiwan."),
        _("Then try again. Once you are done, you can switch Wi-Fi back on."),
    ),
    question=5,
    severity=Severity.FIRST,
)
PREPAID = Entry(
    "M-02",
    403,
    _("This is a prepaid number"),
    _(
        "Your operator tells us that this number is prepaid. Prepaid numbers cannot be used to show who you are. "
        "You did nothing wrong, and your data are fine."
    ),
    (_OTHER_WAY,),
    question=9,
    part="q9-prepaid",
)
PARENT_CHILD = Entry(
    "M-03",
    403,
    _("This is a parent-child number"),
    _(
        "A parent-child number hangs on a parent's contract, so your operator cannot tell from it who is using the "
        "phone. You did nothing wrong, and your data are fine."
    ),
    (_OTHER_WAY,),
    question=9,
    part="q9-parent-child",
)
COMPANY = Entry(
    "M-04",
    403,
    _("This is a company number"),
    _(
        "The number is in a company's name, so your operator holds no data of yours to compare. "
        "You did nothing wrong, and your data are fine."
    ),
    (_OTHER_WAY,),
    question=9,
    part="q9-company",
)
MVNO = Entry(
    "M-05",
    403,
    _("This number is from a virtual operator"),
    _(
        "Virtual operators rent the network of another operator. They do not take part in this verification. "
        "You did nothing wrong, and your data are fine."
    ),
    (_OTHER_WAY,),
    question=9,
    part="q9-mvno",
)
SUSPENDED_LINE = Entry(
    "M-06",
    403,
    _("This number is not in normal use at the moment"),
    _(
        "Your operator tells us that the number cannot be used now. It may be suspended, unpaid, reported lost, "
        "or given back. Your health insurance data are fine."
    ),
    (
        _("Ask your operator what is the matter with the number."),
        _("When the number works again, come back and try again."),
        _("If you have a new number by now, use that one."),
    ),
    question=9,
    part="q9-suspended",
)
OPERATOR_UNLISTED = Entry(
    "M-07",
    403,
    _("This number's operator does not take part"),
    _(
        "This verification works with numbers of Chunghwa Telecom, Taiwan Mobile and Far EasTone. "
        "You did nothing wrong, and your data are fine."
    ),
    (_OTHER_WAY,),
    question=9,
    part="q9-other-operator",
)
NUMBER_MISMATCH = Entry(
    "M-08",
    403,
    _("The number you typed is not the number of this phone"),
    _(
        "Your operator sees another number on this phone. Perhaps a digit was mistyped, or the phone has two SIM "
        "cards and went online with the other one."
    ),
    (_("Check the number, and type it again."), _TWO_SIMS, _("Use the phone that this number belongs to.")),
    question=4,
)
DATA_DO_NOT_MATCH = Entry(
    "M-09",
    403,
    _("The data do not match"),
    _(
        "What you typed does not agree with the records. The number may be in somebody else's name, a character may "
        "be mistyped, the NHI card may not be your newest one, or you may not be insured at present. To protect "
        "everybody's data, we do not say which."
    ),
    (
        _("Check the ID number, letter by letter. Foreign residents: the 10-character UI number on the permit."),
        _("Take your newest NHI card and check its number again."),
        _("Use a number that you signed up for yourself, in your own name."),
        _("If everything is right, call the hotline. They can look it up with you."),
    ),
    question=4,
)
LINE_UNKNOWN = Entry(
    "M-10",
    403,
    _("Your operator could not tell us enough about this number"),
    _(
        "We asked your operator what kind of number this is and got no clear answer. To be safe, we did not go on. "
        "It is not your fault."
    ),
    (_("Ask your operator whether the number is a monthly plan in your own name."), _OTHER_WAY),
    question=9,
)
SIM_CHANGED = Entry(
    "M-11",
    403,
    _("The SIM card of this number was changed a short time ago"),
    _(
        "After a change of SIM card we wait a few days. This protects you in case somebody else had your number "
        "moved to their own card."
    ),
    (
        _("If you changed the card yourself, try again in a few days. You need not wait if you use another way."),
        _("If you did not change it, call your operator right now, and then the hotline."),
    ),
    question=4,
)
OPERATOR_DOWN = Entry(
    "M-12",
    503,
    _("Your operator is not answering at the moment"),
    _("We could not reach your operator's system. It is not your fault, and nothing has been registered yet."),
    (_("Wait a few minutes, then try again."), _("If it still fails, call the hotline.")),
    question=8,
    severity=Severity.PLAIN,
)

"""C, V: the NHI card, its reader and component on a computer; device codes on a phone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nhi_express.help.entry import Entry, Severity

AGENT_MISSING = Entry(
    "C-01",
    503,
    _("The card component does not answer"),
    _(
        "This page reads your NHI card through a small program on this computer. It is not installed, "
        "not running, or the browser was not allowed to reach it."
    ),
    (
        _("Install the component from the download page, then try again."),
        _("If the browser asks whether this page may reach devices on your local network, allow it."),
        _("Look at the environment check: it tells what is missing."),
    ),
    question=1,
    severity=Severity.FIRST,
)
AGENT_TOO_OLD = Entry(
    "C-02",
    426,
    _("The card component is too old"),
    _("This portal works with a newer version of the component than the one on this computer."),
    (_("Install the newest version from the download page, then try again."),),
    question=1,
    severity=Severity.FIRST,
)
PCSC_MISSING = Entry(
    "C-03",
    503,
    _("This computer's smart card service is not running"),
    _("Every system has a service of its own through which programs reach card readers. Here it does not answer."),
    (
        _("Restart the computer and try again."),
        _("On Linux, install and start pcscd."),
    ),
    question=1,
    severity=Severity.FIRST,
)
NO_READER = Entry(
    "C-04",
    404,
    _("No card reader was found"),
    _("The component works, but no card reader is plugged in, or the computer does not see it."),
    (
        _("Plug the reader in, directly into the computer, and wait a few seconds."),
        _("Try another USB socket."),
    ),
    question=1,
    severity=Severity.FIRST,
)
NO_CARD = Entry(
    "C-05",
    404,
    _("No card is in the reader"),
    _("The reader is there, but it sees no card."),
    (_("Put your NHI card in, chip first and facing up, until it stops."),),
    question=1,
    severity=Severity.FIRST,
)
NOT_NHI_CARD = Entry(
    "C-06",
    422,
    _("This is not an NHI card"),
    _("The card in the reader answers, but it is another kind of card, or it is in the wrong way round."),
    (_("Take it out, check that it is your NHI card, and put it in again, chip first and facing up."),),
    question=1,
    severity=Severity.FIRST,
)
CARD_UNREADABLE = Entry(
    "C-07",
    422,
    _("The card cannot be read"),
    _("The card gave no answer that makes sense. Often the chip is only dirty; sometimes the card is broken."),
    (
        _("Take the card out, wipe the chip with a soft dry cloth, and put it in again."),
        _("Try another reader."),
        _("If it still cannot be read, a service counter can replace the card."),
    ),
    question=14,
)
CARD_PULLED = Entry(
    "C-08",
    409,
    _("The card was taken out too early"),
    _("The card left the reader while it was being read. Nothing was changed."),
    (_("Put the card in again and leave it there until the page says that it is done."),),
    question=1,
    severity=Severity.FIRST,
)
READER_BUSY = Entry(
    "C-09",
    409,
    _("Another program or tab is using the reader"),
    _("Only one at a time can use a card reader."),
    (_("Close other tabs and programs that use the card reader, wait a few seconds, and try again."),),
    question=1,
    severity=Severity.FIRST,
)
AGENT_REFUSED = Entry(
    "C-10",
    403,
    _("The card component refused this page"),
    _("The component talks only to the portal it was set up for, and only to a page that it has been paired with."),
    (
        _("Reload the page and try again."),
        _("If you came here by a link from somebody else, close the page and type the portal's address yourself."),
    ),
    question=1,
    severity=Severity.FIRST,
)
TWO_CARDS = Entry(
    "C-11",
    409,
    _("There are cards in two readers"),
    _("We cannot know which of them is meant."),
    (_("Leave only the card in that you want to use, and try again."),),
    question=1,
    severity=Severity.FIRST,
)
CARD_SWAPPED = Entry(
    "C-12",
    409,
    _("This is not the card that was read before"),
    _("Between reading and sending, another card was put into the reader. Nothing was changed."),
    (_("Put the first card in again, or begin anew with the card that you want to use."),),
    question=1,
)
CARD_NOT_VALID = Entry(
    "C-13",
    403,
    _("This NHI card is no longer valid"),
    _("It was reported lost, or replaced by a newer one."),
    (
        _("Use your newest NHI card."),
        _("If you have no other card, a service counter can issue one."),
    ),
    question=14,
)
CARD_NOT_AUTHENTIC = Entry(
    "C-14",
    403,
    _("The card could not prove that it is genuine"),
    _("Your NHI card has to answer a question that only the real card can answer. This one did not."),
    (
        _("Take the card out, put it in again, and try once more."),
        _("If it happens again, go to a service counter with the card."),
    ),
    question=1,
)
ISSUER_DOWN = Entry(
    "C-15",
    503,
    _("Cards cannot be checked at the moment"),
    _("The service that tells whether a card is genuine does not answer. Nothing is wrong with your card."),
    (
        _("Try again in a few minutes."),
        _("On your own phone line, mobile verification works without a card reader."),
    ),
    question=1,
    severity=Severity.FIRST,
)
CARD_DATA_DO_NOT_MATCH = Entry(
    "C-16",
    403,
    _("The data do not match"),
    _("What was read and typed does not agree with the insurer's register. To protect you, we do not say which part."),
    (
        _("Check the household number on the household certificate, and the registered address."),
        _("If you moved or changed your number lately, the register may not know yet."),
        _("If everything is right, call the hotline or go to a service counter."),
    ),
    question=13,
)
PERMIT_UNREADABLE = Entry(
    "C-17",
    422,
    _("The residence permit cannot be read"),
    _("The card in the reader is no chip residence permit, or its chip gave no answer that makes sense."),
    (_("Take the NHI card out, put the chip residence permit in, chip first and facing up, and try again."),),
    question=1,
    severity=Severity.FIRST,
)
PERMIT_DOES_NOT_MATCH = Entry(
    "C-18",
    403,
    _("This residence permit does not fit"),
    _("It has expired, or it belongs to somebody else than the NHI card."),
    (
        _("Use your own, valid residence permit."),
        _("If yours was renewed lately, go to a service counter with both cards."),
    ),
    question=1,
)
CARD_CHALLENGE_EXPIRED = Entry(
    "C-19",
    410,
    _("Please read the card once more"),
    _("The card's answer came too late, or was sent twice. This protects you if the computer is left alone."),
    (_("Leave the card in and press the button once more."),),
    question=1,
    severity=Severity.FIRST,
)
CARD_CHANNEL_CLOSED = Entry(
    "C-20",
    503,
    _("Registration by card is closed at the moment"),
    _("This installation has no service that could check cards."),
    (_("Use mobile verification in the app, or go to a service counter."),),
    question=1,
    severity=Severity.FIRST,
)
OTHER_PROOF_NEEDED = Entry(
    "C-21",
    400,
    _("This card needs the other document"),
    _(
        "Citizens prove who they are by the household certificate, foreign residents by the chip residence permit. "
        "You gave the one that does not go with this card. Nothing was changed."
    ),
    (_("Choose the other document and press the button once more."),),
    question=1,
    severity=Severity.FIRST,
)
CODE_WRONG = Entry(
    "V-01",
    403,
    _("This device code does not work"),
    _(
        "The code and the ID number do not belong together, or the code is no longer good. To protect "
        "you, we do not say which."
    ),
    (
        _("Compare the code with the one on the computer, letter by letter."),
        _("Make a new code on the computer and use that one."),
    ),
    question=12,
)
CODE_EXPIRED = Entry(
    "V-02",
    410,
    _("This device code has expired"),
    _("A device code is good for a few minutes only."),
    (_("Make a new code on the computer, and scan or type that one."),),
    question=12,
    severity=Severity.FIRST,
)
CODE_USED = Entry(
    "V-03",
    409,
    _("This device code was used already"),
    _("Each code binds one phone, once."),
    (
        _("Make a new code on the computer for another phone."),
        _("If it was not you who used it, delete that phone on the portal at once, or call the hotline."),
    ),
    question=12,
    severity=Severity.FIRST,
)
QR_FOREIGN = Entry(
    "V-04",
    400,
    _("This QR code is not ours"),
    _("It leads to another site. We did not open it."),
    (
        _("Scan only the QR code that you made yourself on the portal, or the one in the insurer's letter to you."),
        _("If somebody sent it to you, do not use it."),
    ),
    question=12,
)
CODE_ON_COMPUTER = Entry(
    "V-05",
    400,
    _("Use the code on your phone"),
    _("A code binds the device on which it is used. This looks like a computer."),
    (_("Open the app on your phone and scan or type the code there."),),
    question=12,
    severity=Severity.FIRST,
)

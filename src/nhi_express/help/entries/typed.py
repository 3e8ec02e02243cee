"""P, I: what was typed. The titles stand at the field, so each says by itself what to type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from nhi_express.help.entry import Entry, Severity

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Text


def _mend(code: str, title: Text, body: Text, *now: Text, question: int | None = None) -> Entry:
    return Entry(code, 400, title, body, now, question=question, severity=Severity.FIRST)


_SENTENCE = _("Try a sentence that only you would think of; it may hold spaces and Chinese characters.")

PASSWORD_TOO_SHORT = _mend(
    "P-01",
    _("The password is too short. It needs at least 8 characters."),
    _("A longer password is harder to guess. It needs no special characters."),
    _SENTENCE,
    question=7,
)
PASSWORD_TOO_LONG = _mend(
    "P-02",
    _("The password is too long. It may have up to 128 characters."),
    _("A good password can be much shorter than that."),
    _SENTENCE,
    question=7,
)
PASSWORD_COMMON = _mend(
    "P-03",
    _("Too many people use this password. Please choose another."),
    _("Passwords that many people use are the first that a thief tries."),
    _SENTENCE,
    question=7,
)
PASSWORD_CONTEXT = _mend(
    "P-04",
    _("This password is easy to guess, because it names you or this service. Please choose another."),
    _("ID number, birthday, card number, mobile number and words such as NHI are the first that a thief tries."),
    _SENTENCE,
    question=7,
)

ID_NUMBER_INVALID = _mend(
    "I-01",
    _("Please check the ID number. It has 10 characters, for example A123456789."),
    _("An ID number begins with one letter. The UI number of foreign residents begins with one or two letters."),
    _("Look at the card and type the number again. Small letters are fine."),
    question=2,
)
ID_NUMBER_IS_PERMIT_NUMBER = _mend(
    "I-02",
    _("This is the 12-digit number of the permit. Please type the 10-character UI number."),
    _("Both stand on the residence permit, and many people mix them up. The UI number begins with a letter."),
    _("Look for the UI number (統一證號) on the residence permit and type it."),
    question=2,
)
PHONE_NUMBER_INVALID = _mend(
    "I-03",
    _("Please type a mobile number of Taiwan: 10 digits that begin with 09."),
    _("Landline numbers and foreign numbers cannot be used for this verification."),
    _("Check the number and type it again."),
    question=2,
)
CARD_LAST4_INVALID = _mend(
    "I-04",
    _("Please type the last four digits of your NHI card number."),
    _("The card number has 12 digits and stands at the lower left of the card's front. We ask only for the last four."),
    _("Look at your newest NHI card and type the last four digits."),
    question=14,
)
EMAIL_INVALID = _mend(
    "I-05",
    _("Please check the e-mail address. It looks like name@example.com."),
    _("Something is missing in this address, or there is a character that cannot be part of one."),
    _("Type the address again, without spaces."),
)
EMAIL_CODE_WRONG = _mend(
    "I-06",
    _("The code is not right. Please type the 8 digits from the newest mail."),
    _("When a new code is sent, the older ones no longer work."),
    _("Open the newest mail from us and type its code."),
)
EMAIL_CODE_EXPIRED = _mend(
    "I-07",
    _("This code no longer works. Please have a new one sent."),
    _("A code works once and for a limited time. After several wrong tries it stops working too."),
    _("Have a new code sent, and type it when it arrives."),
)
FIELD_TOO_LONG = _mend(
    "I-08",
    _("This is too long. Please type less."),
    _("More characters came in than this field can hold. Perhaps something else was pasted by mistake."),
    _("Clear the field and type it again."),
)
ID_NUMBER_CHECKSUM = _mend(
    "I-09",
    _("A character of the ID number is mistyped. Please compare it with your card."),
    _("The last digit is worked out from all the others. Here it does not fit, so one of them must be wrong."),
    _("Compare character by character. Letter O and digit 0, letter I and digit 1 look alike."),
    question=2,
)
FIELD_REQUIRED = _mend(
    "I-10",
    _("Please fill this in."),
    _("We need this to go on."),
    _("Fill in the field that is marked, then go on."),
)
HOUSEHOLD_NUMBER_INVALID = Entry(
    "I-11",
    400,
    _("This is not a household number"),
    _("It usually has one letter and seven digits and stands at the top left of the household certificate."),
    (_("Look at the picture and type it again."),),
    question=13,
    severity=Severity.FIRST,
)

"""What letters and slips say, in English for the translators; each page holds it in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_LANGUAGES: Final = {"zh": "zh-hant", "en": "en"}

_OPEN: Final = _(
    "Open the QR code with your phone's camera. Or open %(site)s and choose “My employer has begun it for me”."
)

LETTER: Final[Mapping[str, Promise]] = {
    "title": _("Your activation code for online services"),
    "begun": _("Your employer or insured unit has begun a registration for you:"),
    "why": _("Only you can finish it. Your unit does not know this code and cannot finish for you."),
    "code": _("Activation code"),
    "how": _("How to finish"),
    "step1": _(
        "Open the QR code with your phone's camera. Or open %(site)s and choose “My employer has begun it for me”."
    ),
    "step2": _("Type your ID number and the activation code, unless you used the QR code."),
    "step3": _("Have your NHI card and your household certificate ready (foreign residents: your residence permit)."),
    "step4": _("Choose a password and unlock your phone. Then you are registered, and your phone is bound."),
    "quick": _("Quicker: verify by a monthly-plan mobile number in your own name. Then you do not need this code."),
    "warn": _("Nobody will ever ask you for this code: not the insurer, your employer, a bank or the police."),
    "stranger": _("If you do not know this unit, or do not want to register, do nothing: the code ends by itself."),
    "hotline": _("Hotline: %(free)s (free of charge), from a mobile phone %(mobile)s"),
}
# The one thing that is not the same on each letter of a file.
UNTIL: Final[Mapping[str, Promise]] = {
    "until": _("Good until %(year)s-%(month)s-%(day)s (ROC year %(roc)s), and for one use."),
}
SLIP: Final[Mapping[str, Promise]] = {
    "title": _("Register for NHI online services"),
    "begun": _("This unit has begun a registration for you:"),
    "why": _("Only you can finish it, on your own phone. It takes about two minutes."),
    "how": _("How to go on"),
    "step1": _(
        "Open the QR code with your phone's camera. Or open %(site)s and choose “My employer has begun it for me”."
    ),
    "step2": _("Verify by your own monthly-plan mobile number: switch mobile data on, and have your NHI card ready."),
    "step3": _("Without such a number: use the activation code that the insurer sends to your own address."),
    "safe": _("This slip holds no code and no secret. Give your unit neither a code nor a password: it needs none."),
    "hotline": _("Hotline: %(free)s (free of charge), from a mobile phone %(mobile)s"),
}


def in_both(words: Mapping[str, Promise], values: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """The words in each language, with ``values`` in their places."""
    told = {}
    for name, language in _LANGUAGES.items():
        with translation.override(language):
            told[name] = {key: str(word) % values for key, word in words.items()}
    return told

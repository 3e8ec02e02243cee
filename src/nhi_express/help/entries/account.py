"""R, D, L: the registration, its phones, and the limits that protect both."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nhi_express.help.entry import Entry, Severity

_UNTIL = _("You can try again at {until}.")
_BIND_AGAIN = _("Bind this phone again. It takes about two minutes.")

REGISTRATION_SUSPENDED = Entry(
    "R-01",
    403,
    _("Your registration is suspended"),
    _(
        "It was stopped so that nobody can misuse it, for example after a report of theft or of 'this was not me'. "
        "Until it is restored, no phone and no other way works. Your health insurance itself goes on as before."
    ),
    (
        _("Go to a service counter in person, with your NHI card and your ID card or residence permit."),
        _("If you do not know why it was suspended, call the hotline."),
    ),
    question=10,
)
ALREADY_REGISTERED = Entry(
    "R-02",
    409,
    _("You are registered already"),
    _("There is no need to apply once more."),
    (
        _("Sign in with your card and password."),
        _("If you forgot the password, set a new one from the sign-in page."),
    ),
    question=6,
    severity=Severity.FIRST,
)
NOTHING_PENDING = Entry(
    "R-03",
    409,
    _("There is nothing to confirm or cancel"),
    _("No application of this card is waiting. It may have been confirmed already, or was never made."),
    (_("Sign in with your card and password, or register."),),
    question=1,
    severity=Severity.FIRST,
)
PORTAL_SIGN_IN_NEEDED = Entry(
    "R-04",
    401,
    _("Please sign in first"),
    _("This page is for signed-in members. After some minutes without use the portal signs out by itself."),
    (_("Put your NHI card in and sign in with your password."),),
    question=1,
    severity=Severity.FIRST,
)
NO_ADDRESS_ON_FILE = Entry(
    "R-05",
    409,
    _("There is no e-mail address to send a code to"),
    _("We hold no confirmed e-mail address of yours, so this cannot be done on the portal."),
    (
        _("With a phone line of your own, mobile verification in the app sets a new password."),
        _("Or go to a service counter with your NHI card and ID."),
    ),
    question=10,
    severity=Severity.FIRST,
)
NOT_CONFIRMED = Entry(
    "R-06",
    403,
    _("Your registration is not confirmed yet"),
    _("We mailed an 8-digit code to the address you gave. The registration begins when that code is typed here."),
    (
        _("Look for the mail, also among unwanted mail, and type its code."),
        _("If it did not come or is too old, have it sent again."),
    ),
    question=1,
    severity=Severity.FIRST,
)
DEVICE_DISABLED = Entry(
    "D-01",
    403,
    _("This phone has been disabled"),
    _("You, or the hotline on your behalf, switched off this phone for your account. Your registration still stands."),
    (
        _("On another bound phone, open My phones and enable this one again."),
        _("If you have no other phone, bind this phone again."),
        _("If it was not you who disabled it, call the hotline."),
    ),
    question=3,
)
DEVICE_GONE = Entry(
    "D-02",
    403,
    _("This phone is no longer bound"),
    _("The binding of this phone has been deleted. Your registration still stands."),
    (_BIND_AGAIN, _("If it was not you who deleted it, call the hotline.")),
    question=3,
)
TOO_MANY_DEVICES = Entry(
    "D-03",
    409,
    _("You have bound as many phones as are allowed. Choose one to remove first."),
    _("A member may have only a few phones bound at a time, so that an old one is not forgotten in a drawer."),
    (_("Choose a phone that you no longer use, remove it, and go on."),),
    question=3,
    severity=Severity.FIRST,
)
KEY_ALREADY_BOUND = Entry(
    "D-04",
    409,
    _("This phone's key is already in use"),
    _("Each binding has a key of its own, made by the phone. This key belongs to another binding."),
    (_("Begin again. The phone will make a new key."),),
    question=2,
)
DEVICE_PROOF_FAILED = Entry(
    "D-05",
    403,
    _("We could not recognise this phone"),
    _(
        "The key that this phone made when it was bound did not answer as it should. This happens when the "
        "browser's data were deleted, the app was installed anew, or the phone was changed."
    ),
    (_("Try to unlock once more."), _BIND_AGAIN),
    question=3,
)
PASSKEY_FAILED = Entry(
    "D-06",
    403,
    _("Unlocking did not work"),
    _("The phone did not confirm that it was you. Perhaps the unlocking was cancelled, or took too long."),
    (
        _("Try again, and unlock as you usually do: fingerprint, face, pattern or PIN."),
        _("If it keeps failing, bind this phone again."),
    ),
    question=11,
)
CHALLENGE_EXPIRED = Entry(
    "D-07",
    410,
    _("It took a little too long"),
    _("The phone's answer is valid for a few minutes only, so that nobody can use it later. Nothing is lost."),
    (_("Try to unlock once more."),),
    question=11,
    severity=Severity.FIRST,
)
WRONG_PASSWORD = Entry(
    "D-08",
    403,
    _("The password is not right"),
    _("Capital and small letters count as different. Perhaps the keyboard was set to another language."),
    (
        _("Type the password once more, slowly. You can let it be shown."),
        _("If you have forgotten it, set a new one: in the app by mobile verification, on a computer with your card."),
    ),
    question=7,
    detail=_("Tries left: {left}."),
)
PHONE_NOT_BOUND = Entry(
    "D-09",
    401,
    _("This phone is not bound yet"),
    _("These pages hold your health data, so they open only on a phone that is bound to you."),
    (_("Bind this phone first. It takes about two minutes, and then you come back here."),),
    question=3,
    severity=Severity.FIRST,
)
SIGN_IN_NEEDED = Entry(
    "D-10",
    401,
    _("Please unlock first"),
    _("You are signed out, perhaps because the app was not used for a while. This protects your data."),
    (_("Unlock as you usually do: fingerprint, face, pattern or PIN."),),
    question=11,
    severity=Severity.FIRST,
)
LOCKED = Entry(
    "L-01",
    429,
    _("Too many wrong tries: please wait a little"),
    _(
        "After several wrong tries in a row there is a pause, usually 15 minutes. It protects you from somebody who "
        "is guessing. Nothing is lost."
    ),
    (_("Wait until the pause is over, then try again."), _("If you are not sure of your data, call the hotline.")),
    question=8,
    detail=_UNTIL,
)
PROVE_AGAIN = Entry(
    "L-02",
    429,
    _("Please prove again who you are"),
    _(
        "There were very many wrong tries in a row. To protect you, this way stays closed until you have proven "
        "again who you are."
    ),
    (
        _("Verify yourself anew: with your mobile number, with a card reader, or at a service counter."),
        _("If these tries were not yours, call the hotline."),
    ),
    question=1,
)
TOO_MANY_ATTEMPTS = Entry(
    "L-03",
    429,
    _("Too many tries in a short time"),
    _("To keep the service working for everybody, we count how often something is tried. Nothing is lost."),
    (_("Wait a few minutes, then try again."),),
    question=8,
    severity=Severity.FIRST,
    detail=_UNTIL,
)

"""S: the staff's side: sign-in, cases, approvals, look-ups."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nhi_express.help.entry import Entry, Severity

_ASK_ADMINISTRATOR = _("Ask the administrator of staff accounts.")

STAFF_SIGN_IN_NEEDED = Entry(
    "S-01",
    401,
    _("Please sign in with your passkey"),
    _("This page is for staff. After some minutes without use it signs out by itself."),
    (_("Sign in on the staff page."),),
    severity=Severity.FIRST,
)
STAFF_REFUSED = Entry(
    "S-02",
    403,
    _("This passkey opens no staff account"),
    _("It is unknown here, or its account is closed."),
    (_ASK_ADMINISTRATOR,),
)
ROLE_REFUSED = Entry(
    "S-03",
    403,
    _("Your role does not include this"),
    _("The try is on record."),
    (_ASK_ADMINISTRATOR,),
)
WRONG_NETWORK = Entry(
    "S-04",
    403,
    _("This desk is outside your office's network"),
    _("Counters work only from their own office's network."),
    (_("Use a computer of your office."), _ASK_ADMINISTRATOR),
)
STAFF_CODE_WRONG = Entry(
    "S-05",
    403,
    _("Account and first-time code do not match"),
    _("One of them is mistyped, or the code was used, replaced, or is too old."),
    (_("Check both, or ask the administrator for a new code."),),
)
STAFF_ACCOUNT_TAKEN = Entry(
    "S-06",
    409,
    _("There is an account of that name already"),
    _("Each account belongs to one person and is never given to another."),
    (_("Choose another account name."),),
    severity=Severity.FIRST,
)
CASE_OPEN_ELSEWHERE = Entry(
    "S-10",
    409,
    _("A case of this person is open already"),
    _("It may be at another desk or office. One person has one case at a time."),
    (_("Ask your colleagues; a case left lying closes by itself."),),
    severity=Severity.FIRST,
)
CASE_OVER = Entry(
    "S-11",
    409,
    _("This case is over"),
    _("It was finished, dropped, or lay too long without an act. Nothing more can be done in it."),
    (_("Open a new case with the person at your desk."),),
    severity=Severity.FIRST,
)
PERSON_NOT_FOUND = Entry(
    "S-12",
    404,
    _("No insured person is found under this number"),
    _("The number may be mistyped, or has been replaced by a new one. The try is on record."),
    (_("Compare it with the document in your hand."),),
    severity=Severity.FIRST,
)
DOCUMENTS_LACKING = Entry(
    "S-13",
    400,
    _("Not all documents were seen"),
    _("Without them the case cannot go on."),
    (_("Ask for what is missing, or drop the case."),),
    question=10,
)
PERMIT_EXPIRED = Entry(
    "S-14",
    400,
    _("The residence permit has run out"),
    _("An expired permit proves nothing."),
    (_("Ask the person to come back with a valid one from the immigration agency."),),
    question=1,
)
PERSON_DECEASED = Entry(
    "S-15",
    403,
    _("The register says that this person has died"),
    _("Nothing can be opened in their name. The try is on record."),
    (_("Drop the case and tell your supervisor."),),
)
OWN_RECORD = Entry(
    "S-16",
    403,
    _("This is your own record, or a relative's"),
    _("Nobody serves themselves or their household. The try is on record."),
    (_("Ask a colleague to take the case."),),
)
SCREEN_UNKNOWN = Entry(
    "S-20",
    404,
    _("No waiting screen shows this number"),
    _("It may have been paired already, or shows a new number by now."),
    (_("Read the number from the screen again."),),
    severity=Severity.FIRST,
)
SCREEN_PARTED = Entry(
    "S-21",
    409,
    _("This screen was parted from its case"),
    _("The case ended, or nobody touched the screen for a while. Nothing typed here was kept."),
    (_("Please speak to the clerk."),),
    severity=Severity.FIRST,
)
SCREEN_IS_STAFFS = Entry(
    "S-22",
    403,
    _("A member of staff is signed in on this browser"),
    _("The visitor's screen is a screen of its own: what is typed there, no clerk may see or type."),
    (_("Open this page on the screen that faces the visitors."), _("Or sign out here first.")),
)
APPROVAL_OWN = Entry(
    "S-30",
    403,
    _("You cannot approve your own request"),
    _("This act needs the yes of a second person."),
    (_("Ask a colleague or your supervisor."),),
)
APPROVAL_OVER = Entry(
    "S-31",
    409,
    _("This request is decided already, or has lapsed"),
    _("Nothing has been changed by you."),
    (_("Look at the case to see how it stands."),),
    severity=Severity.FIRST,
)
ACT_NOT_POSSIBLE = Entry(
    "S-32",
    409,
    _("That cannot be done as things stand"),
    _("The registration is not in a state for this act; it may have changed a moment ago."),
    (_("Load the case again."),),
    severity=Severity.FIRST,
)
NUMBER_DOES_NOT_FOLLOW = Entry(
    "S-33",
    409,
    _("The register does not know this as the person's new number"),
    _("A number can only be changed to one that the insured register names as theirs."),
    (_("Wait for the register's next update, or check the number on the new permit."),),
)
FORMER_NUMBER = Entry(
    "S-34",
    409,
    _("The registration still stands under the former number"),
    _("The register names a new number for this person, and the registration has not been moved to it yet."),
    (
        _("Open a case to change the number first; then do this."),
        _("To stop the registration or to end its phones, nothing has to wait."),
    ),
    severity=Severity.FIRST,
)
CALLER_NOT_IDENTIFIED = Entry(
    "S-40",
    400,
    _("The caller is not identified"),
    _("The procedure asks for each of the points before a record is opened."),
    (_("Ask the caller once more; without the answers, advise in general only."),),
)
REQUEST_DECIDED = Entry(
    "S-50",
    409,
    _("This request is decided already"),
    _("A decision stands; a new request may be made."),
    (_("Load the list again."),),
    severity=Severity.FIRST,
)
STOP_CODE_WRONG = Entry(
    "S-60",
    403,
    _("This stop code is not known"),
    _("It may be mistyped, or the message is too old."),
    (
        _("Check the code in the message and try once more."),
        _("Or call the hotline at once: they can stop your registration too."),
    ),
    question=8,
    severity=Severity.FIRST,
)
CONTENT_CHANGED_MEANWHILE = Entry(
    "S-70",
    409,
    _("A colleague changed this meanwhile"),
    _("Nothing of yours was saved, so that nothing of theirs is lost."),
    (_("Open it again, look at what they changed, and make your change once more."),),
    severity=Severity.FIRST,
)
CONTENT_IN_FORCE = Entry(
    "S-71",
    409,
    _("This is in force and stays as it is"),
    _("Members may have relied on it, so it is kept for good."),
    (_("Plan a new one from a later day."),),
    severity=Severity.FIRST,
)

"""U: insured units, their lists, and the registrations they begin (seed Q1.4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nhi_express.help.entry import Entry, Severity

_ASK_RESPONSIBLE = _("Ask the responsible person of your unit.")
_UPLOAD_AGAIN = _("Mend the file and upload it once more; nothing of it was taken.")
_TEMPLATE = _("Begin with our template: it has the right headings.")

UNIT_DATA_DO_NOT_MATCH = Entry(
    "U-01",
    403,
    _("The data of the unit do not match"),
    _("Unit code, tax ID number and certificate number must belong together, and to you as the responsible person."),
    (
        _("Check the three numbers on the insurance certificate."),
        _("If the responsible person changed lately, tell us of the change first; then it works."),
    ),
    question=1,
)
UNIT_SIGN_IN_NEEDED = Entry(
    "U-02",
    401,
    _("Please sign in to the unit desk"),
    _("This page is for officers of insured units. After some minutes without use the desk signs out by itself."),
    (_("Sign in with the passkey of your bound phone, or with your NHI card."),),
    question=1,
    severity=Severity.FIRST,
)
NOT_AN_OFFICER = Entry(
    "U-03",
    403,
    _("You are not an officer of any unit"),
    _("Your sign-in is right, but no unit has named you as its officer."),
    (
        _ASK_RESPONSIBLE,
        _("Are you the responsible person? Register your unit first."),
    ),
    question=1,
    severity=Severity.FIRST,
)
RESPONSIBLE_ONLY = Entry(
    "U-04",
    403,
    _("Only the responsible person can do this"),
    _("Naming officers and letting another unit act for yours is up to the responsible person of the unit."),
    (_ASK_RESPONSIBLE,),
    question=1,
)
AGENT_UNKNOWN = Entry(
    "U-05",
    400,
    _("That unit does not use this service"),
    _("You can only let a unit act for yours that has registered here itself."),
    (_("Check the unit code with them, or ask them to register their unit first."),),
    question=1,
)
LIST_UNREADABLE = Entry(
    "U-10",
    400,
    _("The file cannot be read"),
    _("It is not a spreadsheet that we know, or it is damaged or cut short."),
    (_("Save it as .xlsx, .ods or .csv and upload it once more."), _TEMPLATE),
    question=1,
)
LIST_TOO_LARGE = Entry(
    "U-11",
    413,
    _("The file is too large"),
    _("Nothing of it was taken."),
    (_("Split the list into smaller files and upload them one after another."),),
    question=1,
    detail=_("A file may have at most {megabytes} MB."),
)
LIST_TOO_MANY_ROWS = Entry(
    "U-12",
    400,
    _("The list has too many rows"),
    _("Nothing of it was taken."),
    (_("Split the list into several files and upload them one after another."),),
    question=1,
    detail=_("A list may have at most {rows} rows."),
)
LIST_WITHOUT_HEADINGS = Entry(
    "U-13",
    400,
    _("The headings of the columns are missing"),
    _("We look for the headings “ID number” and “Birth date” in the first rows of the first sheet, and found none."),
    (_("Put a row of headings above the people."), _TEMPLATE),
    question=1,
)
LIST_TOO_WIDE = Entry(
    "U-14",
    400,
    _("The sheet has too many columns"),
    _("A list has a handful of columns. This sheet looks like something else, or is spread far to the right."),
    (_("Copy the people into a new sheet, or into our template, and upload that."),),
    question=1,
)
LIST_EMPTY = Entry(
    "U-15",
    400,
    _("There is nobody in the list"),
    _("We found headings, but no row below them."),
    (_("Check that the people stand on the first sheet, and upload it once more."),),
    question=1,
)
LIST_WITH_MACROS = Entry(
    "U-16",
    400,
    _("The file holds macros"),
    _("For safety we take no files with programs in them. Nothing of it was taken."),
    (_("Save it as a plain .xlsx or .csv file and upload that."),),
    question=1,
)
LIST_MERGED_CELLS = Entry(
    "U-17",
    400,
    _("Cells of the list are merged"),
    _("Where cells are merged, we cannot tell what belongs to whom."),
    (_("Undo the merging in your spreadsheet program, and fill in what is missing."), _UPLOAD_AGAIN),
    question=1,
)
LIST_ENCODING = Entry(
    "U-18",
    400,
    _("The characters of the file cannot be read"),
    _("It is neither UTF-8 nor Big5, or two ways of writing characters are mixed in it."),
    (_("Save it once more from your spreadsheet program, best as .xlsx."),),
    question=1,
)
LIST_LOCKED = Entry(
    "U-19",
    400,
    _("The file is protected by a password"),
    _("We cannot look into it."),
    (_("Save it without a password and upload it once more."),),
    question=1,
)
BATCH_NOT_THERE_YET = Entry(
    "U-20",
    409,
    _("The list does not stand there any longer"),
    _("Meanwhile it was confirmed, stopped, or is still being checked, perhaps in another window."),
    (_("Load the page of the list again to see how it stands."),),
    question=1,
    severity=Severity.FIRST,
)
BATCH_CHANGED = Entry(
    "U-21",
    409,
    _("The result has changed since you saw it"),
    _("The register changed meanwhile. Nothing has happened yet."),
    (_("Look at the new result, and confirm it once more."),),
    question=1,
    severity=Severity.FIRST,
)
REQUEST_KEY_TAKEN = Entry(
    "U-22",
    409,
    _("This request key belongs to another list"),
    _("The same key was sent before with other content, so nothing was taken."),
    (_("Use a new Idempotency-Key for each list, and the same only to repeat a request."),),
    question=1,
)
TOO_MANY_LISTS = Entry(
    "U-23",
    429,
    _("Many lists are open already"),
    _("Your unit has as many unfinished lists as it may have at once."),
    (_("Confirm or stop one of them first."),),
    question=1,
    severity=Severity.FIRST,
)
NO_INVITATION = Entry(
    "U-30",
    403,
    _("No registration is waiting under these data"),
    _("It may have been withdrawn, have ended, or never have been begun."),
    (
        _("Ask your unit's officer, or register by yourself: by mobile number, with your card, or at a counter."),
    ),
    question=1,
    severity=Severity.FIRST,
)
ACTIVATION_CODE_WRONG = Entry(
    "U-31",
    403,
    _("ID number and activation code do not match"),
    _("One of them is mistyped, or the code was replaced by a newer one. It is in the insurer's letter or mail to you."),
    (
        _("Check both and try once more; capital and small letters are alike, and 0 and O too."),
        _("Without the letter: verify by your mobile number instead. It is quicker."),
    ),
    question=1,
    detail=_("{left} tries are left."),
)
ACTIVATION_CODE_EXPIRED = Entry(
    "U-32",
    403,
    _("The activation code is too old"),
    _("A code from a letter is good for some weeks, one from a mail for a day."),
    (
        _("Ask your unit's officer to have a new one sent; it comes from us, to your address in our register."),
        _("Or verify by your mobile number instead."),
    ),
    question=1,
    severity=Severity.FIRST,
)
PERMIT_DATE_INVALID = Entry(
    "U-33",
    400,
    _("Please check this date"),
    _("It is the day your residence permit was issued, as printed on it."),
    (_("Type it as year, month and day, for example 2024-03-01."),),
    question=1,
)
API_CREDENTIALS = Entry(
    "U-40",
    401,
    _("The request carries no valid access token"),
    _("Tokens live for some minutes. Ask the token endpoint for a new one with your client id and secret."),
    (_("See the documentation of the API for units."),),
    question=1,
)

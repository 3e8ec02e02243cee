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
    _("Your sign-in is right, but no unit on the insurer's list has named you as its officer."),
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
LAST_RESPONSIBLE = Entry(
    "U-06",
    409,
    _("The last responsible person cannot leave"),
    _("Somebody must answer for the unit. Without a responsible person nobody could name or end its officers."),
    (_("When the insurer's list names somebody else, they register the unit, and your duty ends by itself."),),
    question=1,
)
UNIT_NUMBER_INVALID = Entry(
    "U-07",
    400,
    _("Please check this number"),
    _("A unit code has nine digits and a tax ID number eight, whose last one must fit the others."),
    (_("Type it as it stands on the unit's insurance certificate; spaces and hyphens do no harm."),),
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
LIST_HEADING_TWICE = Entry(
    "U-24",
    400,
    _("Two columns have the same heading"),
    _("We cannot tell which of them we should read, and do not guess."),
    (
        _("Keep one column of each kind; national ID and UI numbers go into the same one. Then upload it once more."),
        _TEMPLATE,
    ),
    question=1,
)
LIST_TOO_MANY_BLANK_ROWS = Entry(
    "U-25",
    400,
    _("Too many rows of the list are empty"),
    _("We passed over a hundred thousand rows with nothing in them, and read no further."),
    (_("Delete the empty rows below and between the people."), _UPLOAD_AGAIN),
    question=1,
)
TOO_MANY_LISTS_TODAY = Entry(
    "U-26",
    429,
    _("Your unit has brought many lists today"),
    _("Lists are kept sealed for a while, so there is a bound to how many come in one day. Nothing of it was taken."),
    (
        _("Put the people into fewer lists: one may be long."),
        _("Or go on tomorrow; the lists that you have stay as they are."),
    ),
    question=1,
    severity=Severity.FIRST,
    detail=_("A unit may bring at most {most} lists within a day."),
)
NO_INVITATION = Entry(
    "U-30",
    403,
    _("No registration is waiting under these data"),
    _("It may have been finished already, withdrawn, have ended, or never have been begun."),
    (_("Ask your unit's officer, or register by yourself: by mobile number, with your card, or at a counter."),),
    question=1,
    severity=Severity.FIRST,
)
ACTIVATION_CODE_WRONG = Entry(
    "U-31",
    403,
    _("ID number and activation code do not match"),
    _(
        "One of them is mistyped, or the code was replaced by a newer one. "
        "It is in the insurer's letter or mail to you. "
        "After five tries there is a pause of 15 minutes, in which the right code is refused too."
    ),
    (
        _("Check both and try once more; capital and small letters are alike, and 0 and O too."),
        _("Tried several times? Wait 15 minutes, then type it anew. Scanning the QR code of the letter works at once."),
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
    (_("Type it as year, month and day, for example 2024-03-01 or 113-03-01."),),
    question=1,
)
PERSON_NOT_WAITING = Entry(
    "U-34",
    409,
    _("This person is not waiting any longer"),
    _("Meanwhile the registration was finished or withdrawn, or its time ran out. Nothing has been changed."),
    (_("Load the page of people again to see how it stands."),),
    question=1,
    severity=Severity.FIRST,
)
REMINDED_ALREADY = Entry(
    "U-35",
    429,
    _("A reminder is on its way already"),
    _("Once a day is enough, so that nobody feels pressed."),
    (_("Talk to the person, or remind them again tomorrow."),),
    question=1,
    severity=Severity.FIRST,
)
SLIPS_GONE = Entry(
    "U-36",
    410,
    _("These slips can no longer be made"),
    _("There is nobody left to print a slip for: they have finished or left, or the list's file was removed."),
    (
        _(
            "Ask the people who still wait to open the app and verify by their mobile number; "
            "no slip is needed for that."
        ),
    ),
    question=1,
    severity=Severity.FIRST,
)
API_CREDENTIALS = Entry(
    "U-40",
    401,
    _("The request carries no valid access token"),
    _("Tokens live for some minutes. Ask the token endpoint for a new one with your client id and secret."),
    (_("See the documentation of the API for units."),),
    question=1,
)
API_SCOPE = Entry(
    "U-41",
    403,
    _("The access token does not allow this"),
    _("It was made for something narrower than this request."),
    (_("Ask the token endpoint for one with the scope “units:lists”."),),
    question=1,
)
TOO_MANY_CLIENTS = Entry(
    "U-42",
    409,
    _("Your unit has as many clients as it may have"),
    _("A client is one payroll system. Those that are no longer used are better ended."),
    (_("End one that you no longer need, then make the new one."),),
    question=1,
    detail=_("A unit may have at most {most}."),
)
API_REQUEST = Entry(
    "U-43",
    400,
    _("The request is not as the API expects it"),
    _("Nothing of it was taken."),
    (_("Compare it with the documentation of the API for units."),),
    question=1,
    detail=_("Look at: {where}."),
)

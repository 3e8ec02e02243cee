"""Every event there is. An event's value reads ``subject:thing:action`` and never changes once released.

Events carry no personal data: members are named by the keyed index of their ID number, phones and registrations by
random identifiers, and payloads hold codes from our own catalogues only (a test looks for more).
"""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Event(StrEnum):
    """The catalogue. The comment above each group tells what its payload holds."""

    # {attempt, channel}
    ATTEMPT_STARTED = "enrolment:attempt:started"
    # {attempt, channel, problem (its code), outcome (the exact cause, for staff), operator (its code)}
    ATTEMPT_REFUSED = "enrolment:attempt:refused"
    # {attempt, channel, kinds (of evidence), operator (its code)}
    EVIDENCE_GATHERED = "enrolment:evidence:gathered"
    # {attempt, channel, evidence, assurance, seconds (since the terms were accepted)}
    ENROLLED = "enrolment:member:enrolled"
    # {attempt, channel, problem}: the one gate itself said no
    ENROLMENT_REFUSED = "enrolment:member:refused"

    # {authenticated (yes or no)}
    CARD_PRESENTED = "card:card:presented"
    # {problem, outcome (what exactly did not match, for staff)}
    CARD_REFUSED = "card:card:refused"
    # {}
    PORTAL_SIGNED_IN = "card:session:signed_in"
    # {problem}
    PORTAL_SIGN_IN_REFUSED = "card:session:refused"
    # {}
    PORTAL_SIGNED_OUT = "card:session:signed_out"
    ADDRESS_BASIS_CHANGED = "card:address:changed"

    # {assurance}
    REGISTRATION_APPLIED = "registration:state:applied"
    REGISTRATION_ACTIVATED = "registration:state:activated"
    # {reason}
    REGISTRATION_SUSPENDED = "registration:state:suspended"
    # {reason, state (where it was before), anew (yes: without its old phones and password)}
    REGISTRATION_RESTORED = "registration:state:restored"
    # {reason}
    REGISTRATION_CANCELLED = "registration:state:cancelled"
    # {}
    PASSWORD_SET = "registration:password:set"  # noqa: S105
    # {version, language, digest}
    TERMS_ACCEPTED = "registration:terms:accepted"
    # {}
    EMAIL_CODE_SENT = "registration:email:code_sent"
    EMAIL_CONFIRMED = "registration:email:confirmed"
    EMAIL_REMOVED = "registration:email:removed"
    PROOF_CODE_SENT = "registration:proof:code_sent"

    # {device, platform, passkey (none, single-device, synced)}
    DEVICE_BOUND = "devices:device:bound"
    # {device}
    DEVICE_RENAMED = "devices:device:renamed"
    # {device, reason}
    DEVICE_DISABLED = "devices:device:disabled"
    DEVICE_ENABLED = "devices:device:enabled"
    DEVICE_DELETED = "devices:device:deleted"
    # {code}
    DEVICE_CODE_MADE = "devices:code:made"
    # {problem, how (qr or typed)}
    DEVICE_CODE_REFUSED = "devices:code:refused"
    # {device, factor (passkey or password)}
    SIGNED_IN = "devices:session:signed_in"
    # {device, problem}
    SIGN_IN_REFUSED = "devices:session:refused"
    # {device}
    SIGNED_OUT = "devices:session:signed_out"
    # {device}: the passkey's counter went backwards; a sign of a copy, not a proof (WebAuthn L3, section 6.1.1)
    COUNTER_WENT_BACK = "devices:passkey:counter_went_back"

    # {unit (its code), officer}
    UNIT_REGISTERED = "units:unit:registered"
    # {unit, officer, role}
    OFFICER_INVITED = "units:officer:invited"
    OFFICER_TAKEN_BACK = "units:officer:taken_back"
    OFFICER_ACCEPTED = "units:officer:accepted"
    OFFICER_DECLINED = "units:officer:declined"
    OFFICER_ENDED = "units:officer:ended"
    # {unit, agent (its code), officer}
    MANDATE_GRANTED = "units:mandate:granted"
    MANDATE_REVOKED = "units:mandate:revoked"
    # {problem}: who is told only that the numbers do not belong together
    UNIT_REFUSED = "units:unit:refused"
    # {unit, officer, how (passkey, phone, card; switch: from another unit)}
    DESK_OPENED = "units:desk:opened"
    # {unit, officer}
    DESK_CLOSED = "units:desk:closed"
    # {how, problem}
    DESK_REFUSED = "units:desk:refused"
    # {unit, officer, batch, source}; here and below client (its id) where a payroll system acts
    LIST_RECEIVED = "units:list:received"
    # {unit, batch, problem}
    LIST_REFUSED = "units:list:refused"
    # {unit, officer, batch, rows}
    LIST_CONFIRMED = "units:list:confirmed"
    LIST_STOPPED = "units:list:stopped"
    # {batch}
    LIST_REMOVED = "units:list:removed"
    # {unit, officer, client}
    CLIENT_MADE = "units:client:made"
    CLIENT_ENDED = "units:client:ended"
    # {unit, client}: it was given a token
    CLIENT_LET_IN = "units:client:let_in"
    # {unit, invitation, client (where a payroll system acts)}: and where the member had no registration, one was begun
    INVITED = "enrolment:invitation:made"
    INVITATION_REMINDED = "enrolment:invitation:reminded"
    INVITATION_WITHDRAWN = "enrolment:invitation:withdrawn"
    INVITATION_ENDED = "enrolment:invitation:ended"
    # {unit, invitation, channel}
    INVITATION_FINISHED = "enrolment:invitation:finished"
    # {invitation, way (letter or mail)}
    ACTIVATION_CODE_MADE = "enrolment:activation:made"
    # {problem, how (qr or typed)}
    ACTIVATION_CODE_REFUSED = "enrolment:activation:refused"

    # {staff, role, office (its code)}
    STAFF_MADE = "counter:staff:made"
    STAFF_CHANGED = "counter:staff:changed"
    STAFF_CLOSED = "counter:staff:closed"
    STAFF_PASSKEY_ADDED = "counter:staff:passkey_added"
    STAFF_PASSKEY_REMOVED = "counter:staff:passkey_removed"
    # {staff, office}
    STAFF_SIGNED_IN = "counter:session:signed_in"
    STAFF_SIGNED_OUT = "counter:session:signed_out"
    # {staff, problem}
    STAFF_REFUSED = "counter:session:refused"
    # {staff, office, case, purpose}
    CASE_OPENED = "counter:case:opened"
    # {staff, case, seen}
    DOCUMENTS_SEEN = "counter:case:documents_seen"
    # {staff, case, state}
    CASE_ENDED = "counter:case:ended"
    # {staff, office, case}
    CASE_REGISTERED = "counter:case:registered"
    # {staff, case}
    SCREEN_PAIRED = "counter:screen:paired"
    SCREEN_PARTED = "counter:screen:parted"
    # {staff, case (none: on the hotline), act, reason (as the clerk chose it, or the caller told it)}
    ACT_DONE = "counter:act:done"
    # {staff, case, act, reason}
    APPROVAL_ASKED = "counter:approval:asked"
    APPROVAL_GRANTED = "counter:approval:granted"
    APPROVAL_DENIED = "counter:approval:denied"
    # {staff, what (code or networks), of (whose code: a random id), role, office, networks, asked_by}
    SECOND_ASKED = "counter:second:asked"
    SECOND_GRANTED = "counter:second:granted"
    SECOND_DENIED = "counter:second:denied"
    # {staff, purpose, office or hotline, problem (of a number that nobody has)}
    LOOKED_UP = "counter:record:looked_up"
    # {staff, kind}
    ALERT_RAISED = "counter:alert:raised"
    # {staff, kind, note}
    ALERT_SETTLED = "counter:alert:settled"
    # {staff, request, kind}
    DATA_REQUESTED = "counter:data:requested"
    # {staff, request, kind, days}
    DATA_REQUEST_EXTENDED = "counter:data:extended"
    # {staff, request, kind, state}
    DATA_REQUEST_DECIDED = "counter:data:decided"
    # {staff, office, what (networks taken away, closed), networks (those that stay)}
    OFFICE_CHANGED = "counter:office:changed"
    # {staff, kind (news, terms, operator, office, lifetime), subject (its key), what, number (of the change),
    # fields (names of those that changed), digest (half a SHA-256 of all as they are to be)}
    CONTENT_CHANGED = "counter:content:changed"
    # {operators (how many), digest (half a SHA-256 of the table)}: by command, in place of what was there
    OPERATORS_LOADED = "mobile:operators:loaded"
    # {staff, entries}
    LOG_EXPORTED = "counter:log:exported"
    # {events, removed, heads, faults}: how many of each; the whole log was verified
    LOG_VERIFIED = "audit:log:verified"
    # {staff, problem}: somebody tried what their role may not do
    STAFF_OVERREACHED = "counter:staff:overreached"
    # {former (registration's earlier member key is kept with the registration)}
    NUMBER_CHANGED = "registration:member:number_changed"
    # {notice (random id of the notice that was not about them)}
    NOT_ME = "registration:state:not_me"

    # {service}
    SERVICE_OPENED = "services:page:opened"

    @property
    def words(self) -> Promise | str:
        """What a member reads in their own history."""
        return _WORDS.get(self, self.value)


# Only what concerns the member stands here; the rest is for auditors.
_WORDS: dict[Event, Promise] = {
    Event.ATTEMPT_REFUSED: _("Verification was refused"),
    Event.ENROLLED: _("Identity proven and phone bound"),
    Event.CARD_PRESENTED: _("NHI card read on the portal"),
    Event.CARD_REFUSED: _("NHI card refused on the portal"),
    Event.PORTAL_SIGNED_IN: _("Signed in on the portal"),
    Event.PORTAL_SIGN_IN_REFUSED: _("Sign-in on the portal refused"),
    Event.PORTAL_SIGNED_OUT: _("Signed out of the portal"),
    Event.ADDRESS_BASIS_CHANGED: _("Household data changed"),
    Event.REGISTRATION_APPLIED: _("Applied for online services"),
    Event.REGISTRATION_ACTIVATED: _("Registered for online services"),
    Event.REGISTRATION_SUSPENDED: _("Registration suspended"),
    Event.REGISTRATION_RESTORED: _("Registration restored"),
    Event.REGISTRATION_CANCELLED: _("Registration cancelled"),
    Event.PASSWORD_SET: _("Password set"),
    Event.TERMS_ACCEPTED: _("Terms accepted"),
    Event.EMAIL_CODE_SENT: _("Code sent to an e-mail address"),
    Event.EMAIL_CONFIRMED: _("E-mail address confirmed"),
    Event.EMAIL_REMOVED: _("E-mail address removed"),
    Event.PROOF_CODE_SENT: _("Code sent to prove an e-mail address"),
    Event.DEVICE_CODE_MADE: _("Device code made"),
    Event.DEVICE_CODE_REFUSED: _("Device code refused"),
    Event.DEVICE_BOUND: _("Phone bound"),
    Event.DEVICE_RENAMED: _("Phone renamed"),
    Event.DEVICE_DISABLED: _("Phone disabled"),
    Event.DEVICE_ENABLED: _("Phone enabled"),
    Event.DEVICE_DELETED: _("Phone removed"),
    Event.SIGNED_IN: _("Signed in"),
    Event.SIGN_IN_REFUSED: _("Sign-in refused"),
    Event.SIGNED_OUT: _("Signed out"),
    Event.INVITED: _("Your employer or insured unit began a registration for you"),
    Event.INVITATION_REMINDED: _("Your unit reminded you of the registration"),
    Event.INVITATION_WITHDRAWN: _("Your unit withdrew the registration it began"),
    Event.INVITATION_ENDED: _("The registration begun by your unit ran out"),
    Event.INVITATION_FINISHED: _("You finished the registration begun by your unit"),
    Event.ACTIVATION_CODE_MADE: _("Activation code sent to your address in the register"),
    Event.ACTIVATION_CODE_REFUSED: _("Activation code refused"),
    Event.UNIT_REGISTERED: _("You registered a unit"),
    Event.UNIT_REFUSED: _("Registering a unit was refused"),
    Event.DESK_OPENED: _("Signed in to the unit desk"),
    Event.DESK_CLOSED: _("Signed out of the unit desk"),
    Event.DESK_REFUSED: _("Sign-in to the unit desk refused"),
    Event.OFFICER_INVITED: _("A unit asked you to be its officer"),
    Event.OFFICER_TAKEN_BACK: _("A unit no longer asks you to be its officer"),
    Event.OFFICER_DECLINED: _("You said no to being a unit's officer"),
    Event.OFFICER_ACCEPTED: _("You became a unit's officer"),
    Event.OFFICER_ENDED: _("You are no longer a unit's officer"),
    Event.LOOKED_UP: _("A member of staff opened your record"),
    Event.CASE_OPENED: _("A case was opened at a service counter"),
    Event.ACT_DONE: _("A member of staff changed your registration or your phones"),
    Event.DATA_REQUESTED: _("You asked about your data at a counter"),
    Event.DATA_REQUEST_EXTENDED: _("The decision on your request was put off"),
    Event.DATA_REQUEST_DECIDED: _("Your request about your data was decided"),
    Event.NUMBER_CHANGED: _("Your ID number was changed to a new one"),
    Event.NOT_ME: _("Stopped by “This wasn't me”"),
    Event.SERVICE_OPENED: _("Service opened"),
}
SHOWN_TO_MEMBERS = tuple(_WORDS)
# By the capacity of who opened the record, and why.
LOOK_UP_WORDS: dict[tuple[str, str], Promise] = {
    ("clerk", "case"): _("A counter clerk opened your record for your visit"),
    ("clerk", "decision"): _("A second clerk looked at what your counter had asked for, to say yes or no"),
    ("staff", "decision"): _("A supervisor looked at what your counter had asked for, to say yes or no"),
    ("clerk", "data_request"): _("A counter clerk opened your request about your data"),
    ("staff", "data_request"): _("A supervisor opened your request about your data"),
    ("hotline", "caller_help"): _("A hotline agent opened your record: a caller asked for help"),
    ("hotline", "caller_theft"): _("A hotline agent opened your record: a caller reported a loss or theft"),
    ("hotline", "complaint"): _("A hotline agent opened your record: a complaint"),
    ("hotline", "caller_unproven"): _(
        "Somebody called the hotline in your name and could not prove who they are; nothing was shown"
    ),
}

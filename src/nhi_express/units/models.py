"""Units, who acts for them, and the lists that they upload."""

from django.db import models
from django.db.models import Q
from oauth2_provider.models import AbstractApplication

from nhi_express.core.database import one_of
from nhi_express.devices.models import Device, Use
from nhi_express.enrolment.models import Invitation
from nhi_express.registration.models import Registration
from nhi_express.units.rules import BatchState, OfficerRole, OfficerState, RowState, Source


class ListedUnit(models.Model):
    """One row of the insurer's own list of units, loaded from its file: who a unit is, who is responsible for it."""

    code = models.CharField(primary_key=True, max_length=9, db_comment="unit code; of a business, not personal")
    tax_id = models.CharField(max_length=8, db_comment="統一編號; of a business, not personal")
    certificate = models.CharField(max_length=16, db_comment="insurance certificate number; of a business")
    name = models.CharField(max_length=120, db_comment="name of the unit; of a business, not personal")
    kind = models.CharField(max_length=12, db_comment="employer, withholding or agent; not personal")
    responsible = models.UUIDField(db_comment="keyed index of the responsible person's ID number; pseudonym")

    class Meta:
        db_table_comment = "the insurer's list of units"


class Unit(models.Model):
    """投保單位: a unit that uses this service."""

    code = models.CharField(primary_key=True, max_length=9, db_comment="unit code; of a business, not personal")
    registered_at = models.DateTimeField(db_comment="not personal")

    class Meta:
        db_table_comment = "units that use the service"


class Officer(models.Model):
    """承辦人員: a member who acts for a unit, under their own name only."""

    id = models.UUIDField(primary_key=True, db_comment="random; not personal")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_comment="not personal")
    member = models.UUIDField(db_index=True, db_comment="keyed index of the officer's ID number; pseudonym")
    role = models.CharField(max_length=12, db_comment="responsible or officer; not personal")
    state = models.CharField(max_length=8, db_comment="not personal")
    invited_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, db_comment="not personal")
    invited_at = models.DateTimeField(db_comment="not personal")
    sealed_typed = models.BinaryField(
        default=b"", db_comment="SENSITIVE, sealed: part of the invited ID number, until answered"
    )
    state_at = models.DateTimeField(db_comment="not personal")

    class Meta:
        db_table_comment = "officers of units"
        constraints = [
            models.UniqueConstraint(fields=["unit", "member"], condition=~Q(state="ended"), name="one_living_officer"),
            models.CheckConstraint(condition=one_of("state", OfficerState), name="officer_state_known"),
            models.CheckConstraint(condition=one_of("role", OfficerRole), name="officer_role_known"),
        ]


class Mandate(models.Model):
    """A unit's consent that another unit's officers (代理人, an accounting firm) act for it; revocable at any time."""

    id = models.UUIDField(primary_key=True, db_comment="random; not personal")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="mandates", db_comment="who consents")
    agent = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="clients", db_comment="who may act")
    granted_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="granted", db_comment="not personal")
    granted_at = models.DateTimeField(db_comment="not personal")
    revoked_by = models.ForeignKey(
        Officer, null=True, on_delete=models.PROTECT, related_name="revoked", db_comment="not personal"
    )
    revoked_at = models.DateTimeField(null=True, db_comment="not personal")

    class Meta:
        db_table_comment = "consents of units to be acted for"
        constraints = [
            models.UniqueConstraint(fields=["unit", "agent"], condition=Q(revoked_at=None), name="one_mandate_in_force")
        ]


class DeskSession(Use):
    """A signed-in officer at the units' desk. It ends with the officer's duty, registration, phone and password."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, db_comment="who signed in; not personal")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, db_comment="not personal")
    device = models.ForeignKey(Device, null=True, on_delete=models.CASCADE, db_comment="null: signed in by card")
    password = models.BinaryField(max_length=32, db_comment="SHA-256 of the password's hash: a new one ends the use")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, db_comment="the unit acted for now; not personal")

    class Meta:
        db_table_comment = "signed-in officers"


class Client(AbstractApplication):
    """A payroll system that sends lists for a unit: an OAuth 2.0 client. Its secret is kept as a slow hash alone."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_comment="for which it acts; not personal")
    made_by = models.ForeignKey(Officer, on_delete=models.PROTECT, db_comment="not personal")
    made_at = models.DateTimeField(db_comment="not personal")
    used_at = models.DateTimeField(null=True, db_comment="when it was last given a token; not personal")
    ended_at = models.DateTimeField(null=True, db_comment="null: in force")

    class Meta:
        db_table_comment = "clients of the API for payroll systems"
        constraints = [
            models.CheckConstraint(
                condition=Q(client_type="confidential", authorization_grant_type="client-credentials"),
                name="client_acts_for_itself_only",
            )
        ]

    def is_usable(self, request: object) -> bool:
        """Whether it may still ask for tokens and use those it has; asked by the OAuth library each time.

        A unit that the insurer lists no longer sends nothing.
        """
        return self.ended_at is None and ListedUnit.objects.filter(pk=self.unit_id).exists()


class Batch(models.Model):
    """A list that was uploaded: read, checked, reviewed, confirmed; then its people are invited."""

    id = models.UUIDField(primary_key=True, db_comment="random; not personal")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_comment="not personal")
    officer = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, db_comment="null: not a person's upload")
    source = models.CharField(max_length=8, default=Source.WEB, db_comment="web, api or cli; not personal")
    client = models.CharField(
        max_length=100, default="", blank=True, db_comment="id of the payroll system that sent it"
    )
    language = models.CharField(max_length=8, default="zh-hant", db_comment="of the officer; not personal")
    state = models.CharField(max_length=12, db_comment="not personal")
    problem = models.CharField(max_length=32, default="", blank=True, db_comment="why the file was refused, by name")
    sealed_name = models.BinaryField(default=b"", db_comment="SENSITIVE, sealed: the file's name")
    columns = models.JSONField(default=dict, db_comment="which column holds what, by place; not personal")
    lines = models.PositiveIntegerField(default=0, db_comment="lines read so far; not personal")
    piece = models.PositiveIntegerField(default=0, db_comment="pieces of lines done in this state; not personal")
    checked = models.PositiveIntegerField(default=0, db_comment="lines checked so far; not personal")
    ready = models.PositiveIntegerField(default=0, db_comment="lines that may be enrolled; not personal")
    registered = models.PositiveIntegerField(default=0, db_comment="lines of people registered already")
    refused = models.PositiveIntegerField(default=0, db_comment="lines refused; not personal")
    invited = models.PositiveIntegerField(default=0, db_comment="lines whose people were invited; not personal")
    changed = models.PositiveIntegerField(default=0, db_comment="lines that changed since the review; not personal")
    seen = models.CharField(max_length=64, default="", blank=True, db_comment="register's version and day at checking")
    version = models.PositiveIntegerField(default=0, db_comment="of the review that was shown; not personal")
    confirmed = models.BooleanField(default=False, db_comment="whether the officer has confirmed this version")
    # Null, not empty: the constraint below counts keys, and lists without one are no repetition of each other.
    request_key = models.CharField(  # noqa: DJ001
        max_length=64, null=True, db_comment="digest of the caller's idempotency key"
    )
    digest = models.BinaryField(default=b"", max_length=32, db_comment="SHA-256 of the file; not personal")
    created_at = models.DateTimeField(db_comment="not personal")
    state_at = models.DateTimeField(db_comment="not personal")
    turn_at = models.DateTimeField(db_comment="when work on it was last seen alive; not personal")
    file_until = models.DateTimeField(db_index=True, null=True, db_comment="when the file goes; null: gone")

    class Meta:
        db_table_comment = "lists uploaded by units"
        constraints = [
            models.CheckConstraint(condition=one_of("state", BatchState), name="batch_state_known"),
            models.UniqueConstraint(fields=["unit", "request_key"], name="one_batch_a_request"),
        ]


class BatchPart(models.Model):
    """A piece of an uploaded file, sealed; the whole is never on disk in the clear."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, db_index=False, db_comment="not personal")
    number = models.PositiveIntegerField(db_comment="place in the file; not personal")
    sealed = models.BinaryField(db_comment="SENSITIVE, sealed: bytes of the file")

    class Meta:
        db_table_comment = "uploaded lists, sealed"
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="batch_part_once")]


class BatchLines(models.Model):
    """A piece of a list as it was read: lines as they were given, sealed together."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, db_index=False, db_comment="not personal")
    number = models.PositiveIntegerField(db_comment="place of the piece in the list; not personal")
    last = models.PositiveIntegerField(db_comment="number of its last line in the file; not personal")
    sealed = models.BinaryField(db_comment="SENSITIVE, sealed: lines with their numbers")

    class Meta:
        db_table_comment = "lines of uploaded lists as they were given, sealed"
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="batch_lines_once")]


class BatchRow(models.Model):
    """What became of one line of a list."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, db_index=False, db_comment="not personal")
    line = models.PositiveIntegerField(db_comment="number of the line in the file; not personal")
    state = models.CharField(max_length=12, db_comment="not personal")
    reason = models.CharField(max_length=24, default="", blank=True, db_comment="why refused: a code; not personal")
    notes = models.CharField(max_length=80, default="", blank=True, db_comment="what was forgiven: codes; not personal")
    member = models.UUIDField(null=True, db_comment="keyed index of its person's ID number; null if refused")
    mailbox = models.UUIDField(null=True, db_comment="keyed index of the e-mail address on the line; pseudonym")
    code_way = models.CharField(max_length=8, default="", blank=True, db_comment="letter, mail or none; not personal")
    invitation = models.ForeignKey(
        Invitation, null=True, on_delete=models.SET_NULL, db_index=False, db_comment="not personal"
    )

    class Meta:
        db_table_comment = "lines of uploaded lists, and what became of them"
        indexes = [
            # Of most lists few lines are refused or of registered people, and nearly all are ready.
            models.Index(fields=["batch", "line"], condition=Q(state="refused"), name="rows_refused"),
            models.Index(fields=["batch", "line"], condition=Q(state="registered"), name="rows_registered"),
            models.Index(fields=["member"], name="rows_of_member"),
            models.Index(fields=["invitation"], condition=Q(invitation__isnull=False), name="row_of_invitation"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["batch", "line"], name="batch_row_once"),
            models.CheckConstraint(condition=one_of("state", RowState), name="batch_row_state_known"),
        ]

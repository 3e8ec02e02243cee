"""The attempt: one go at proving who one is."""

from django.db import models
from django.db.models import Q

from nhi_express.core.database import one_of
from nhi_express.enrolment.rules import AttemptState, InvitationState


class Attempt(models.Model):
    """It has an id, an expiry and a state, so each step can be retried, resumed, and refused when skipped to."""

    id = models.UUIDField(primary_key=True, db_comment="random; not personal")
    browser = models.BinaryField(max_length=32, unique=True, db_comment="SHA-256 of the browser's secret; not personal")
    channel = models.CharField(max_length=12, db_comment="not personal")
    state = models.CharField(max_length=16, db_comment="not personal")
    expires_at = models.DateTimeField(db_index=True, db_comment="not personal")
    sealed = models.BinaryField(default=b"", db_comment="SENSITIVE, sealed: what was typed and proven so far")
    callback = models.BinaryField(null=True, unique=True, max_length=32, db_comment="SHA-256 of the OAuth state")
    member = models.UUIDField(null=True, db_comment="keyed index of the proven member; pseudonym")
    evidence = models.JSONField(default=list, db_comment="names of evidence held; not personal")
    problem = models.CharField(max_length=32, default="", blank=True, db_comment="name of the last problem shown")
    device = models.UUIDField(null=True, db_comment="the device that the attempt ended in; not personal")

    class Meta:
        db_table_comment = "attempts to enrol"
        constraints = [models.CheckConstraint(condition=one_of("state", AttemptState), name="attempt_state_known")]


class Invitation(models.Model):
    """A registration that a unit has begun for a member, who alone can finish it, by what the unit never holds."""

    id = models.UUIDField(primary_key=True, db_comment="random; not personal")
    member = models.UUIDField(db_comment="keyed index of the member's ID number; pseudonym")
    unit = models.CharField(max_length=9, db_comment="code of the unit that attests; not personal")
    state = models.CharField(max_length=12, db_comment="not personal")
    created_at = models.DateTimeField(db_comment="not personal")
    state_at = models.DateTimeField(db_comment="not personal")
    until = models.DateTimeField(db_index=True, db_comment="when it ends unfinished; not personal")
    channel = models.CharField(max_length=12, default="", blank=True, db_comment="how it was finished; not personal")
    code_way = models.CharField(max_length=8, db_comment="letter, mail or none: how the insurer sends the code")
    code_due = models.BooleanField(default=True, db_comment="whether a code is still to be made and sent")
    code_hash = models.CharField(max_length=160, default="", db_comment="SENSITIVE: slow hash of the activation code")
    token = models.BinaryField(null=True, max_length=32, db_comment="SHA-256 of the QR's token")
    code_until = models.DateTimeField(null=True, db_comment="not personal")

    class Meta:
        db_table_comment = "registrations begun by units"
        indexes = [
            models.Index(fields=["unit", "state", "-created_at"], name="invitations_of_unit"),
            models.Index(fields=["code_way"], condition=Q(code_due=True), name="codes_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=Q(state="open"), name="one_open_invitation"),
            models.UniqueConstraint(fields=["token"], condition=Q(token__isnull=False), name="one_invitation_a_token"),
            models.CheckConstraint(condition=one_of("state", InvitationState), name="invitation_state_known"),
        ]

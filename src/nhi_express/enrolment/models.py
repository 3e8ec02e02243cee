"""The attempt: one go at proving who one is."""

from django.db import models
from django.db.models import Q

from nhi_express.enrolment.rules import AttemptState


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
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in AttemptState]), name="attempt_state_known")
        ]

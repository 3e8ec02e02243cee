"""The audit log. Rows are added in the transaction of the act they tell of, and refuse change (a database trigger)."""

from django.db import models
from django.db.models import Q


class Entry(models.Model):
    """One event. Made only by :func:`nhi_express.audit.flows.record`."""

    at = models.DateTimeField(db_comment="time of the event, UTC; not personal")
    event = models.CharField(max_length=48, db_comment="name from the catalogue; not personal")
    actor = models.CharField(max_length=16, db_comment="who acted: member, system, clerk, hotline; not personal")
    member = models.UUIDField(null=True, db_comment="keyed index of the member's ID number; pseudonym")
    registration = models.UUIDField(null=True, db_comment="registration concerned; pseudonym")
    claimed = models.UUIDField(null=True, db_comment="keyed index of an ID number that was typed, unproven; pseudonym")
    payload = models.JSONField(default=dict, db_comment="codes and opaque identifiers; not personal")

    class Meta:
        db_table_comment = "append-only audit log"
        indexes = [
            models.Index(fields=["registration", "-id"], name="audit_by_registration"),
            models.Index(fields=["member", "-id"], name="audit_by_member"),
            models.Index(fields=["claimed", "-id"], condition=Q(claimed__isnull=False), name="audit_by_claim"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

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


class DayCount(models.Model):
    """How often something happened on a day in Taiwan. Counts of kinds, never of persons: pages of figures read these
    rows and not the log, so they cost the same however long the log is."""

    day = models.DateField(db_comment="day in Taiwan; not personal")
    event = models.CharField(max_length=48, db_comment="name from the catalogue; not personal")
    channel = models.CharField(max_length=12, default="", blank=True, db_comment="not personal")
    office = models.CharField(max_length=16, default="", blank=True, db_comment="code of an office; not personal")
    code = models.CharField(max_length=16, default="", blank=True, db_comment="problem's code or a time class")
    detail = models.CharField(max_length=24, default="", blank=True, db_comment="platform or operator; not personal")
    times = models.PositiveBigIntegerField(db_comment="how often; not personal")

    class Meta:
        db_table_comment = "daily counts of events"
        constraints = [
            models.UniqueConstraint(
                fields=["day", "event", "channel", "office", "code", "detail"], name="audit_one_count_a_kind"
            )
        ]


class Progress(models.Model):
    """How far a reader of the log has come: the counts, the signed tree."""

    reader = models.CharField(primary_key=True, max_length=12, db_comment="counts or tree; not personal")
    entry = models.BigIntegerField(default=0, db_comment="last event that it read; not personal")

    class Meta:
        db_table_comment = "how far readers of the log have come"


class Node(models.Model):
    """A node of the log's Merkle tree that is whole: ``level`` 0 are the leaves, one an event."""

    level = models.PositiveSmallIntegerField(db_comment="height in the tree; not personal")
    place = models.PositiveBigIntegerField(db_comment="place on its level; not personal")
    digest = models.BinaryField(max_length=32, db_comment="SHA-256; not personal")
    entry = models.BigIntegerField(null=True, db_comment="the event of a leaf; not personal")

    class Meta:
        db_table_comment = "Merkle tree over the audit log"
        constraints = [models.UniqueConstraint(fields=["level", "place"], name="audit_node_once")]
        indexes = [models.Index(fields=["entry"], condition=Q(entry__isnull=False), name="audit_leaf_of_entry")]


class Checkpoint(models.Model):
    """A signed head of the tree: what the log was when it had so many events (C2SP tlog-checkpoint)."""

    size = models.PositiveBigIntegerField(primary_key=True, db_comment="events in the tree; not personal")
    note = models.TextField(db_comment="the signed note; not personal")
    at = models.DateTimeField(db_comment="not personal")

    class Meta:
        db_table_comment = "signed heads of the audit log's tree"

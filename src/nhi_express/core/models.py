"""Tables that belong to no room: counters of tries, and notices on their way out."""

from django.db import models
from django.db.models import Q


class Tries(models.Model):
    """One counter of tries: see :mod:`nhi_express.core.throttle`."""

    limit_name = models.CharField(max_length=32, db_comment="name of the limit; not personal")
    subject = models.UUIDField(db_comment="keyed index of what is limited; not personal")
    spent = models.PositiveIntegerField(db_comment="tries since the last success or pause; not personal")
    streak = models.PositiveIntegerField(db_comment="tries since the last success; not personal")
    last_at = models.DateTimeField(db_comment="time of the last try; not personal")
    locked_until = models.DateTimeField(null=True, db_comment="end of the pause, if one was earned; not personal")

    class Meta:
        db_table_comment = "counters of tries"
        constraints = [models.UniqueConstraint(fields=["limit_name", "subject"], name="tries_once")]


class Notice(models.Model):
    """A message to a member, kept until it was handed to the mail relay."""

    id = models.UUIDField(primary_key=True, db_comment="random; not personal")
    kind = models.CharField(max_length=48, db_comment="name of the message; not personal")
    language = models.CharField(max_length=8, db_comment="language of the message; not personal")
    sealed = models.BinaryField(db_comment="SENSITIVE, sealed: address and values of the message")
    about = models.UUIDField(null=True, db_comment="registration that it tells of; pseudonym")
    stop = models.UUIDField(null=True, db_comment="keyed index of its stop code; not personal")
    created_at = models.DateTimeField(db_comment="not personal")
    bulk = models.BooleanField(default=False, db_default=False, db_comment="one of many alike: sent after all others")
    next_at = models.DateTimeField(null=True, db_comment="when to try next; null once sent or given up")
    attempts = models.PositiveSmallIntegerField(default=0, db_comment="not personal")
    last_error = models.CharField(max_length=48, default="", blank=True, db_comment="class of the last error")
    sent_at = models.DateTimeField(null=True, db_comment="not personal")

    class Meta:
        db_table_comment = "outgoing notices (outbox)"
        indexes = [
            models.Index(fields=["bulk", "next_at"], condition=Q(next_at__isnull=False), name="notices_due"),
            models.Index(fields=["about"], condition=Q(stop__isnull=False), name="stop_codes_of"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["stop"], condition=Q(stop__isnull=False), name="one_notice_a_stop_code")
        ]


class Override(models.Model):
    """A setting's value as planned in the back office: see :mod:`nhi_express.core.lifetimes`."""

    name = models.CharField(max_length=32, db_comment="name of the setting; not personal")
    value = models.PositiveIntegerField(db_comment="not personal")
    effective_at = models.DateTimeField(db_comment="when it begins to hold; not personal")

    class Meta:
        db_table_comment = "settings changed while the site runs"
        constraints = [models.UniqueConstraint(fields=["name", "effective_at"], name="one_value_at_a_time")]

"""News and terms that were written in the back office. What comes with a release stands in files beside this module."""

from django.db import models
from django.db.models import F, Q


class Notice(models.Model):
    """An item of the news. One with the key of a shipped item takes its place."""

    key = models.SlugField(primary_key=True, max_length=24, db_comment="short name; not personal")
    severity = models.CharField(max_length=8, db_comment="news or outage; not personal")
    title_zh = models.CharField(max_length=120, db_comment="not personal")
    title_en = models.CharField(max_length=160, db_comment="not personal")
    text_zh = models.TextField(db_comment="not personal")
    text_en = models.TextField(db_comment="not personal")
    begins_at = models.DateTimeField(db_comment="told from then on; not personal")
    ends_at = models.DateTimeField(null=True, db_comment="told until then; not personal")
    withdrawn = models.BooleanField(default=False, db_comment="taken back before its end; not personal")

    class Meta:
        db_table_comment = "news"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at=None) | Q(ends_at__gt=F("begins_at")), name="news_begin_first")
        ]


class TermsVersion(models.Model):
    """A version of the terms. Once in force it never changes again: a trigger sees to that."""

    id = models.UUIDField(primary_key=True, db_comment="random; not personal")
    effective = models.DateField(unique=True, db_comment="first day in force, and its name; not personal")
    text_zh = models.TextField(db_comment="not personal")
    text_en = models.TextField(db_comment="not personal")
    written_on = models.DateField(db_comment="day of its words, before it is in force; not personal")

    class Meta:
        db_table_comment = "versions of the terms of use"
        constraints = [models.CheckConstraint(condition=Q(effective__gt=F("written_on")), name="terms_written_before")]

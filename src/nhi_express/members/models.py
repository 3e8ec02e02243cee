"""The insured register as it is stored: indexes and sealed records."""

from django.db import models


class InsuredMember(models.Model):
    """One row of the insured register."""

    key = models.UUIDField(primary_key=True, db_comment="keyed index of the ID number; pseudonym")
    card_key = models.UUIDField(db_index=True, db_comment="keyed index of the card number; pseudonym")
    sealed = models.BinaryField(db_comment="SENSITIVE, sealed: the whole record")
    run = models.BigIntegerField(db_comment="import that wrote the row last; not personal")

    class Meta:
        db_table_comment = "insured register"


class FormerNumber(models.Model):
    """A number by which a member was known before."""

    key = models.UUIDField(primary_key=True, db_comment="keyed index of the former ID number; pseudonym")
    member = models.UUIDField(db_index=True, db_comment="keyed index of the present ID number; pseudonym")

    class Meta:
        db_table_comment = "former ID numbers of members"


class ImportRun(models.Model):
    """How far an import has come: written with each chunk, so that it goes on where it stopped."""

    digest = models.CharField(max_length=64, db_index=True, db_comment="SHA-256 of the file; not personal")
    offset = models.PositiveBigIntegerField(default=0, db_comment="bytes of whole chunks done; not personal")
    line = models.PositiveBigIntegerField(default=0, db_comment="lines of whole chunks done; not personal")
    accepted = models.PositiveBigIntegerField(default=0, db_comment="not personal")
    rejected = models.PositiveBigIntegerField(default=0, db_comment="not personal")
    started_at = models.DateTimeField(db_comment="not personal")
    finished_at = models.DateTimeField(null=True, db_comment="not personal")

    class Meta:
        db_table_comment = "imports of the insured register"


class ImportReject(models.Model):
    """A line that an unfinished import did not take: written with its chunk, moved to the rejects file at the end."""

    run = models.BigIntegerField(db_comment="import that read the line; not personal")
    line = models.PositiveBigIntegerField(db_comment="number of the line in the file; not personal")
    column = models.CharField(max_length=40, db_comment="name of the column at fault, or empty; not personal")
    reason = models.CharField(max_length=40, db_comment="code of the reason; not personal")

    class Meta:
        db_table_comment = "lines that an unfinished import of the insured register did not take"
        constraints = [models.UniqueConstraint(fields=["run", "line"], name="members_one_reject_a_line")]

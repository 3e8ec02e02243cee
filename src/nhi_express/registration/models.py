"""The member's account for online services, its consents and its addresses for notices."""

from django.db import models
from django.db.models import Q

from nhi_express.core.database import one_of
from nhi_express.registration.rules import State


class Registration(models.Model):
    """An account. Only :mod:`nhi_express.registration.flows` makes one or changes its state (a house rule)."""

    id = models.UUIDField(primary_key=True, db_comment="random; not personal")
    member = models.UUIDField(db_comment="keyed index of the member's ID number; pseudonym")
    state = models.CharField(max_length=24, choices=[(s.value, s.value) for s in State], db_comment="not personal")
    reason = models.CharField(max_length=24, db_comment="code of the reason for the state; not personal")
    before = models.CharField(
        max_length=24, default="", db_default="", db_comment="state before it was suspended; not personal"
    )
    assurance = models.CharField(max_length=24, db_comment="label derived from evidence; not personal")
    password_hash = models.CharField(max_length=160, default="", db_comment="SENSITIVE: argon2id over a peppered value")
    language = models.CharField(max_length=8, default="zh-hant", db_comment="language for notices; not personal")
    created_at = models.DateTimeField(db_comment="not personal")
    state_at = models.DateTimeField(db_comment="time of the last change of state; not personal")

    class Meta:
        db_table_comment = "members' accounts for online services"
        constraints = [
            # A cancelled member may register anew, so only the living registration is unique.
            models.UniqueConstraint(fields=["member"], condition=~Q(state="cancelled"), name="one_living_registration"),
            models.CheckConstraint(condition=one_of("state", State), name="registration_state_known"),
        ]


class Consent(models.Model):
    """Which terms were shown and accepted, when, in which language (regulation, point 7)."""

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, db_comment="not personal")
    version = models.CharField(max_length=16, db_comment="version of the terms; not personal")
    language = models.CharField(max_length=8, db_comment="language shown; not personal")
    digest = models.CharField(max_length=64, db_comment="SHA-256 of the text shown; not personal")
    accepted_at = models.DateTimeField(db_comment="not personal")

    class Meta:
        db_table_comment = "accepted terms"


class Address(models.Model):
    """An e-mail address for notices. It is used only once its owner has typed the code sent to it."""

    id = models.UUIDField(primary_key=True, db_comment="random; not personal")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, db_comment="not personal")
    kind = models.CharField(max_length=8, default="main", db_default="main", db_comment="main or backup; not personal")
    sealed = models.BinaryField(db_comment="SENSITIVE, sealed: the address")
    code_hash = models.CharField(max_length=160, default="", db_comment="SENSITIVE: slow hash of the mailed code")
    code_until = models.DateTimeField(null=True, db_comment="not personal")
    confirmed_at = models.DateTimeField(null=True, db_comment="not personal")

    class Meta:
        db_table_comment = "e-mail addresses for notices"


class ProofCode(models.Model):
    """A code mailed to every address on file: who types it reads the mail of the registration's owner."""

    registration = models.OneToOneField(
        Registration, on_delete=models.CASCADE, primary_key=True, db_comment="not personal"
    )
    code_hash = models.CharField(max_length=160, db_comment="SENSITIVE: slow hash of the mailed code")
    until = models.DateTimeField(db_comment="not personal")

    class Meta:
        db_table_comment = "codes that prove the reading of mail"

"""Bound phones, device codes, spent challenges."""

from django.db import models

from nhi_express.core.database import one_of
from nhi_express.devices.rules import DeviceState, thumbprint_hex
from nhi_express.registration.models import Registration


class Device(models.Model):
    """A phone bound to a registration. Only :func:`nhi_express.devices.flows.bind` makes one (a house rule).

    Rows stay when a phone is deleted: NIST SP 800-63B-4, section 4.1, asks for a record of all that was ever bound.
    """

    id = models.UUIDField(primary_key=True, db_comment="random; not personal")
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, db_comment="not personal")
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in DeviceState], db_comment="not personal"
    )
    reason = models.CharField(max_length=24, default="", blank=True, db_comment="code of the reason; not personal")
    platform = models.CharField(max_length=24, db_comment="operating system; not personal")
    model = models.CharField(max_length=64, db_comment="model as the phone tells it; not personal")
    sealed_name = models.BinaryField(default=b"", db_comment="SENSITIVE, sealed: name given by the member")
    key = models.BinaryField(max_length=65, db_comment="public device key, P-256 point; not personal")
    thumbprint = models.CharField(max_length=43, unique=True, db_comment="RFC 7638 thumbprint of the key; not personal")
    bound_at = models.DateTimeField(db_comment="not personal")
    state_at = models.DateTimeField(db_comment="not personal")
    used_at = models.DateTimeField(null=True, db_comment="last sign-in; not personal")
    channel = models.CharField(max_length=12, db_comment="channel that bound it; not personal")
    credential_id = models.BinaryField(null=True, unique=True, max_length=1023, db_comment="passkey id; not personal")
    credential = models.BinaryField(null=True, db_comment="passkey public key (COSE); not personal")
    sign_count = models.PositiveBigIntegerField(default=0, db_comment="passkey counter; not personal")
    synced = models.BooleanField(default=False, db_comment="passkey may be on other devices too; not personal")
    aaguid = models.UUIDField(null=True, db_comment="model of the authenticator; not personal")

    class Meta:
        db_table_comment = "phones bound to registrations"
        indexes = [models.Index(fields=["registration", "state"], name="devices_of_registration")]
        constraints = [models.CheckConstraint(condition=one_of("state", DeviceState), name="device_state_known")]

    @property
    def identifier(self) -> str:
        """裝置識別碼: the first 16 hex digits of the key's thumbprint, as people compare it."""
        return thumbprint_hex(self.thumbprint)[:16]


class Use(models.Model):
    """A signed-in use of the app or the portal: when it began, and when it was last used."""

    digest = models.BinaryField(primary_key=True, max_length=32, db_comment="SHA-256 of the cookie; not personal")
    started_at = models.DateTimeField(db_comment="not personal")
    seen_at = models.DateTimeField(db_index=True, db_comment="last use, to the minute; not personal")

    class Meta:
        abstract = True


class Session(Use):
    """A signed-in use of a bound phone. It ends with its device and its registration, whichever goes first."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, db_comment="not personal")

    class Meta:
        db_table_comment = "signed-in phones"


class DeviceCode(models.Model):
    """裝置認證碼: the newest code of a registration. A fresh one takes its place; it binds one phone, once."""

    id = models.UUIDField(primary_key=True, db_comment="random; not personal")
    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, db_comment="not personal")
    channel = models.CharField(max_length=12, default="card", db_default="card", db_comment="where it was made")
    token = models.BinaryField(unique=True, max_length=32, db_comment="SHA-256 of the QR's token; not personal")
    code_hash = models.CharField(max_length=160, db_comment="SENSITIVE: slow hash of the typed code")
    until = models.DateTimeField(db_index=True, db_comment="not personal")
    claimed_at = models.DateTimeField(null=True, db_comment="first scanned or typed; not personal")
    used_by = models.BinaryField(
        null=True, max_length=32, db_comment="SHA-256 of the ticket that used it, null before; not personal"
    )
    device = models.ForeignKey(Device, null=True, on_delete=models.SET_NULL, db_comment="what it bound; not personal")

    class Meta:
        db_table_comment = "codes that bind a phone"


class SpentChallenge(models.Model):
    """A challenge that was answered: it is good for once."""

    digest = models.BinaryField(primary_key=True, max_length=32, db_comment="SHA-256 of the challenge; not personal")
    until = models.DateTimeField(db_index=True, db_comment="may be forgotten after; not personal")

    class Meta:
        db_table_comment = "answered challenges"

"""Signed-in uses of the portal, and the household that a registration was last proven by."""

from django.db import models

from nhi_express.devices.models import Use
from nhi_express.registration.models import Registration


class PortalSession(Use):
    """A signed-in use of the portal. It ends with its registration."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, db_comment="not personal")

    class Meta:
        db_table_comment = "signed-in uses of the portal"


class AddressBasis(models.Model):
    """Household number and registered address as they were when the register last agreed with them."""

    registration = models.OneToOneField(
        Registration, on_delete=models.CASCADE, primary_key=True, db_comment="not personal"
    )
    sealed = models.BinaryField(db_comment="SENSITIVE, sealed: household number and registered address")
    checked_at = models.DateTimeField(db_comment="when the register agreed; not personal")

    class Meta:
        db_table_comment = "households that registrations were proven by"

"""Where the answers lead to: each place once, so that it has one name everywhere."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nhi_express.help.answers.blocks import Link

BY_NUMBER = Link(_("Verify by mobile number"), "/app/bind/mobile/terms")
BY_CODE = Link(_("Bind this phone with a device code"), "/app/bind/code/")
PORTAL = Link(_("NHI card registration on the website"), "/portal/")
CHECK = Link(_("Check whether this computer is ready"), "/portal/check/")
OFFICES = Link(_("Find a service counter"), "/help/offices/")
DOWNLOAD = Link(_("Download the card component"), "/portal/download/")

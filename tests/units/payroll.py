"""A unit with a payroll system of its own, for tests of the API."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.test import Client as Browser

from nhi_express.core import clock
from nhi_express.units.flows.clients import make_client
from nhi_express.units.flows.desk import Desk
from nhi_express.units.models import ListedUnit, Officer, Unit
from nhi_express.units.rules import OfficerRole, OfficerState

TOKEN = "/api/oauth/token"
REVOKE = "/api/oauth/revoke"
API = "/api/units/v1"
_FORM = "application/x-www-form-urlencoded"


def unit_of(code: str, role: OfficerRole = OfficerRole.RESPONSIBLE, member: UUID | None = None) -> Desk:
    """The desk of a unit that uses the service, and its responsible person (or another officer) at it."""
    person, now = member or uuid4(), clock.now()
    listed = {"tax_id": "12345675", "certificate": "A1234", "name": "春天企業", "kind": "employer"}
    ListedUnit.objects.get_or_create(code=code, defaults={**listed, "responsible": person})
    unit, _ = Unit.objects.get_or_create(code=code, defaults={"registered_at": now})
    officer = Officer.objects.create(
        id=uuid4(), unit=unit, member=person, role=role, state=OfficerState.ACTIVE, invited_at=now, state_at=now
    )
    return Desk(unit, officer)


@dataclass
class Payroll:
    """A payroll system: knows its id and secret, gets itself tokens, and asks the API."""

    client_id: str
    secret: str
    browser: Browser = field(default_factory=lambda: Browser(raise_request_exception=False))
    token: str = ""

    @property
    def basic(self) -> tuple[str, str]:
        """User and password of HTTP Basic."""
        return self.client_id, self.secret

    def ask_token(self, secret: str = "", body: str = "grant_type=client_credentials", **more: Any) -> Any:
        """Ask the token endpoint."""
        header = basic(self.client_id, secret or self.secret)
        return self.browser.post(TOKEN, body, content_type=_FORM, headers=header, **more)

    def enter(self) -> Payroll:
        """Get a token."""
        self.token = self.ask_token().json()["access_token"]
        return self

    def revoke(self, token: str) -> Any:
        """Give a token back."""
        header = basic(self.client_id, self.secret)
        return self.browser.post(REVOKE, f"token={token}", content_type=_FORM, headers=header)

    def get(self, path: str, **headers: str) -> Any:
        """Ask the API."""
        return self.browser.get(API + path, headers={"Authorization": f"Bearer {self.token}", **headers})

    def post(self, path: str, body: object = "", kind: str = "application/json", **headers: str) -> Any:
        """Send something to the API."""
        told = {"Authorization": f"Bearer {self.token}", **headers}
        return self.browser.post(API + path, body, content_type=kind, headers=told)


def basic(user: str, password: str) -> dict[str, str]:
    """The header of HTTP Basic."""
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


def payroll_of(desk: Desk, name: str = "Payroll") -> Payroll:
    """A client made at a desk."""
    client, secret = make_client(desk, name)
    return Payroll(client.client_id, secret)

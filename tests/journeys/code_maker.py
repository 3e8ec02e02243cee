"""Stands in for the portal: registers a member of a running installation and makes a device code.

A program of its own, for it needs the installation's settings: `python -m tests.journeys.code_maker ID_NUMBER`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

from lint.tree import ROOT
from nhi_sandbox.demo import Installation
from nhi_sandbox.personas import Persona
from tests.journeys.acts import PASSWORD


@dataclass(frozen=True, slots=True)
class ShownCode:
    """What the portal shows."""

    code: str
    link: str


def make_code(installation: Installation, member: Persona) -> ShownCode:
    """A fresh code of ``member``."""
    command = [sys.executable, "-m", "tests.journeys.code_maker", member.id_number]
    told = subprocess.run(command, cwd=ROOT, env=installation.environment, capture_output=True, text=True, check=True)
    return ShownCode(**json.loads(told.stdout))


def _made(id_number: str) -> ShownCode:
    from django.db import transaction

    from nhi_express.devices import flows
    from nhi_express.members.flows import register
    from nhi_express.members.rules import IdNumber
    from nhi_express.registration import flows as accounts

    member = register().find(IdNumber.parse(id_number))
    assert member
    hashed = accounts.hash_password(PASSWORD, ())
    with transaction.atomic():
        registration = accounts.activate(member.key, "ial2-card", "zh-hant")
        accounts.store_password(registration, hashed)
    made = flows.make_code(registration)
    return ShownCode(made.code, made.link)


if __name__ == "__main__":
    import django

    django.setup()
    shown = _made(sys.argv[1])
    sys.stdout.write(json.dumps({"code": shown.code, "link": shown.link}))

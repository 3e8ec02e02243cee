"""What people do on the portal, without its pages."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager

import pytest
from django.core import mail

from nhi_express.card.flows import applying
from nhi_express.card.rules import Proof
from nhi_express.core import clock, outbox
from nhi_express.enrolment.models import Attempt
from nhi_express.help import terms
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration.models import Registration
from nhi_sandbox.personas import Persona
from tests.card.cards import Browser, household_of, permit_of

PASSWORD, MAIN, BACKUP = "seven tall herons", "main@mail.example.tw", "backup@mail.example.tw"


def refused(problem: Problem) -> AbstractContextManager[pytest.ExceptionInfo[Refused]]:
    """Expects to be refused for a reason."""
    return pytest.raises(Refused, check=lambda refusal: refusal.problem is problem)


def mailed_to(address: str) -> str:
    """The newest code mailed to an address."""
    outbox.send_due()
    bodies = [str(letter.body) for letter in mail.outbox if letter.to == [address]]
    return str(re.findall(r"\d{4} \d{4}", bodies[-1])[-1]).replace(" ", "")


def another(code: str) -> str:
    """A code that is not this one."""
    return "00000000" if code != "00000000" else "11111111"


def proof_of(who: Persona) -> Proof:
    """Household or permit, as it should be."""
    return household_of(who) if who.is_citizen else permit_of(who)


def again(attempt: Attempt) -> Attempt:
    """An attempt as the next request finds it."""
    return Attempt.objects.get(pk=attempt.pk)


def begin(language: str = "zh-hant") -> Attempt:
    """Accept the terms."""
    return applying.start(terms.current(clock.today()).version, language)[0]


def shown(browser: Browser, who: Persona, *, silent: bool = False) -> Attempt:
    """As far as the card shown."""
    attempt = begin()
    applying.show_card(attempt, browser.present(who, silent=silent))
    return again(attempt)


def proven(browser: Browser, who: Persona, *, silent: bool = False) -> Attempt:
    """As far as household or permit."""
    attempt = shown(browser, who, silent=silent)
    applying.prove(attempt, browser.present(who, silent=silent), proof_of(who))
    return again(attempt)


def applied(browser: Browser, who: Persona, main: str = MAIN, backup: str = "") -> Attempt:
    """As far as the mailed code."""
    attempt = proven(browser, who)
    applying.finish(attempt, PASSWORD, main, backup, "zh-hant")
    return again(attempt)


def registered(browser: Browser, who: Persona, main: str = MAIN) -> Registration:
    """All the way."""
    return Registration.objects.get(pk=applying.confirm(applied(browser, who, main), mailed_to(main)).pk)

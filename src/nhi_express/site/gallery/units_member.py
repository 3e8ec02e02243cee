"""What a unit has begun, finished by the member on their own phone: with the insurer's activation code."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from uuid import UUID

from nhi_express.core import clock
from nhi_express.enrolment.flows import LastStep
from nhi_express.enrolment.forms import FinishForm
from nhi_express.help import terms
from nhi_express.help.catalogue import Problem
from nhi_express.site.gallery.page import Context, Page, State
from nhi_express.site.jinja import page_language
from nhi_express.units.forms import ActivationForm, ProofForm

_ATTEMPT = {"attempt": SimpleNamespace(id=UUID(int=1))}
_CLAIM = SimpleNamespace(masked_name="陳○桃", unit_name="示範沙盒股份有限公司")


def _code(problem: Problem | None = None, **typed: str) -> Context:
    troubles = {"foreign": Problem.QR_FOREIGN, "computer": Problem.CODE_ON_COMPUTER}
    return {"form": ActivationForm(typed or None), "problem": problem, **troubles}


def _terms(missing: bool) -> Context:
    shown = terms.current(clock.today())
    return {"claim": _CLAIM, "terms": shown, "text": shown.html(page_language()), "missing": missing}


def _proof(foreign: bool, left: int | None = None, **typed: str) -> Context:
    form = ProofForm(typed or None, foreign=foreign)
    return {**_ATTEMPT, "form": form, "left": left, "problem": Problem.DATA_DO_NOT_MATCH.value}


def _finish() -> Context:
    options = {"token": "t", "challenge": "AAAA", "passkey": None}
    step = LastStep("陳○桃", has_password=False, too_many=[], options=options)
    return {**_ATTEMPT, "form": FinishForm(), "step": step, "problem": None, "base": "/app/bind/unit/"}


_RIGHT = {"id_number": "B299001371", "code": "7K3M-9PXD-2HWA"}
_CODE: dict[str, State] = {
    "empty": _code,
    "mistyped": partial(_code, id_number="A123456788", code="7K3M"),
    "wrong": partial(_code, Problem.ACTIVATION_CODE_WRONG, **_RIGHT),
    "too-old": partial(_code, Problem.ACTIVATION_CODE_EXPIRED, **_RIGHT),
    "not-waiting": partial(_code, Problem.NO_INVITATION, **_RIGHT),
}
_TERMS: dict[str, State] = {"unread": partial(_terms, False), "not-ticked": partial(_terms, True)}
_PROOF: dict[str, State] = {
    "citizen": partial(_proof, False),
    "foreign": partial(_proof, True),
    "mistyped": partial(_proof, False, last4="12a", household="?"),
    "no-date": partial(_proof, True, last4="2012", permit_issued="20-05-24"),
    "wrong": partial(_proof, False, 3),
    "last-try": partial(_proof, True, 1),
}

PAGES = (
    Page("unit-start", "units/bind_start.html", {"first": {"next": "/app/"}}),
    Page("unit-code", "units/bind_code.html", _CODE),
    Page(
        "unit-terms", "units/bind_terms.html", {"unread": partial(_terms, False), "not-ticked": partial(_terms, True)}
    ),
    Page("unit-proof", "units/bind_proof.html", _PROOF),
    Page("unit-finish", "enrolment/finish.html", {"new": _finish}),
    Page(
        "unit-done",
        "enrolment/done.html",
        {"home": {"channel": "unit", "device": "", "identifier": "", "next": "/app/"}},
    ),
)

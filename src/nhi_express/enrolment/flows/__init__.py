"""Attempts, the one gate that every channel ends in, the last step before it, and what units have begun."""

from nhi_express.enrolment.flows.attempts import (
    claim,
    current,
    forget_expired,
    notes_of,
    proven_member,
    sealed_notes,
    start,
    terms_of,
)
from nhi_express.enrolment.flows.finishing import (
    Finish,
    LastStep,
    bound_identifier,
    finish,
    guessable,
    last_step,
    next_page,
)
from nhi_express.enrolment.flows.gate import Wish, enrol, forgive

# Other rooms know one door of this room; each ceremony stands in a module of its own.
__all__ = [
    "Finish",
    "LastStep",
    "Wish",
    "bound_identifier",
    "claim",
    "current",
    "enrol",
    "finish",
    "forget_expired",
    "forgive",
    "guessable",
    "last_step",
    "next_page",
    "notes_of",
    "proven_member",
    "sealed_notes",
    "start",
    "terms_of",
]

"""The second proof beside the card: the household of a citizen, the residence permit of a foreign member (seed Q1)."""

from __future__ import annotations

from nhi_express.card.adapters.permit import permit_reader
from nhi_express.card.flows.presenting import PresentedCard, refuse
from nhi_express.card.rules import Household, Permit, PermitFault, Proof, household_mismatch, permit_matches
from nhi_express.core import clock, throttle
from nhi_express.core.limits import Limit
from nhi_express.enrolment.rules import Evidence
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.ports import Member


def prove_holder(presented: PresentedCard, proof: Proof) -> Evidence:
    """Compare what the holder of a card typed or put in with the register. Returns the evidence it gives.

    Raises :class:`Refused`; a household that does not match costs a try.
    """
    if isinstance(proof, Permit) != presented.foreign:
        raise Refused(Problem.OTHER_PROOF_NEEDED)
    if isinstance(proof, Permit):
        return _check_permit(presented.member, proof)
    # Who only copied a card's data counts apart: nobody without the card can lock out its holder.
    subject = str(presented.member.key) if presented.authenticated else f"{presented.member.key}:read"
    return check_household(presented.member, proof, subject)


def check_household(member: Member, household: Household, subject: str) -> Evidence:
    """Compare a household with the register; ``subject`` names whose tries are counted. Raises :class:`Refused`."""
    decision = throttle.spend(Limit.CARD_HOUSEHOLD, subject)
    if decision.verdict == "exhausted":
        raise Refused(Problem.PROVE_AGAIN)
    if not decision.permitted:
        raise Refused(Problem.LOCKED, until=decision.until)
    mismatch = household_mismatch(household, member.record)
    if mismatch is not None:
        refuse(member, Problem.CARD_DATA_DO_NOT_MATCH, mismatch, left=decision.left)
    throttle.clear(Limit.CARD_HOUSEHOLD, subject)
    return Evidence.HOUSEHOLD


def _check_permit(member: Member, permit: Permit) -> Evidence:
    try:
        told = permit_reader().read(permit.data)
    except PermitFault as fault:
        raise Refused(Problem.PERMIT_UNREADABLE) from fault
    # The card's number is one of these already: the register was asked by it.
    if not permit_matches(told, member.known_numbers, clock.today()):
        refuse(member, Problem.PERMIT_DOES_NOT_MATCH)
    return Evidence.ARC_CHIP

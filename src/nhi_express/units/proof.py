"""What a member shows beside an activation code, and how it compares with the register. Pure (DESIGN, section 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hmac import compare_digest

from nhi_express.members.rules import MemberRecord


@dataclass(frozen=True, slots=True)
class Papers:
    """Last four digits of the NHI card, and either the household number or the day the permit was issued."""

    last4: str
    household: str
    permit_issued: date | None


class ProofFault(StrEnum):
    """What exactly did not match. Staff see it; the member sees one message for all."""

    CARD = "CARD_MISMATCH"
    HOUSEHOLD = "HOUSEHOLD_MISMATCH"
    PERMIT_DATE = "PERMIT_DATE_MISMATCH"


def proof_fault(papers: Papers, record: MemberRecord) -> ProofFault | None:
    """The first thing that does not match; what the register does not hold matches nothing."""
    second = _permit_matches(papers, record) if record.foreign else _household_matches(papers, record)
    if not (compare_digest(record.card_number[-4:], papers.last4) and record.card_valid):
        return ProofFault.CARD
    if second:
        return None
    return ProofFault.PERMIT_DATE if record.foreign else ProofFault.HOUSEHOLD


def _household_matches(papers: Papers, record: MemberRecord) -> bool:
    return bool(record.household_number) and compare_digest(record.household_number, papers.household)


def _permit_matches(papers: Papers, record: MemberRecord) -> bool:
    return record.permit_issued is not None and record.permit_issued == papers.permit_issued

"""A card is put in: is it real, whose is it, and does the register agree?

Each reading answers a challenge of its own, made for one browser and spent by its first use. The page asks for one,
has the card answer it, and sends both; who proves by a residence permit in the same reader has the card answer first,
keeps the answer, and reads the permit then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.card.adapters.issuer import card_authority
from nhi_express.card.ports import IssuerDown
from nhi_express.card.rules import (
    RESPONSE_LENGTH,
    BlockFault,
    CardBlock,
    Mismatch,
    card_mismatch,
    is_void,
    mask_card_number,
)
from nhi_express.core import clock, throttle
from nhi_express.core.config import config
from nhi_express.core.encoding import from_base64url
from nhi_express.core.limits import Limit
from nhi_express.core.logging import log
from nhi_express.devices import flows as devices
from nhi_express.devices.rules import Challenge
from nhi_express.enrolment.rules import Evidence
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.members.ports import Member
from nhi_express.members.rules import masked_name


@dataclass(frozen=True, slots=True)
class PresentedCard:
    """A card that the register knows. ``doubt``: why it is not authenticated, where the setting lets that pass."""

    member: Member
    block: CardBlock
    doubt: Problem | None

    @property
    def authenticated(self) -> bool:
        """Whether the card answered its issuer's challenge."""
        return self.doubt is None

    @property
    def evidence(self) -> Evidence:
        """What this reading proves."""
        return Evidence.CARD_AUTHENTICATED if self.authenticated else Evidence.CARD_READ

    @property
    def masked_name(self) -> str:
        """The name on the card, as it is shown."""
        return masked_name(self.block.name)

    @property
    def masked_number(self) -> str:
        """The card's number, as it is shown."""
        return mask_card_number(self.block.card_number)

    @property
    def foreign(self) -> bool:
        """Whether this member proves by a residence permit instead of a household number."""
        return self.member.record.foreign

    def require_authenticated(self) -> None:
        """Raise :class:`Refused` for a card that was only read."""
        if self.doubt is not None:
            raise Refused(self.doubt)


def challenge(visit: UUID) -> Challenge:
    """A fresh challenge for the card in this browser. Raises :class:`Refused` when the channel is closed."""
    refuse_closed()
    return devices.new_challenge("card", visit)


def refuse_closed() -> None:
    """Raise :class:`Refused` in an installation that has no card issuer to ask."""
    if not config().card_issuer_url:
        raise Refused(Problem.CARD_CHANNEL_CLOSED)


def present(
    visit: UUID,
    token: str,
    block: bytes,
    response: bytes | None,
    *,
    state: int | None = None,
    expected: str = "",
    source: str = "",
) -> PresentedCard:
    """Accept a reading of a card, once. ``response`` is None when the card did not answer.

    ``state`` is the first byte of the card's own state, ``expected`` the number of the card shown before, where there
    was one, ``source`` the network address it comes from. Raises :class:`Refused`; a refusal is on record.
    """
    refuse_closed()
    _count(source)
    asked = _spend(token, visit)
    try:
        read = _read(block, state, expected)
        doubt = _doubt(read, asked, response)
    except Refused as refusal:
        _record_refusal(About(), refusal.problem)
        raise
    presented = _known(read, doubt)
    throttle.clear(Limit.CARD_SOURCE, source)
    return presented


def _count(source: str) -> None:
    """Anybody may send readings: who sends bad ones without end keeps neither the issuer nor the log busy."""
    decision = throttle.spend(Limit.CARD_SOURCE, source)
    if not decision.permitted:
        raise Refused(Problem.TOO_MANY_ATTEMPTS, until=decision.until)


def _spend(token: str, visit: UUID) -> bytes:
    """The challenge of a token, used up: an answer is good for once, whatever comes of it."""
    try:
        asked = devices.challenge_of(token, "card", visit)
        with transaction.atomic():
            devices.spend_challenge(asked)
    except Refused as refusal:
        raise Refused(Problem.CARD_CHALLENGE_EXPIRED) from refusal
    return from_base64url(asked)


def _read(block: bytes, state: int | None, expected: str) -> CardBlock:
    try:
        read = CardBlock.parse(block)
    except BlockFault as fault:
        raise Refused(Problem.CARD_UNREADABLE) from fault
    if expected and read.card_number.value != expected:
        raise Refused(Problem.CARD_SWAPPED)
    # The card's own word tells nothing about the register, so it may be passed on at once.
    if is_void(state):
        raise Refused(Problem.CARD_NOT_VALID)
    return read


def _doubt(read: CardBlock, asked: bytes, response: bytes | None) -> Problem | None:
    """Why the card is not authenticated; None when it is. Raises :class:`Refused` where that may not pass.

    A wrong answer never passes; none at all, or none from the issuer, does where the setting says ``preferred``.
    """
    if response is None:
        return _tolerated(Problem.CARD_NOT_AUTHENTIC)
    if len(response) != RESPONSE_LENGTH:
        raise Refused(Problem.CARD_NOT_AUTHENTIC)
    try:
        authentic = card_authority().verify(read.card_number.value, asked, response)
    except IssuerDown as error:
        log("card").warning("issuer_down", reason=str(error))
        return _tolerated(Problem.ISSUER_DOWN)
    if not authentic:
        raise Refused(Problem.CARD_NOT_AUTHENTIC)
    return None


def _tolerated(problem: Problem) -> Problem:
    if config().card_authentication == "required":
        raise Refused(problem)
    return problem


def _known(read: CardBlock, doubt: Problem | None) -> PresentedCard:
    member = register().find(read.id_number)
    mismatch = card_mismatch(read, member.record if member else None, clock.today())
    if member is None or mismatch is not None:
        refuse(member, Problem.CARD_DATA_DO_NOT_MATCH, mismatch)
    if not member.record.card_valid:
        refuse(member, Problem.CARD_NOT_VALID)
    with transaction.atomic():
        record(Event.CARD_PRESENTED, About(member=member.key), authenticated="yes" if doubt is None else "no")
    return PresentedCard(member, read, doubt)


def refuse(member: Member | None, problem: Problem, mismatch: Mismatch | None = None, **details: object) -> NoReturn:
    """Write down the exact cause for staff, and raise :class:`Refused`, which tells the member the common one."""
    _record_refusal(About(member=member.key if member else None), problem, mismatch)
    raise Refused(problem, **details)


def _record_refusal(about: About, problem: Problem, mismatch: Mismatch | None = None) -> None:
    with transaction.atomic():
        record(Event.CARD_REFUSED, about, problem=problem.value.code, outcome=mismatch.value if mismatch else "")

"""The channel table: what each channel must prove, and what that is worth. Pure (DESIGN, section 4.1)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """註冊管道 (seed Q1)."""

    MOBILE = "mobile"
    CARD = "card"
    UNIT = "unit"
    COUNTER = "counter"


class Evidence(StrEnum):
    """憑據: one thing a channel has proven."""

    TERMS = "TERMS"
    LINE_PRESENT = "LINE_PRESENT"
    LINE_ELIGIBLE = "LINE_ELIGIBLE"
    LINE_OWNER = "LINE_OWNER"
    CARD_LAST4 = "CARD_LAST4"
    CARD_READ = "CARD_READ"
    CARD_AUTHENTICATED = "CARD_AUTHENTICATED"
    HOUSEHOLD = "HOUSEHOLD"
    ARC_CHIP = "ARC_CHIP"
    UNIT_ATTESTED = "UNIT_ATTESTED"
    ROSTER = "ROSTER"
    POSTED_CODE = "POSTED_CODE"
    PERMIT_DATE = "PERMIT_DATE"
    CLERK = "CLERK"
    NHI_CARD_SEEN = "NHI_CARD_SEEN"
    ID_SEEN = "ID_SEEN"
    HOUSEHOLD_SEEN = "HOUSEHOLD_SEEN"
    ARC_SEEN = "ARC_SEEN"


class Assurance(StrEnum):
    """What the evidence is worth (NIST SP 800-63A-4, sections 4.1 and 4.2); published as ``acr``."""

    PHONE_ACCOUNT = "ial1-line"
    CARD_HELD = "ial1-card"
    CARD_PROVEN = "ial2-card"
    POSTED = "ial1-posted"
    IN_PERSON = "ial2-counter"


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """One row of the channel table. ``ways`` are alternatives; one of them must be held whole."""

    citizen: tuple[frozenset[Evidence], ...]
    foreign: tuple[frozenset[Evidence], ...]
    binds_phone: bool
    confirms_email: bool


_E = Evidence
_LINE = {_E.LINE_PRESENT, _E.LINE_ELIGIBLE, _E.LINE_OWNER, _E.CARD_LAST4}
_MOBILE = (frozenset({_E.TERMS} | _LINE),)
_UNIT_LINE = frozenset({_E.UNIT_ATTESTED, _E.ROSTER, _E.TERMS} | _LINE)
_UNIT_POST = frozenset({_E.UNIT_ATTESTED, _E.ROSTER, _E.TERMS, _E.POSTED_CODE, _E.CARD_LAST4})


def _card(extra: Evidence) -> tuple[frozenset[Evidence], ...]:
    return tuple(frozenset({_E.TERMS, card, extra}) for card in (_E.CARD_AUTHENTICATED, _E.CARD_READ))


CHANNELS: dict[Channel, ChannelRule] = {
    Channel.MOBILE: ChannelRule(_MOBILE, _MOBILE, binds_phone=True, confirms_email=False),
    Channel.CARD: ChannelRule(_card(_E.HOUSEHOLD), _card(_E.ARC_CHIP), binds_phone=False, confirms_email=True),
    Channel.UNIT: ChannelRule(
        (_UNIT_LINE, _UNIT_POST | {_E.HOUSEHOLD}),
        (_UNIT_LINE, _UNIT_POST | {_E.PERMIT_DATE}),
        binds_phone=True,
        confirms_email=False,
    ),
    Channel.COUNTER: ChannelRule(
        (frozenset({_E.CLERK, _E.NHI_CARD_SEEN, _E.ID_SEEN, _E.HOUSEHOLD_SEEN}),),
        (frozenset({_E.CLERK, _E.NHI_CARD_SEEN, _E.ARC_SEEN}),),
        binds_phone=True,
        confirms_email=False,
    ),
}


def missing(channel: Channel, held: Collection[Evidence], *, foreign: bool) -> frozenset[Evidence]:
    """What is still to be proven on the shortest way through ``channel``; empty when enough is held."""
    rule = CHANNELS[channel]
    ways = rule.foreign if foreign else rule.citizen
    return min((way - frozenset(held) for way in ways), key=len)


def assurance(held: Collection[Evidence]) -> Assurance:
    """The label that the evidence earns; the strongest wins."""
    if Evidence.CLERK in held:
        return Assurance.IN_PERSON
    if Evidence.CARD_AUTHENTICATED in held:
        return Assurance.CARD_PROVEN
    if Evidence.CARD_READ in held:
        return Assurance.CARD_HELD
    return Assurance.POSTED if Evidence.POSTED_CODE in held else Assurance.PHONE_ACCOUNT


class AttemptState(StrEnum):
    """Where an attempt stands. Each step claims the one before it, so none is done twice or skipped."""

    OPEN = "open"
    SENT = "sent"
    CHECKING = "checking"
    LINE_PROVEN = "line_proven"
    CODE_PROVEN = "code_proven"
    CARD_PROVEN = "card_proven"
    DONE = "done"


class InvitationState(StrEnum):
    """Where a registration stands that a unit has begun."""

    OPEN = "open"
    FINISHED = "finished"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class CodeWay(StrEnum):
    """How the insurer sends an activation code: to the address in its own register, never through the unit."""

    LETTER = "letter"
    MAIL = "mail"
    NONE = "none"


# Characters of Crockford's base32, sixty bits: nobody guesses one within its life, however often they try.
ACTIVATION_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Advice:
    """A way on after a refusal: ``way`` names it, ``best`` marks the one that suits this person."""

    way: str
    best: bool = False


def other_ways(outcome: str, *, foreign: bool, child: bool, invited: bool = False) -> tuple[Advice, ...]:
    """The ways on for a person refused by the mobile channel, best first (seed Q1, Q4, Q9, Q10).

    ``foreign`` is told by the ID number typed, ``child`` by the kind of line, ``invited`` by the page they came from:
    who finishes what their unit has begun may have the insurer's letter, for which the line does not matter.
    """
    retry = {"NOT_ON_MOBILE_NETWORK", "NUMBER_MISMATCH", "OPERATOR_DOWN", "DATA_DO_NOT_MATCH"}
    counter = "counter_foreign" if foreign else "counter_citizen"
    usual = ("counter_child", "card") if child else ("card_foreign" if foreign else "card", counter)
    others = ("unit_code", *usual) if invited else usual
    own_line = () if outcome in {*retry, "SIM_CHANGED"} else ("own_line",)
    ways = ("retry", *others) if outcome in retry else (*others, *own_line)
    return tuple(Advice(way, best=place == 0) for place, way in enumerate(ways))

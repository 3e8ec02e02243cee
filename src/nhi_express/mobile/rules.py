"""What the operators' answers mean. Pure (DESIGN, section 4.2; seed Q4, Q5, Q9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal


class Outcome(StrEnum):
    """What became of a line. Staff see it; members see the problem it maps to."""

    PASS = "PASS"  # noqa: S105
    NOT_ON_MOBILE_NETWORK = "NOT_ON_MOBILE_NETWORK"
    PARENT_CHILD = "PARENT_CHILD"
    PREPAID = "PREPAID"
    COMPANY = "COMPANY"
    MVNO = "MVNO"
    SUSPENDED = "SUSPENDED"
    OPERATOR_UNLISTED = "OPERATOR_UNLISTED"
    NUMBER_MISMATCH = "NUMBER_MISMATCH"
    NOT_OWN_LINE = "NOT_OWN_LINE"
    CARD_MISMATCH = "CARD_MISMATCH"
    NOT_INSURED = "NOT_INSURED"
    LINE_UNKNOWN = "LINE_UNKNOWN"
    SIM_CHANGED = "SIM_CHANGED"
    OPERATOR_DOWN = "OPERATOR_DOWN"


# One common answer for these three, so that nobody can test ID numbers.
_COMMON = {Outcome.NOT_OWN_LINE, Outcome.CARD_MISMATCH, Outcome.NOT_INSURED}


def problem_name(outcome: Outcome) -> str:
    """Name, in the problem catalogue, of what the member is shown."""
    if outcome in _COMMON:
        return "DATA_DO_NOT_MATCH"
    return "SUSPENDED_LINE" if outcome is Outcome.SUSPENDED else outcome.value


LineClass = Literal["personal", "prepaid", "company", "parent_child", "mvno", "unknown"]
LineState = Literal["active", "suspended", "ended", "unknown"]


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What the network and the operator said, in their own order; None: not asked or not answered."""

    operator_listed: bool = True
    on_mobile_network: bool = True
    number_matches: bool | None = None
    line_class: LineClass = "unknown"
    line_state: LineState = "unknown"
    sim_changed: bool | None = None
    id_matches: bool | None = None


_CLASSES: dict[LineClass, Outcome] = {
    "mvno": Outcome.MVNO,
    "parent_child": Outcome.PARENT_CHILD,
    "prepaid": Outcome.PREPAID,
    "company": Outcome.COMPANY,
}
_STATES: dict[LineState, Outcome] = {"suspended": Outcome.SUSPENDED, "ended": Outcome.SUSPENDED}


def judge(facts: LineFacts, *, accept_unknown: bool) -> Outcome:
    """Judge a line in the order that tells least: route, network, state and class, owner.

    ``accept_unknown`` is the policy for operators that do not say what kind of contract a line has.
    """
    for outcome in (_route(facts), _condition(facts, accept_unknown=accept_unknown)):
        if outcome is not Outcome.PASS:
            return outcome
    if facts.id_matches is None:
        return Outcome.LINE_UNKNOWN
    return Outcome.PASS if facts.id_matches else Outcome.NOT_OWN_LINE


def _route(facts: LineFacts) -> Outcome:
    if not facts.on_mobile_network:
        return Outcome.NOT_ON_MOBILE_NETWORK
    if not facts.operator_listed:
        return Outcome.OPERATOR_UNLISTED
    if facts.line_class == "mvno":
        return Outcome.MVNO
    return Outcome.PASS if facts.number_matches else Outcome.NUMBER_MISMATCH


def _condition(facts: LineFacts, *, accept_unknown: bool) -> Outcome:
    known = _STATES.get(facts.line_state) or _CLASSES.get(facts.line_class)
    if known is not None:
        return known
    if "unknown" in {facts.line_state, facts.line_class} and not accept_unknown:
        return Outcome.LINE_UNKNOWN
    return Outcome.SIM_CHANGED if facts.sim_changed else Outcome.PASS


@dataclass(frozen=True, slots=True)
class OperatorEntry:
    """One row of the operator table. Operators are data, because they merge."""

    code: str
    name_zh: str
    name_en: str
    kind: Literal["mno", "mvno"]
    issuer: str
    token_endpoint: str
    api_root: str
    valid_from: date
    valid_to: date | None = None
    successor: str | None = None


def listed(entry: OperatorEntry | None, on: date) -> bool:
    """Whether an operator is on the list on a day."""
    return entry is not None and entry.valid_from <= on and (entry.valid_to is None or on <= entry.valid_to)

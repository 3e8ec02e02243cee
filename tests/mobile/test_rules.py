"""What the operators' answers mean: the table of outcomes (seed Q4, Q5, Q9)."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_express.help.catalogue import Problem
from nhi_express.mobile.rules import LineFacts, OperatorEntry, Outcome, judge, listed, problem_name

GOOD = LineFacts(number_matches=True, line_class="personal", line_state="active", sim_changed=False, id_matches=True)


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, Outcome.PASS),
        ({"on_mobile_network": False}, Outcome.NOT_ON_MOBILE_NETWORK),
        ({"operator_listed": False}, Outcome.OPERATOR_UNLISTED),
        ({"line_class": "mvno", "number_matches": None}, Outcome.MVNO),
        ({"number_matches": False}, Outcome.NUMBER_MISMATCH),
        ({"number_matches": None}, Outcome.NUMBER_MISMATCH),
        ({"line_state": "suspended"}, Outcome.SUSPENDED),
        ({"line_state": "ended"}, Outcome.SUSPENDED),
        ({"line_state": "unknown"}, Outcome.LINE_UNKNOWN),
        ({"line_class": "parent_child"}, Outcome.PARENT_CHILD),
        ({"line_class": "prepaid"}, Outcome.PREPAID),
        ({"line_class": "company"}, Outcome.COMPANY),
        ({"line_class": "unknown"}, Outcome.LINE_UNKNOWN),
        ({"sim_changed": True}, Outcome.SIM_CHANGED),
        ({"id_matches": False}, Outcome.NOT_OWN_LINE),
        ({"id_matches": None}, Outcome.LINE_UNKNOWN),
    ],
)
def test_each_cause_has_its_outcome(change: dict[str, object], outcome: Outcome) -> None:
    assert judge(replace(GOOD, **change), accept_unknown=False) is outcome  # type: ignore[arg-type]


def test_an_operator_that_does_not_say_may_be_accepted_by_policy() -> None:
    assert judge(replace(GOOD, line_class="unknown"), accept_unknown=True) is Outcome.PASS


_THREE = st.sampled_from([True, False, None])
_ANY_FACTS = st.builds(
    LineFacts,
    operator_listed=st.booleans(),
    on_mobile_network=st.booleans(),
    number_matches=_THREE,
    line_class=st.sampled_from(["personal", "prepaid", "company", "parent_child", "mvno", "unknown"]),
    line_state=st.sampled_from(["active", "suspended", "ended", "unknown"]),
    sim_changed=_THREE,
    id_matches=_THREE,
)


@given(_ANY_FACTS)
def test_nothing_passes_without_network_number_and_owner(facts: LineFacts) -> None:
    if judge(facts, accept_unknown=True) is Outcome.PASS:
        assert facts.on_mobile_network
        assert facts.operator_listed
        assert facts.number_matches is True
        assert facts.id_matches is True
        assert not facts.sim_changed
        assert facts.line_class in {"personal", "unknown"}


@pytest.mark.parametrize(
    ("line_class", "state"), list(product(["prepaid", "company", "parent_child"], ["suspended", "ended"]))
)
def test_the_kind_of_a_line_is_told_only_when_the_number_is_held(line_class: str, state: str) -> None:
    facts = replace(GOOD, number_matches=False, line_class=line_class, line_state=state)  # type: ignore[arg-type]
    assert judge(facts, accept_unknown=False) is Outcome.NUMBER_MISMATCH


def test_three_outcomes_share_one_answer() -> None:
    common = {Outcome.NOT_OWN_LINE, Outcome.CARD_MISMATCH, Outcome.NOT_INSURED}
    assert {problem_name(outcome) for outcome in common} == {"DATA_DO_NOT_MATCH"}


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.PASS])
def test_every_outcome_has_a_problem_in_the_catalogue(outcome: Outcome) -> None:
    assert Problem[problem_name(outcome)].value.code.startswith("M-")


OLD = OperatorEntry("apt", "亞太電信", "APT", "mno", "i", "t", "a", date(2014, 1, 1), date(2023, 12, 14), "fet")


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2013, 12, 31), False), (date(2014, 1, 1), True), (date(2023, 12, 14), True), (date(2023, 12, 15), False)],
)
def test_an_operator_is_listed_from_its_first_to_its_last_day(day: date, expected: bool) -> None:
    assert listed(OLD, day) is expected


def test_an_unknown_operator_is_not_listed() -> None:
    assert listed(None, date(2026, 1, 1)) is False

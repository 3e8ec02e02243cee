"""The channel table, row by row (DESIGN, section 4.1)."""

from itertools import chain, combinations

import pytest

from nhi_express.enrolment.rules import CHANNELS, Assurance, Channel, Evidence, assurance, missing, other_ways

E = Evidence
LINE = {E.LINE_PRESENT, E.LINE_ELIGIBLE, E.LINE_OWNER, E.CARD_LAST4}


@pytest.mark.parametrize(
    ("channel", "foreign", "enough"),
    [
        (Channel.MOBILE, False, {E.TERMS} | LINE),
        (Channel.MOBILE, True, {E.TERMS} | LINE),
        (Channel.CARD, False, {E.TERMS, E.CARD_READ, E.HOUSEHOLD}),
        (Channel.CARD, False, {E.TERMS, E.CARD_AUTHENTICATED, E.HOUSEHOLD}),
        (Channel.CARD, True, {E.TERMS, E.CARD_READ, E.ARC_CHIP}),
        (Channel.UNIT, False, {E.TERMS, E.UNIT_ATTESTED, E.ROSTER} | LINE),
        (Channel.UNIT, False, {E.TERMS, E.UNIT_ATTESTED, E.ROSTER, E.POSTED_CODE, E.CARD_LAST4, E.HOUSEHOLD}),
        (Channel.UNIT, True, {E.TERMS, E.UNIT_ATTESTED, E.ROSTER, E.POSTED_CODE, E.CARD_LAST4, E.PERMIT_DATE}),
        (Channel.COUNTER, False, {E.CLERK, E.NHI_CARD_SEEN, E.ID_SEEN, E.HOUSEHOLD_SEEN}),
        (Channel.COUNTER, True, {E.CLERK, E.NHI_CARD_SEEN, E.ARC_SEEN}),
    ],
)
def test_each_way_is_enough_and_not_one_piece_less(channel: Channel, foreign: bool, enough: set[Evidence]) -> None:
    assert missing(channel, enough, foreign=foreign) == frozenset()
    for piece in enough:
        assert len(missing(channel, enough - {piece}, foreign=foreign)) == 1


@pytest.mark.parametrize(("channel", "foreign"), [(Channel.CARD, True), (Channel.COUNTER, True)])
def test_a_citizen_s_papers_do_not_serve_a_foreigner(channel: Channel, foreign: bool) -> None:
    citizen = set(chain.from_iterable(CHANNELS[channel].citizen))
    assert missing(channel, citizen, foreign=foreign)


def test_no_channel_is_satisfied_by_nothing() -> None:
    assert all(missing(channel, (), foreign=foreign) for channel in Channel for foreign in (True, False))


def test_a_counter_needs_no_number_and_the_card_channel_binds_no_phone() -> None:
    assert not CHANNELS[Channel.CARD].binds_phone
    assert CHANNELS[Channel.CARD].confirms_email
    assert not any(rule.confirms_email for name, rule in CHANNELS.items() if name is not Channel.CARD)


@pytest.mark.parametrize(
    ("held", "label"),
    [
        ({E.TERMS} | LINE, Assurance.PHONE_ACCOUNT),
        ({E.CARD_READ, E.HOUSEHOLD}, Assurance.CARD_HELD),
        ({E.CARD_READ, E.CARD_AUTHENTICATED}, Assurance.CARD_PROVEN),
        ({E.POSTED_CODE, E.CARD_LAST4}, Assurance.POSTED),
        ({E.CLERK, E.CARD_READ}, Assurance.IN_PERSON),
    ],
)
def test_the_strongest_evidence_gives_the_label(held: set[Evidence], label: Assurance) -> None:
    assert assurance(held) is label


OUTCOMES = ["PREPAID", "NOT_ON_MOBILE_NETWORK", "OPERATOR_DOWN", "SIM_CHANGED", "PARENT_CHILD", "DATA_DO_NOT_MATCH"]


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("foreign", [True, False])
def test_everybody_gets_a_way_on_and_one_of_them_is_best(outcome: str, foreign: bool) -> None:
    ways = other_ways(outcome, foreign=foreign, child=outcome == "PARENT_CHILD")
    assert [way.best for way in ways] == [True] + [False] * (len(ways) - 1)
    assert len(ways) >= 2


def test_what_may_pass_by_itself_is_tried_again_first() -> None:
    assert other_ways("OPERATOR_DOWN", foreign=False, child=False)[0].way == "retry"
    assert other_ways("PREPAID", foreign=False, child=False)[0].way == "card"


def test_a_foreigner_is_sent_with_a_permit_and_a_child_with_a_parent() -> None:
    foreign = {way.way for way in other_ways("PREPAID", foreign=True, child=False)}
    assert {"card_foreign", "counter_foreign"} <= foreign
    assert other_ways("PARENT_CHILD", foreign=False, child=True)[0].way == "counter_child"


def test_no_two_pieces_of_a_line_prove_a_member() -> None:
    for pair in combinations({E.TERMS} | LINE, 2):
        assert missing(Channel.MOBILE, pair, foreign=False)


@pytest.mark.parametrize("outcome", ["PREPAID", "SIM_CHANGED", "OPERATOR_DOWN", "DATA_DO_NOT_MATCH"])
def test_who_was_invited_is_led_to_the_activation_code_before_other_channels(outcome: str) -> None:
    invited = [way.way for way in other_ways(outcome, foreign=False, child=False, invited=True)]
    usual = [way.way for way in other_ways(outcome, foreign=False, child=False)]
    assert [way for way in invited if way != "unit_code"] == usual
    assert invited.index("unit_code") == (1 if "retry" in usual else 0)

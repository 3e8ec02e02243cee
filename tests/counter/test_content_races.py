"""Editors who save the same at one moment: one is served, the others are told, and nothing is half done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from nhi_express.core import clock
from nhi_express.counter.flows import accounts, duty, editing, seconding
from nhi_express.counter.flows.editing import Wording
from nhi_express.counter.models import Change, Proposal
from nhi_express.counter.rules import Role, StaffState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.help.models import Notice, TermsVersion
from tests.counter.workplace import HERE, administrator, second_administrator
from tests.races.racing import race

pytestmark = pytest.mark.usefixtures("committed")
AT_ONCE = 4


def told(act: Callable[[], object]) -> Problem | None:
    """What an editor is told; None when it was done."""
    try:
        act()
    except Refused as refused:
        return refused.problem
    return None


def test_one_item_changed_by_many_at_once_is_changed_once() -> None:
    by = administrator().on_duty
    words = {"severity": "news", "title_zh": "甲", "text_zh": "乙", "text_en": "B", "begins_at": clock.now()}
    acts = [
        partial(editing.keep_news, by, "card-reader", 0, {**words, "title_en": f"Editor {one}"})
        for one in range(AT_ONCE)
    ]
    answers = race([partial(told, act) for act in acts])
    assert sorted(map(str, answers)) == sorted(map(str, [None] + [Problem.CONTENT_CHANGED_MEANWHILE] * (AT_ONCE - 1)))
    assert Notice.objects.get().title_en == f"Editor {answers.index(None)}"
    assert Change.objects.count() == 1


def test_two_versions_of_the_terms_for_one_day_become_one() -> None:
    by, day = administrator().on_duty, clock.today() + timedelta(days=9)
    act = partial(editing.keep_terms, by, None, 0, Wording(day, "文字", "Words"))
    answers = race([partial(told, act) for _ in range(AT_ONCE)])
    assert answers.count(None) == 1
    assert {*answers} <= {None, Problem.CONTENT_IN_FORCE, Problem.CONTENT_CHANGED_MEANWHILE}
    assert TermsVersion.objects.count() == Change.objects.count() == 1


def test_a_code_that_many_say_yes_to_at_once_is_made_once() -> None:
    by, second = administrator().on_duty, second_administrator()
    staff = accounts.make(by, accounts.NewStaff("agent.new", "新客服", Role.HOTLINE, None, None))
    wish = Proposal.objects.get(staff=staff)
    codes: list[str] = []

    def yes() -> None:
        made = seconding.decide(second, wish.id, granted=True)
        codes.append(made[1] if made else "")

    answers = race([partial(told, partial(yes)) for _ in range(AT_ONCE)])
    assert sorted(map(str, answers)) == sorted(map(str, [None] + [Problem.APPROVAL_OVER] * (AT_ONCE - 1)))
    assert len(codes) == 1
    assert duty.redeem_code("agent.new", codes[0], HERE)


def test_an_account_is_closed_whoever_says_yes_to_its_code_at_that_moment() -> None:
    """Both lock the account first, so neither waits for the other's second lock."""
    by, second = administrator().on_duty, second_administrator()
    for number in range(8):
        staff = accounts.make(by, accounts.NewStaff(f"agent-{number}", "新客服", Role.HOTLINE, None, None))
        wish = Proposal.objects.get(staff=staff)
        yes = partial(told, partial(seconding.decide, second, wish.id, granted=True))
        no = partial(told, partial(accounts.close, by, staff.id))
        answers = race([yes, no])
        assert answers[1] is None and answers[0] in {None, Problem.APPROVAL_OVER}
        staff.refresh_from_db()
        assert (staff.state, staff.code_hash) == (StaffState.CLOSED, "")

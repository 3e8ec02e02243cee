"""Codes that people read: every character may come, and none spells what nobody wants in a letter; and identifiers."""

from __future__ import annotations

from uuid import RFC_4122

import pytest

from nhi_express.core import clock
from nhi_express.core.randomness import CROCKFORD, identifiers, letters, spells_rude


@pytest.mark.parametrize(
    "code", ["FVCK2M9PXD7H", "7K3MA55PXD2H", "5H1TM9PXD7HW", "7K3M666XD2HW", "38PXD2HW", "7KW7F9PX", "9PXD2NM51QWE"]
)
def test_rude_words_are_seen_however_they_are_spelt(code: str) -> None:
    assert spells_rude(code)


@pytest.mark.parametrize("code", ["7K3M9PXD2HWA", "AB2DEFGH", "0000", "MNPQRSTV"])
def test_most_codes_are_harmless(code: str) -> None:
    assert not spells_rude(code)


def test_codes_are_drawn_again_while_they_are_rude(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter("FVCK2M9P" + "7K3M9PXD")
    monkeypatch.setattr("nhi_express.core.randomness.secrets.choice", lambda _: next(drawn))
    assert letters(8) == "7K3M9PXD"


def test_every_character_comes_and_no_code_twice() -> None:
    codes = [letters(12) for _ in range(2000)]
    assert set("".join(codes)) == set(CROCKFORD)
    assert len(set(codes)) == len(codes)
    assert not any(map(spells_rude, codes))


def test_identifiers_of_many_rows_are_in_order_and_tell_nothing_but_the_time() -> None:
    """RFC 9562, section 5.7: 48 bits of milliseconds, the version, the variant, and 74 random bits."""
    before = int(clock.now().timestamp() * 1000)
    made = identifiers(2_000)
    assert made == sorted(set(made)) and len(made) == 2_000
    assert {(one.version, one.variant) for one in made} == {(7, RFC_4122)}
    assert {one.int >> 80 for one in made} <= set(range(before, before + 60_000))
    for bit in [*range(62), *range(64, 76)]:
        assert 800 < sum(one.int >> bit & 1 for one in made) < 1200, "each random bit is set in about every other"
    assert identifiers(0) == []

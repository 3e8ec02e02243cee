"""Codes that people read: every character may come, and none spells what nobody wants in a letter."""

from __future__ import annotations

import pytest

from nhi_express.core.randomness import CROCKFORD, letters, spells_rude


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

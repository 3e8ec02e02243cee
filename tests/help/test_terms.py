"""The terms: versioned, the same for everybody who read them, and safe to show."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from pathlib import Path

import pytest

from nhi_express.help import terms
from tests.help import wording

pytestmark = pytest.mark.django_db
# A version in force never changes: people agreed to these very words. New words are a new version.
DIGESTS = {
    ("2026-11-01", "zh-hant"): "ec42d83267ea054cbf29f947a2c5ba54a929245d6a5d47b713c5f7114245506e",
    ("2026-11-01", "en"): "60963d14c750f78c172b7154833fb302485cea56178c3ebfd255ae33023ca87d",
    ("2026-11-24", "zh-Hant"): "8949481dc29fa6a22f2f9ca500d9c367ac66f360ed626ef15f25a1f4bbd2160c",
    ("2026-11-24", "en"): "60783c7fd7b99e14337370877d759372f56ed537db4067007b02bda1bed7375c",
}
# What a person must be told before data are taken (個人資料保護法 §8).
NOTICE = {
    "zh-hant": ("蒐集的機關", "目的", "蒐集哪些", "期間", "地區", "對象", "方式", "您的權利", "不同意"),
    "en": ("Agency", "Purpose", "which ones", "Period", "Area", "Recipients", "Method", "Your rights", "do not agree"),
}


@pytest.mark.parametrize(("version", "language"), DIGESTS)
def test_words_once_in_force_never_change(version: str, language: str) -> None:
    found = terms.find(version)
    assert found is not None
    assert found.digest(language) == DIGESTS[version, language]


def test_every_version_in_force_is_pinned() -> None:
    assert {version.version for version in terms.VERSIONS} == {version for version, _ in DIGESTS}


def test_the_digest_is_of_the_file_as_it_lies() -> None:
    path = Path(terms.__file__).parent / "texts" / "2026-11-01.en.md"
    assert terms.VERSIONS[0].digest("en") == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_digest_changes_with_one_character() -> None:
    text = terms.VERSIONS[0].text("en")
    assert terms.digest_of(text) != terms.digest_of(text.replace("agree", "agrea", 1))
    assert terms.VERSIONS[0].digest("en") != terms.VERSIONS[0].digest("zh-hant")


def test_versions_follow_one_another() -> None:
    days = [version.effective for version in terms.VERSIONS]
    assert days == sorted(set(days))
    assert [version.version for version in terms.VERSIONS] == [day.isoformat() for day in days]


def test_the_version_in_force_is_the_latest_that_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    first, later = terms.VERSIONS[0], terms.Terms("2027-03-01", date(2027, 3, 1))
    monkeypatch.setattr(terms, "VERSIONS", (first, later))
    assert terms.current(later.effective - timedelta(days=1)) is first
    assert terms.current(later.effective) is later
    assert terms.current(date(2020, 1, 1)) is first


@pytest.mark.parametrize("language", ["zh-hant", "zh-Hant-TW", "zh-tw"])
def test_any_chinese_is_the_one_chinese_text(language: str) -> None:
    assert terms.VERSIONS[0].text(language) == terms.VERSIONS[0].text("zh-hant")


@pytest.mark.parametrize("language", NOTICE)
def test_the_notice_that_the_law_demands_is_whole(language: str) -> None:
    text = terms.VERSIONS[0].text(language)
    assert [point for point in NOTICE[language] if point not in text] == []


def test_both_languages_have_the_same_parts() -> None:
    shapes = [
        [line[:2] for line in terms.VERSIONS[0].text(language).splitlines() if line[:2] in {"# ", "- "}]
        for language in NOTICE
    ]
    assert shapes[0] == shapes[1]
    assert shapes[0].count("# ") == 10


def test_the_chinese_passes_the_proofreader() -> None:
    lines = terms.VERSIONS[0].text("zh-hant").splitlines()
    assert [fault for line in lines for fault in wording.faults(line.removeprefix("# ").removeprefix("- "))] == []

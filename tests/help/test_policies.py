"""The policies: whole in both languages, true to the settings, and at the foot of every page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.test import Client

from nhi_express.core import clock
from nhi_express.core.config import config
from nhi_express.core.models import Override
from nhi_express.help import policies, prose
from tests.help import wording

pytestmark = pytest.mark.django_db
LANGUAGES = ("zh-hant", "en")
ALL = list(policies.POLICIES.values())
POINTS: dict[str, dict[str, tuple[str, ...]]] = {
    "privacy": {
        "zh-hant": (
            "放多久",
            "Cookie",
            "誰看得到",
            "第 3 條",
            "15 天",
            "30 天",
            "不用追蹤工具",
            "不是保險人的官方服務",
        ),
        "en": (
            "How long",
            "Cookies",
            "Who can see",
            "Article 3",
            "15 days",
            "30 days",
            "no trackers",
            "official service",
        ),
    },
    "security-policy": {
        "zh-hant": ("加密", "不寄簡訊", "不能修改", "冒用", "外洩", "漏洞", "SECURITY.md"),
        "en": ("encrypted", "No text message", "cannot be changed", "identity", "leak", "hole", "SECURITY.md"),
    },
    "copyright": {
        "zh-hant": ("Apache License 2.0", "不是保險人的官方服務", "政府資料開放授權條款", "註明出處"),
        "en": ("Apache License 2.0", "not the insurer's official service", "Open Government Data License", "source"),
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("policy", ALL, ids=lambda policy: policy.name)
def test_each_policy_says_what_it_has_to(policy: policies.Policy, language: str) -> None:
    text = policy.text(language)
    assert [point for point in POINTS[policy.name][language] if point not in text] == []


@pytest.mark.parametrize("policy", ALL, ids=lambda policy: policy.name)
def test_both_languages_have_the_same_parts_and_figures(policy: policies.Policy) -> None:
    raw = [prose.words(policy.name, language) for language in LANGUAGES]
    chinese, english = ([line[:2] for line in text.splitlines() if line[:2] in {"# ", "- "}] for text in raw)
    assert chinese == english
    assert chinese.count("# ") >= 6
    first, second = (sorted(re.findall(r"\{(\w+)\}", text)) for text in raw)
    assert first == second


@pytest.mark.parametrize("policy", ALL, ids=lambda policy: policy.name)
def test_the_chinese_passes_the_proofreader(policy: policies.Policy) -> None:
    lines = prose.words(policy.name, "zh-hant").splitlines()
    assert [fault for line in lines for fault in wording.faults(line.removeprefix("# ").removeprefix("- "))] == []


def test_every_figure_is_used_and_every_figure_used_is_known() -> None:
    used = {name for policy in ALL for name in re.findall(r"\{(\w+)\}", prose.words(policy.name, "en"))}
    assert used == set(policies.figures())


def test_the_figures_are_those_of_this_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = replace(config(), log_months=37)
    monkeypatch.setattr(policies, "config", lambda: changed)
    Override.objects.create(name="device_code_minutes", value=9, effective_at=clock.now())
    text = policies.POLICIES["privacy"].text("en")
    assert "37 months" in text
    assert "Device codes: 9 minutes" in text


def test_no_setting_that_is_secret_can_be_named() -> None:
    assert all(isinstance(value, int) for value in policies.figures().values())


@pytest.mark.parametrize("path", ["/app/", "/help/", "/help/terms/", "/app/bind/", "/no-such-page/"])
def test_every_page_leads_to_the_policies(path: str) -> None:
    shown = Client().get(path).content.decode()
    foot = shown[shown.index("<footer") :]
    assert re.findall(r'href="(/help/[^"]+)"', foot) == [f"/help/{name}/" for name in policies.POLICIES]

"""What the pages say, in the language of the person who reads them. Journeys name every text by its English words."""

from __future__ import annotations

from typing import Final

from django.utils import translation

LOCALES: Final = {"zh": "zh-TW", "en": "en-US"}
TAGS: Final = {"zh": "zh-Hant-TW", "en": "en"}


def said(language: str, english: str) -> str:
    """A text of the pages as this language says it. Nobody having translated it is a fault."""
    if language == "en":
        return english
    with translation.override("zh-hant"):
        chinese = translation.gettext(english)
    assert chinese != english, f"not translated: {english}"
    return chinese

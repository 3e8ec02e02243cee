"""The terms of use, with the notice that comes before personal data are taken (個人資料保護法 §8; seed Q1, step 2).

A version never changes once in force; new words are a new version, named by its first day. Each comes as a pair of
plain text files with a release, or was written in the back office before that day. A record of consent keeps version,
language, digest of the text shown, and time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from nhi_express.core.remembered import Remembered
from nhi_express.help import prose
from nhi_express.help.models import TermsVersion


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of the terms, in force from ``effective`` (a day in Taiwan) until the next."""

    version: str
    effective: date

    def text(self, language: str) -> str:
        """The exact words in ``language``: Chinese for any ``zh``, English for any other tag."""
        return prose.words(self.version, language)

    def html(self, language: str) -> SafeString:
        """The same words as headings (from ``<h2>``), paragraphs and lists."""
        return prose.rendered(self.text(language))

    def digest(self, language: str) -> str:
        """SHA-256 of the words in ``language`` (UTF-8), in hexadecimal."""
        return digest_of(self.text(language))


@dataclass(frozen=True, slots=True)
class Written(Terms):
    """A version from the back office, with its words."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        """As of any version."""
        return self.zh if language.lower().startswith("zh") else self.en


# Those of this release, by day of effect, oldest first.
VERSIONS: tuple[Terms, ...] = (
    Terms("2026-11-01", date(2026, 11, 1)),
    # Names what is taken with a card reader.
    Terms("2026-11-24", date(2026, 11, 24)),
)


def current(at: date) -> Terms:
    """The terms in force on a day in Taiwan. Before the first version, on a clock that is slow, the first."""
    known = versions()
    return next((terms for terms in reversed(known) if terms.effective <= at), known[0])


def find(version: str) -> Terms | None:
    """The terms of a version, or None."""
    return next((terms for terms in versions() if terms.version == version), None)


def versions() -> list[Terms]:
    """All versions by day of effect, oldest first; those not in force yet too."""
    return sorted((*VERSIONS, *_written()), key=lambda terms: terms.effective)


@Remembered
def _written() -> tuple[Written, ...]:
    return tuple(of_row(row) for row in TermsVersion.objects.order_by("effective"))


def of_row(row: TermsVersion) -> Written:
    """A row as it is read and agreed to."""
    return Written(row.effective.isoformat(), row.effective, row.text_zh, row.text_en)


def digest_of(text: str) -> str:
    """SHA-256 of ``text`` (UTF-8), in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()

"""The terms of use, with the notice that comes before personal data are taken (個人資料保護法 §8; seed Q1, step 2).

Each version is a pair of plain text files that never change once in force; new words are a new version. A record of
consent keeps version, language, digest of the text shown, and time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from nhi_express.help import prose


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


# By day of effect, oldest first.
VERSIONS: tuple[Terms, ...] = (
    Terms("2026-11-01", date(2026, 11, 1)),
    # Names what is taken with a card reader.
    Terms("2026-11-24", date(2026, 11, 24)),
)


def current(at: date) -> Terms:
    """The terms in force on a day in Taiwan. Before the first version, on a clock that is slow, the first."""
    return next((terms for terms in reversed(VERSIONS) if terms.effective <= at), VERSIONS[0])


def find(version: str) -> Terms | None:
    """The terms of a version, or None."""
    return next((terms for terms in VERSIONS if terms.version == version), None)


def digest_of(text: str) -> str:
    """SHA-256 of ``text`` (UTF-8), in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()

"""Long texts of the help pages: plain files, one a language, shown as headings, paragraphs and lists."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_TEXTS = Path(__file__).parent / "texts"
_CHINESE, _ENGLISH = "zh-Hant", "en"


def words(name: str, language: str) -> str:
    """The words of a text in ``language``: Chinese for any ``zh``, English for any other tag."""
    return _read(name, _CHINESE if language.lower().startswith("zh") else _ENGLISH)


@cache
def _read(name: str, language: str) -> str:
    return (_TEXTS / f"{name}.{language}.md").read_text("utf-8")


@lru_cache(maxsize=128)
def rendered(text: str) -> SafeString:
    """Markup of a text in which blank lines part blocks: ``# `` begins a heading, ``- `` each item of a list.

    Everything else is a paragraph, and every character of the text is escaped.
    """
    blocks = (block.strip() for block in text.split("\n\n"))
    return format_html_join("\n", "{}", ((_block(block),) for block in blocks if block))


def _block(block: str) -> SafeString:
    lines = block.splitlines()
    if block.startswith("# "):
        return format_html("<h2>{}</h2>", block[2:])
    if all(line.startswith("- ") for line in lines):
        return format_html(
            '<ul class="bullets">{}</ul>', format_html_join("", "<li>{}</li>", ((li[2:],) for li in lines))
        )
    return format_html("<p>{}</p>", " ".join(lines))

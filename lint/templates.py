"""What a template may not hold: the pages' policy (CSP) would refuse it, or it would open a way for injected text.

No script or style in the page, no handlers or styles in attributes, no `javascript:` addresses, and nothing that
switches escaping off. Scripts are modules under `static/`, looks are classes of the design system.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from lint.tree import ROOT, conclude, project_files

_JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_UNESCAPED = re.compile(r"\|\s*safe\b|\{%-?\s*autoescape\s+false\b", re.IGNORECASE)
# A data block is not executed, so the policy lets it pass.
_DATA_TYPES = {"application/json", "application/ld+json"}
_ADDRESSES = {"href", "src", "action", "formaction"}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[tuple[int, str]] = []
        self._in_script = False

    def _fault(self, text: str) -> None:
        self.faults.append((self.getpos()[0], text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script" and dict(attrs).get("type") not in _DATA_TYPES
        if tag == "style":
            self._fault("<style> in the page; put it into the style sheet")
        for name, value in attrs:
            self._judge_attribute(name, (value or "").strip().lower())

    def _judge_attribute(self, name: str, value: str) -> None:
        if name == "style":
            self._fault("style= on an element; use a class")
        if re.fullmatch(r"on[a-z]+", name):
            self._fault(f"{name}= on an element; listen in a module")
        if name in _ADDRESSES and value.startswith("javascript:"):
            self._fault("a javascript: address")

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self._fault("script code in the page; put it into a module under static/")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False


def _blank(found: re.Match[str]) -> str:
    """A stand-in for a template's own words: a word for a value, nothing for a statement, and the same line breaks."""
    word = " x " if found[0].startswith("{{") else " "
    return word + "\n" * found[0].count("\n")


def faults(source: str) -> Iterator[tuple[int, str]]:
    """Line and fault of everything in the template ``source`` that may not be there."""
    for found in _UNESCAPED.finditer(source):
        yield source.count("\n", 0, found.start()) + 1, "escaping switched off; make the value Markup where it is built"
    page = _Page()
    page.feed(_JINJA.sub(_blank, source))
    page.close()
    yield from page.faults


def main() -> None:
    """Check every template of the project."""
    templates = [path for path in project_files() if "templates" in path.parts and path.suffix in {".html", ".txt"}]
    conclude(
        f"{path.relative_to(ROOT)}:{line}: {fault}"
        for path in templates
        for line, fault in faults(path.read_text("utf-8"))
    )


if __name__ == "__main__":
    main()

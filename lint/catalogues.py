"""Each room's words: taken from its source into `locale/<language>/LC_MESSAGES/django.po`, and whole.

`python -m lint.catalogues` brings the catalogues in line with the source; with `--check` it only tells what is
missing, left over, untranslated, unsure (fuzzy), or translated with other placeholders than the source has.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from lint.tree import ROOT, conclude

HOUSE = ROOT / "src" / "nhi_express"
LANGUAGES = ("zh_Hant",)
_METHODS = [("**/migrations/**.py", "ignore"), ("**.py", "python"), ("**/templates/**.*", "jinja2")]
# As the site's template environment is set up, or the words would come out with other blanks.
_OPTIONS = {
    "**/templates/**.*": {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
}
_KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def template_of(room: Path) -> Catalog:
    """The words in the source of ``room``."""
    catalogue = Catalog(charset="utf-8")
    found = extract_from_dir(
        room, _METHODS, _OPTIONS, _KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    )
    for name, _line, message, comments, context in found:
        catalogue.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalogue


def _read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language, domain="django", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django")


def _path(room: Path, language: str) -> Path:
    return room / "locale" / language / "LC_MESSAGES" / "django.po"


def update(room: Path, language: str) -> None:
    """Bring the catalogue of ``room`` in line with its source. A room without words gets none."""
    template, path = template_of(room), _path(room, language)
    if not len(template):
        return
    catalogue = _read(path, language)
    # The date would change with every run, and each change would meet every other in a merge.
    template.creation_date = catalogue.creation_date
    # A guessed translation would have to be found and mended by somebody; an empty one is found by the check.
    catalogue.update(template, no_fuzzy_matching=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        # No line numbers: they would change with every edit of the source.
        write_po(file, catalogue, width=120, ignore_obsolete=True, include_lineno=False, sort_by_file=True)


def faults(room: Path, language: str) -> Iterator[str]:
    """What is wrong with the catalogue of ``room``."""
    template, catalogue = template_of(room), _read(_path(room, language), language)
    wanted, held = _keys(template), _keys(catalogue)
    yield from (f"missing: {text!r}" for _context, text in sorted(wanted - held))
    yield from (f"left over: {text!r}" for _context, text in sorted(held - wanted))
    for message in catalogue:
        if message.id and _key(message) in wanted:
            yield from _message_faults(message)


def _key(message: Message) -> tuple[str, str]:
    return message.context or "", _forms(message.id)[0]


def _keys(catalogue: Catalog) -> set[tuple[str, str]]:
    return {_key(message) for message in catalogue if message.id}


def _forms(text: object) -> list[str]:
    """The singular and plural forms of a message's source or translation."""
    return [str(form) for form in text] if isinstance(text, list | tuple) else [str(text or "")]


def _message_faults(message: Message) -> Iterator[str]:
    source, translated = _forms(message.id), _forms(message.string)
    if message.fuzzy:
        yield f"unsure: {source[0]!r}"
    if not all(translated):
        yield f"untranslated: {source[0]!r}"
    elif any(_placeholders(form) != _placeholders(source[-1]) for form in translated):
        yield f"other placeholders than the source: {source[0]!r}"


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def _rooms() -> list[Path]:
    return sorted(path.parent for path in HOUSE.glob("*/__init__.py"))


def main() -> None:
    """Update every catalogue, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; end with status 1 if something is wrong")
    places = [(room, language) for room in _rooms() for language in LANGUAGES]
    if parser.parse_args().check:
        conclude(f"{_path(*place).relative_to(ROOT)}: {fault}" for place in places for fault in faults(*place))
    for place in places:
        update(*place)


if __name__ == "__main__":
    main()

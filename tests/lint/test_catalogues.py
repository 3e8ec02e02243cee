"""Catalogues: brought in line with the source, and whole."""

from pathlib import Path

import pytest

from lint.catalogues import faults, update

VIEWS = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext_lazy
TITLE = _("Your phones")
COUNT = ngettext("%(count)s phone", "%(count)s phones", 2)
STATE = pgettext_lazy("phone", "Active")
"""
PAGE = '<h1>{{ _("Hello") }}</h1>{% trans name=user %}Bound by {{ name }}, 100% sure{% endtrans %}'


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A room with words in its views and on a page."""
    (tmp_path / "templates" / "room").mkdir(parents=True)
    (tmp_path / "views.py").write_text(VIEWS)
    (tmp_path / "templates" / "room" / "page.html").write_text(PAGE)
    return tmp_path


def _catalogue(room: Path) -> Path:
    return room / "locale" / "zh_Hant" / "LC_MESSAGES" / "django.po"


def _translate(room: Path, **instead: str) -> None:
    """Fill the catalogue; ``instead`` gives other translations by the first word of the source."""
    words = {
        "Your": "您的手機",
        "phone": "%(count)s 支手機",
        "Active": "已啟用",
        "Hello": "您好",
        "Bound": "%(name)s 綁定，100%% 確定",
    }
    words |= instead
    lines, source = [], ""
    for line in _catalogue(room).read_text("utf-8").splitlines():
        source = line.removeprefix("msgid ") if line.startswith("msgid ") else source
        empty = line in {'msgstr ""', 'msgstr[0] ""'} and source not in {"", '""'}
        told = next((text for word, text in words.items() if word in source), "")
        lines.append(line.replace('""', f'"{told}"') if empty else line)
    _catalogue(room).write_text("\n".join(lines) + "\n", "utf-8")


def test_a_room_without_words_needs_no_catalogue(tmp_path: Path) -> None:
    (tmp_path / "rules.py").write_text("X = 1\n")
    update(tmp_path, "zh_Hant")
    assert not _catalogue(tmp_path).exists()
    assert list(faults(tmp_path, "zh_Hant")) == []


def test_a_room_with_words_and_no_catalogue_is_a_fault_for_each_word(room: Path) -> None:
    assert len(list(faults(room, "zh_Hant"))) == 5


def test_an_update_brings_every_word_and_leaves_the_translating(room: Path) -> None:
    update(room, "zh_Hant")
    assert {fault.split(":")[0] for fault in faults(room, "zh_Hant")} == {"untranslated"}


def test_a_translated_catalogue_is_whole_and_an_update_keeps_it(room: Path) -> None:
    update(room, "zh_Hant")
    _translate(room)
    assert list(faults(room, "zh_Hant")) == []
    before = _catalogue(room).read_text("utf-8")
    update(room, "zh_Hant")
    assert before.split("\n\n", 1)[1] == _catalogue(room).read_text("utf-8").split("\n\n", 1)[1]


def test_stale_words_are_told_and_taken_out(room: Path) -> None:
    update(room, "zh_Hant")
    _translate(room)
    (room / "views.py").write_text(VIEWS.replace("Your phones", "All phones"))
    assert list(faults(room, "zh_Hant")) == ["missing: 'All phones'", "left over: 'Your phones'"]
    update(room, "zh_Hant")
    assert list(faults(room, "zh_Hant")) == ["untranslated: 'All phones'"]


@pytest.mark.parametrize("translated", ["%(nmae)s 綁定，100%% 確定", "綁定，100%% 確定"])
def test_a_translation_keeps_the_placeholders(room: Path, translated: str) -> None:
    update(room, "zh_Hant")
    _translate(room, Bound=translated)
    [fault] = faults(room, "zh_Hant")
    assert fault.startswith("other placeholders")


def test_an_unsure_translation_is_a_fault(room: Path) -> None:
    update(room, "zh_Hant")
    _translate(room)
    text = _catalogue(room).read_text("utf-8")
    _catalogue(room).write_text(text.replace('msgid "Hello"', '#, fuzzy\nmsgid "Hello"'), "utf-8")
    assert list(faults(room, "zh_Hant")) == ["unsure: 'Hello'"]

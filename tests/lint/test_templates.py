"""What a template may not hold."""

import pytest

from lint.templates import faults

GOOD = [
    '<script type="module" src="{{ static(\'site/app.js\') }}"></script>',
    '<script type="application/json" id="options">{{ options|tojson }}</script>',
    '<p class="note">{{ _("On a phone, style=\'x\' means nothing") }}</p>',
    "{% set onward = 1 %}{# <script>alert(1)</script> onclick= #}<p>{{ safe }}</p>",
    '<a href="{{ url(\'home\') }}" {% if here %}aria-current="page"{% endif %}>x</a>',
]
BAD = [
    ("<p>\n<script>alert(1)</script>", 2, "script code"),
    ("<script>{{ code }}</script>", 1, "script code"),
    ('<script type="module">import "./x.js"</script>', 1, "script code"),
    ('<p style="color: red">', 1, "style="),
    ("<style>p { color: red }</style>", 1, "<style>"),
    ('{% if a %}\n{% endif %}\n<button onclick="go()">', 3, "onclick="),
    ('<input {% if a %}onchange="go()"{% endif %}>', 1, "onchange="),
    ('<a href="javascript:go()">', 1, "javascript:"),
    ("<p>\n{{ text | safe }}</p>", 2, "escaping"),
    ("{% autoescape false %}{{ x }}{% endautoescape %}", 1, "escaping"),
]


@pytest.mark.parametrize("source", GOOD)
def test_what_the_policy_allows_is_no_fault(source: str) -> None:
    assert list(faults(source)) == []


@pytest.mark.parametrize(("source", "line", "word"), BAD)
def test_what_the_policy_refuses_is_told_with_its_line(source: str, line: int, word: str) -> None:
    [(at, fault)] = list(faults(source))
    assert (at, word in fault) == (line, True)

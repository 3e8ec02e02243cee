"""The shell over Django's own client: what makes it an app, wishes of the reader, refusals, headers, health."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import translation

from nhi_express.help.catalogue import Problem
from nhi_express.site.jinja import environment

PROBLEM_HEADERS = {"HTTP_ACCEPT": "application/json"}


def test_the_manifest_makes_it_installable() -> None:
    """Name, start, scope and icons, one of them maskable."""
    manifest = Client().get("/app/manifest.webmanifest", headers={"accept-language": "zh-TW"})
    body = manifest.json()
    assert manifest["Content-Type"] == "application/manifest+json"
    assert (body["start_url"], body["scope"], body["display"]) == ("/app/", "/app/", "standalone")
    assert {icon["purpose"] for icon in body["icons"]} == {"any", "maskable"}


def test_the_service_worker_keeps_only_the_shell() -> None:
    """Its list holds the app's own files and the offline pages, nothing of a member."""
    answer = Client().get("/app/sw.js")
    shell = json.loads(answer.content.decode().split("\n", 1)[0].removeprefix("const SHELL = ").removesuffix(";"))
    assert answer["Service-Worker-Allowed"] == "/app/"
    assert answer["Cache-Control"] == "no-cache"
    assert all(path.startswith("/static/site/") for path in shell["files"])
    assert set(shell["offline"]) == {"zh-hant", "en"}


@pytest.mark.parametrize("language", ["zh-hant", "en"])
def test_the_offline_page_speaks_both_languages_and_holds_no_token(language: str) -> None:
    """It is kept on the phone, so nothing of a person or a session may be in it."""
    answer = Client().get(f"/app/offline/{language}")
    assert f'lang="{"en" if language == "en" else "zh-Hant-TW"}"' in answer.content.decode()
    assert "csrfmiddlewaretoken" not in answer.content.decode()
    assert not answer.cookies


def test_large_type_is_remembered() -> None:
    """The page comes back larger, and smaller again when asked."""
    client = Client()
    assert client.post("/text-size/", {"size": "large", "next": "/app/offline/en"})["Location"] == "/app/offline/en"
    assert 'data-text="large"' in client.get("/app/offline/en").content.decode()
    client.post("/text-size/", {"size": "normal", "next": "/app/"})
    assert 'data-text="large"' not in client.get("/app/offline/en").content.decode()


@pytest.mark.parametrize(
    "wanted", ["https://example.org/", "//example.org/", "javascript:alert(1)", "\\\\example.org", ""]
)
def test_wishes_never_lead_away(wanted: str) -> None:
    """A next page elsewhere is not followed."""
    for path, data in (("/text-size/", {"size": "large"}), ("/language/", {"language": "en"})):
        assert "example.org" not in Client().post(path, {**data, "next": wanted})["Location"]


def test_the_language_is_remembered() -> None:
    """For pages after this one."""
    client = Client(headers={"accept-language": "zh-TW"})
    client.post("/language/", {"language": "en", "next": "/app/"})
    assert client.get("/app/manifest.webmanifest").json()["lang"] == "en"


def test_an_unknown_address_is_a_page_with_a_code() -> None:
    """404, in words, with the code at its foot."""
    answer = Client().get("/no/such/page")
    assert answer.status_code == 404
    assert Problem.NOT_FOUND.value.code in answer.content.decode()


def test_scripts_get_problems_as_json() -> None:
    """The same, for who asked for JSON."""
    answer = Client().get("/no/such/page", **PROBLEM_HEADERS)  # type: ignore[arg-type]
    assert answer.status_code == 404
    assert answer.json()["problem"]["code"] == Problem.NOT_FOUND.value.code
    assert answer.json()["problem"]["help_url"] == f"/help/codes/{Problem.NOT_FOUND.value.code}/"


def test_pages_are_not_kept_and_tell_nobody() -> None:
    """Headers of every page."""
    answer = Client().get("/no/such/page")
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe-inline" not in answer["Content-Security-Policy"]


def test_health() -> None:
    """Alive means: answers."""
    assert Client().get("/health/live").json() == {"status": "ok"}


@pytest.mark.django_db
def test_readiness_names_what_works() -> None:
    """With a database and keys all is well."""
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "failing": []})


@pytest.mark.parametrize("source", ["{{ nothing }}", "{% if nothing %}{% endif %}", "{{ given.nothing }}"])
def test_a_name_that_was_not_given_is_an_error(source: str) -> None:
    """Never a silent gap."""
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        environment(autoescape=True).from_string(source).render(given={})


def test_a_mapping_may_be_asked_for_a_key() -> None:
    """As forms' errors are."""
    page = environment(autoescape=True).from_string("{% if errors.name %}wrong{% else %}right{% endif %}")
    assert page.render(errors={}) == "right"


def test_translated_sentences_escape_their_values() -> None:
    """What a person typed stays text."""
    page = environment(autoescape=True).from_string('{{ _("Hello, %(name)s", name=name) }}')
    with translation.override("en"):
        assert page.render(name="<b>") == "Hello, &lt;b&gt;"
    with translation.override("zh-hant"):
        assert "&lt;b&gt;" in page.render(name="<b>")

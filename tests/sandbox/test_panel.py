"""The pages for people: in both languages, without scripts, everything by plain forms."""

import re

import pytest

from nhi_sandbox.personas import personas
from nhi_sandbox.wording import WORDS

from .conftest import Running
from .site_side import Site


@pytest.mark.parametrize("language", ["zh-TW", "en"])
@pytest.mark.parametrize("path", ["/", "/cards/", "/operators", "/inbox"])
def test_pages_stand_in_both_languages_and_need_no_script(site: Site, language: str, path: str) -> None:
    with site.phone("citizen", language=language) as phone:
        page = phone.get(site.browser_base + path)
    assert page.status_code == 200
    assert WORDS["invented"][0 if language == "zh-TW" else 1].replace("'", "&#39;") in page.text
    assert f'lang="{WORDS["html-lang"][0 if language == "zh-TW" else 1]}"' in page.text
    assert not re.search(r"<script|<style|style=|onclick", page.text)
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_every_persona_has_a_card_that_says_what_to_type(site: Site) -> None:
    with site.phone() as phone:
        page = phone.get(site.browser_base + "/").text
    for person in personas().values():
        assert person.name.replace("'", "&#39;") in page
        assert person.types["id_number"] in page
        assert WORDS[person.expected][0] in page


def test_a_tester_picks_sim_and_network_and_sees_it(site: Site) -> None:
    with site.phone() as phone:
        page = phone.post(f"{site.browser_base}/panel/phone", data={"line": "wifi"})
        assert str(page.url) == f"{site.browser_base}/"
        assert "0900 001 055" in page.text
        assert site.authorize(phone)["error"] == "access_denied"
        phone.post(f"{site.browser_base}/panel/phone", data={"line": "wifi", "network": "mobile"})
        assert site.authorize(phone)["code"]
        assert phone.post(f"{site.browser_base}/panel/phone", data={"line": "nobody"}).status_code == 400


def test_a_tester_breaks_and_mends_an_operator(sandbox: Running, site: Site) -> None:
    with site.phone() as phone:
        page = phone.post(f"{site.browser_base}/panel/operators/fet", data={"fault": "slow", "delay": "1.5"})
        assert re.search(r'value="slow" selected', page.text)
        assert (sandbox.world.operators["fet"].fault.kind, sandbox.world.operators["fet"].fault.seconds) == (
            "slow",
            1.5,
        )
        wrong = phone.post(f"{site.browser_base}/panel/operators/fet", data={"fault": "odd"})
        assert wrong.status_code == 400
        phone.post(f"{site.browser_base}/panel/reset")
    assert sandbox.world.operators["fet"].fault.kind == "none"


def test_the_language_is_switched_on_the_page_it_was_switched_on(site: Site) -> None:
    with site.phone() as phone:
        page = phone.post(f"{site.browser_base}/panel/language", data={"language": "en", "next": "/inbox"})
        assert str(page.url) == f"{site.browser_base}/inbox"
        assert "No mail yet" in page.text
        for elsewhere in ("//evil.example/", "/\\evil.example", "http://evil.example/"):
            back = phone.post(
                f"{site.browser_base}/panel/language",
                data={"language": "zh", "next": elsewhere},
                follow_redirects=False,
            )
            assert back.headers["location"] == "/"


def test_each_mail_has_a_page_and_its_text_is_only_text(sandbox: Running, site: Site) -> None:
    head = "Subject: =?utf-8?b?5pmu6YCa?=\nContent-Type: text/plain; charset=utf-8\n\n"
    raw = f"{head}<script>alert(1)</script> 驗證碼 12345678"
    sandbox.world.inbox.receive("nhi@example.test", ["one@example.test"], raw.encode())
    number = next(iter(sandbox.world.inbox)).number
    with site.phone() as phone:
        assert f"/inbox/{number}" in phone.get(f"{site.browser_base}/inbox").text
        page = phone.get(f"{site.browser_base}/inbox/{number}").text
        assert phone.get(f"{site.browser_base}/inbox/999999").status_code == 404
    assert "驗證碼 12345678" in page
    assert "<script>" not in page

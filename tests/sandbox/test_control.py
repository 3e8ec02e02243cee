"""The control API and the mail that arrives."""

import smtplib
from email.message import EmailMessage

import pytest

from nhi_sandbox.personas import personas

from .conftest import Running
from .site_side import MATCH, Site


def _mail(port: int, to: str, subject: str = "裝置已綁定", text: str = "您的手機已完成綁定。\n") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "nhi@example.test", to, subject
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(message)


def test_mail_sent_by_smtp_lies_in_the_inbox(sandbox: Running, site: Site) -> None:
    _mail(sandbox.smtp_port, "one@example.test")
    _mail(sandbox.smtp_port, "two@example.test", "Second")
    mails = site.http.get(f"{site.back_base}/control/mails", params={"to": "ONE@example.test"}).json()
    assert [(mail["subject"], mail["text"], mail["to"]) for mail in mails] == [
        ("裝置已綁定", "您的手機已完成綁定。\n", ["one@example.test"])
    ]
    everything = site.http.get(f"{site.back_base}/control/mails").json()
    assert [mail["subject"] for mail in everything] == ["Second", "裝置已綁定"], "newest first"


def test_the_inbox_keeps_the_newest_only(sandbox: Running) -> None:
    for number in range(1005):
        sandbox.world.inbox.receive("a@example.test", ["b@example.test"], f"Subject: {number}\n\nx".encode())
    assert len(sandbox.world.inbox) == 1000
    assert next(iter(sandbox.world.inbox)).subject == "1004"


def test_a_mail_that_is_no_mail_does_no_harm(sandbox: Running, site: Site) -> None:
    sandbox.world.inbox.receive("", ["b@example.test"], b"\xff\xfe\x00")
    sandbox.world.inbox.receive("", ["b@example.test"], b"Content-Type: text/plain; charset=nonsense\n\n\xff")
    assert len(site.http.get(f"{site.back_base}/control/mails").json()) == 2


def test_lines_can_be_added_in_bulk_and_reset_takes_them_away(sandbox: Running, site: Site) -> None:
    lines = [
        {"msisdn": f"+88698{n:07d}", "id_document": "A123456789", "operator": "cht", "kind": "postpaid"}
        for n in range(2000)
    ]
    assert site.http.post(f"{site.back_base}/control/lines", json=lines).json() == {"added": 2000}
    assert site.ask("cht", MATCH, "+886980001999", {"idDocument": "A123456789"}).json() == {"idDocumentMatch": "true"}
    with site.phone("+886980000007") as phone:
        assert site.authorize(phone)["iss"].endswith("/op/cht")
    _mail(sandbox.smtp_port, "one@example.test")
    site.http.post(f"{site.back_base}/control/reset").raise_for_status()
    health = site.http.get(f"{site.back_base}/control/health").json()
    assert health == {"status": "ok", "lines": len(personas()), "mails": 0}


@pytest.mark.parametrize(
    "body",
    [
        {},
        [{}],
        ["x"],
        [{"msisdn": "0912345678", "id_document": "x", "operator": "cht"}],
        [{"msisdn": "+886912345678", "id_document": "x", "operator": "nobody"}],
        [{"msisdn": "+886912345678", "id_document": "x", "operator": "cht", "kind": "odd"}],
        [{"msisdn": "+886912345678", "id_document": "x", "operator": "cht", "fault": "odd"}],
    ],
    ids=str,
)
def test_lines_that_make_no_sense_are_refused_and_none_is_added(sandbox: Running, site: Site, body: object) -> None:
    response = site.http.post(f"{site.back_base}/control/lines", json=body)
    assert response.status_code == (200 if body == {} else 400)
    assert len(sandbox.world.lines) == len(personas())


@pytest.mark.parametrize("body", [{}, [], {"line": "nobody"}, {"line": "citizen", "network": "5g"}, {"line": ["x"]}, 7])
def test_a_phone_that_makes_no_sense_is_refused(site: Site, body: object) -> None:
    assert site.http.post(f"{site.back_base}/control/phone", json=body).status_code == 400


def test_the_phone_is_a_cookie_for_the_sandbox_host_only(site: Site) -> None:
    response = site.http.post(f"{site.back_base}/control/phone", json={"line": "wifi"})
    assert response.json() == {"line": personas()["wifi"].phone, "operator": "cht", "network": "wifi"}
    cookie = response.headers["set-cookie"].lower()
    assert cookie.startswith("sandbox_phone=")
    assert "samesite=lax" in cookie
    assert "domain" not in cookie
    site.http.cookies.clear()


def test_personas_tell_what_to_type_and_what_to_expect(site: Site) -> None:
    people = {person["key"]: person for person in site.http.get(f"{site.back_base}/control/personas").json()}
    assert people["wrong_number"]["types"]["phone"] != "0" + people["wrong_number"]["phone"].removeprefix("+886")
    assert people["wrong_last4"]["types"]["last4"] != people["wrong_last4"]["card_number"][-4:]
    assert people["citizen"]["types"]["last4"] == people["citizen"]["card_number"][-4:]
    assert people["prepaid"]["expected"] == "PREPAID"


def test_the_listed_operators_are_told_with_their_addresses(site: Site) -> None:
    operators = {one["code"]: one for one in site.http.get(f"{site.back_base}/control/operators.json").json()}
    assert set(operators) == {"cht", "twm", "fet", "apt", "tstar", "mvno"}, "`other` is on no list"
    assert operators["cht"] == {
        "code": "cht",
        "name_zh": "中華電信",
        "name_en": "Chunghwa Telecom",
        "kind": "mno",
        "issuer": f"{site.browser_base}/op/cht",
        "token_endpoint": f"{site.back_base}/op/cht/token",
        "api_root": f"{site.back_base}/op/cht",
        "valid_from": "1997-01-01",
        "valid_to": None,
        "successor": None,
    }
    assert (operators["apt"]["valid_to"], operators["apt"]["successor"]) == ("2023-12-14", "fet")
    assert (operators["tstar"]["valid_to"], operators["tstar"]["successor"]) == ("2023-11-30", "twm")
    assert operators["mvno"]["kind"] == "mvno"


def test_pages_of_other_sites_and_names_can_do_nothing(sandbox: Running, site: Site) -> None:
    rebound = site.http.get(f"{site.back_base}/control/mails", headers={"Host": "evil.example:80"})
    assert rebound.status_code == 400
    forged = site.http.post(
        f"{site.back_base}/control/operators/cht", json={"fault": "down"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert forged.status_code == 403
    assert sandbox.world.operators["cht"].fault.kind == "none"

"""Our side of the operators, with everything that passes written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from nhi_express.core import http as core_http
from nhi_express.core.config import config
from nhi_express.members.rules import IdNumber, MobileNumber
from nhi_express.mobile.adapters import camara, conversation
from nhi_express.mobile.adapters.circuit import Circuit
from nhi_express.mobile.ports import Finding, LineAuthority, Return
from nhi_sandbox.personas import Persona
from nhi_sandbox.phone import Phone
from tests.contracts.wire import Wire
from tests.outside import Outside

Ask = Callable[..., Finding]
ComeBack = Callable[..., tuple[Return, dict[str, str]]]


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """All HTTP of the adapter goes by here. Its waits are short, or the suite would wait with it."""
    # The real client's own way to the operators is behind it.
    kept = Wire(core_http.client()._transport)
    with httpx2.Client(transport=kept, trust_env=False) as client:
        monkeypatch.setattr(conversation, "client", lambda: client)
        hasty = replace(config(), operator_timeout_seconds=1, operator_deadline_seconds=4)
        monkeypatch.setattr(conversation, "config", lambda: hasty)
        yield kept


@pytest.fixture
def authority() -> LineAuthority:
    """A fresh adapter that knows of no trouble."""
    return camara.CamaraLines(Circuit())


@pytest.fixture
def come_back(sandbox: Outside, authority: LineAuthority) -> ComeBack:
    """Send a persona's phone through the gateway, and give what it comes back with and what was remembered."""

    def go(person: Persona, network: str = "") -> tuple[Return, dict[str, str]]:
        departure = authority.depart()
        with Phone(sandbox.browser_base) as phone:
            phone.insert_sim(person.key, network)
            answer = phone.get(departure.url, follow_redirects=False)
            while (target := answer.headers["location"]).startswith(sandbox.browser_base):
                answer = phone.get(target, follow_redirects=False)
        query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        assert query["state"] == departure.state
        return Return(query.get("code", ""), query.get("error", ""), query["iss"]), departure.memory

    return go


@pytest.fixture
def ask(authority: LineAuthority, come_back: ComeBack, wire: Wire) -> Ask:
    """The whole question about a persona: through the gateway, and what the operators say."""

    def about(person: Persona, network: str = "") -> Finding:
        back, memory = come_back(person, network)
        numbers = [IdNumber.parse(text) for text in (person.id_number, *person.former_id_numbers)]
        return authority.examine(back, memory, MobileNumber.parse(person.types["phone"]), numbers)

    return about

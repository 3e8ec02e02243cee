"""A whole installation, Debian's Chromium as a phone, and people to be. Every test is walked in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from nhi_sandbox.cards import stack
from nhi_sandbox.demo import Installation, Ports
from nhi_sandbox.personas import Persona
from tests.gallery.conftest import ARGUMENTS, CHROMIUM
from tests.journeys.computer import ComputerAtHand
from tests.journeys.people import ENOUGH, Newcomers
from tests.journeys.phone import Album, PhoneInHand

PICTURES = Path(__file__).parents[2] / "var" / "journeys"
PickUp = Callable[..., PhoneInHand]
SitDown = Callable[..., ComputerAtHand]


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Site, worker and sandbox, as `script/demo` starts them. Tests share it, for each has people of its own.

    Cards go through the real smart card service, where this machine has one.
    """
    made = Installation(tmp_path_factory.mktemp("installation"), Ports.free(), real_cards=not stack.missing())
    made.prepare(ENOUGH, fresh=False)
    with made:
        yield made


@pytest.fixture(scope="session")
def newcomers(installation: Installation) -> Newcomers:
    """Everybody who has never been here."""
    return Newcomers(installation)


@pytest.fixture
def member(newcomers: Newcomers) -> Persona:
    """An insured person who has never been here."""
    return newcomers.next()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Not for the whole session: while it runs, Django takes the thread for an asynchronous one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    """The language of the browser."""
    return str(request.param)


@pytest.fixture
def pick_up(
    installation: Installation, chromium: Browser, language: str, request: pytest.FixtureRequest
) -> Iterator[PickUp]:
    """Picks up one more phone: ``pick_up()``, ``pick_up(passkeys=False)``."""
    album, taken = Album(PICTURES / _name(request.node), language), list[PhoneInHand]()

    def make(*, passkeys: bool = True) -> PhoneInHand:
        taken.append(PhoneInHand(chromium, installation.place, language, album, passkeys=passkeys))
        return taken[-1]

    yield make
    for phone in taken:
        phone.put_away()


def _name(test: pytest.Function) -> str:
    """The test's name, and what else than the language tells its runs apart."""
    others = [str(value) for name, value in test.callspec.params.items() if name in {"key", "step"}]
    return "-".join([test.originalname, *others])


@pytest.fixture
def sit_down(
    installation: Installation, chromium: Browser, language: str, request: pytest.FixtureRequest
) -> Iterator[SitDown]:
    """Sits down at a computer, of an unusual kind where one is named. Its reader is empty before and after."""
    album, used = Album(PICTURES / _name(request.node), language), list[ComputerAtHand]()

    def make(kind: type[ComputerAtHand] = ComputerAtHand, *, passkeys: bool = False) -> ComputerAtHand:
        used.append(kind(chromium, installation.place, language, album, passkeys=passkeys))
        return used[-1].pulls_the_card()

    yield make
    for computer in used:
        computer.pulls_the_card().put_away()


@pytest.fixture
def computer(sit_down: SitDown) -> ComputerAtHand:
    """A computer with a card reader, which is empty before and after."""
    return sit_down()


@pytest.fixture
def phone(pick_up: PickUp) -> PhoneInHand:
    """A phone on which nobody is bound, and which can make passkeys."""
    return pick_up()


@pytest.fixture
def plain_phone(pick_up: PickUp) -> PhoneInHand:
    """A phone that cannot make passkeys."""
    return pick_up(passkeys=False)

"""The component on a real PC/SC service: pcscd, a virtual reader, and cards that come and go."""

from __future__ import annotations

import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.card_agent.cards import BLOCK, OK, PERMIT, Applet, answer_to, permit_card
from tests.card_agent.conftest import PORTAL, Answer, Page
from tests.card_agent.stack import ATR_T0, ATR_T1, CardStack, Pulled, missing, running_agent
from tests.card_agent.test_reading import CHALLENGE, text
from tests.environment import free_port

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "all is there")

EVERYTHING = {"block": text(BLOCK), "state": text(b"1"), "response": text(answer_to(CHALLENGE))}
# Another program at the reader: it takes the card as told, says so, and lets go when its input ends.
HOG = """
import sys
from smartcard import scard
context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)[1]
mode = getattr(scard, sys.argv[1])
result, handle, _ = scard.SCardConnect(context, "Virtual PCD 00 00", mode, scard.SCARD_PROTOCOL_ANY)
if sys.argv[2:] == ["transaction"]:
    scard.SCardBeginTransaction(handle)
print(result, flush=True)
sys.stdin.read()
scard.SCardDisconnect(handle, scard.SCARD_RESET_CARD)
scard.SCardReleaseContext(context)
"""


@pytest.fixture(scope="module")
def service() -> Iterator[CardStack]:
    """A smart card service of our own."""
    with tempfile.TemporaryDirectory(prefix="nhi-card-") as folder:
        stack = CardStack(Path(folder) / "stack")
        stack.start()
        yield stack
        stack.stop()


@pytest.fixture(scope="module")
def port(service: CardStack) -> Iterator[int]:
    """Where the component answers; it runs as its own process on that service."""
    at = free_port()
    with running_agent(service, PORTAL, at):
        yield at


@pytest.fixture
def page(port: int, service: CardStack) -> Iterator[Page]:
    """A page that has paired; afterwards no card is in."""
    page = Page(port)
    page.pair(secrets.token_urlsafe(24))
    yield page
    for slot in (0, 1):
        service.remove(slot)


def in_parts(applet: Applet) -> Callable[[bytes], bytes]:
    """``applet`` on a card that speaks T=0: answers wait to be fetched, and a wrong length is told."""
    kept = b""

    def card(apdu: bytes) -> bytes:
        nonlocal kept
        if apdu[:4] == bytes.fromhex("00C00000"):
            return kept + OK if apdu[4] == len(kept) else bytes([0x6C, len(kept)])
        assert len(apdu) in (5, 5 + apdu[4])
        answer = applet(apdu)
        kept = answer[:-2]
        # A hint, not the length: 6C tells that when the answer is fetched.
        return b"\x61\xff" if kept else answer

    return card


def test_readers_are_there_without_cards(page: Page) -> None:
    told = page.send("GET", "/status").body["readers"]
    assert [(one["name"], one["card"]) for one in told] == [("Virtual PCD 00 00", False), ("Virtual PCD 00 01", False)]
    assert page.read("block").body == {"code": "NO_CARD"}
    assert page.read("block", reader="Virtual PCD 00 00").body == {"code": "NO_CARD"}
    assert page.read("block", reader="Gone").body == {"code": "NO_READER"}


@pytest.mark.parametrize(("atr", "card"), [(ATR_T1, Applet()), (ATR_T0, in_parts(Applet()))], ids=["T=1", "T=0"])
def test_a_card_is_read_whichever_protocol_it_speaks(
    service: CardStack, page: Page, atr: bytes, card: Callable[[bytes], bytes]
) -> None:
    service.insert(card, atr=atr)
    told = page.read(*EVERYTHING, challenge=text(CHALLENGE))
    assert (told.status, told.body) == (200, EVERYTHING)


def test_a_card_is_not_judged_by_its_atr(service: CardStack, page: Page) -> None:
    service.insert(Applet(), atr=bytes.fromhex("3B80800101"))
    assert page.read("block").body == {"block": text(BLOCK)}


def test_another_card_is_not_taken_for_ours(service: CardStack, page: Page) -> None:
    service.insert(permit_card())
    assert page.read("block").body == {"code": "NOT_NHI_CARD"}
    assert page.read("permit").body == {"permit": text(PERMIT)}


def test_a_card_comes_and_goes(service: CardStack, page: Page) -> None:
    for _ in range(2):
        service.insert(Applet())
        assert page.send("GET", "/status").body["readers"][0]["card"] is True
        assert page.read("block").status == 200
        service.remove()
        assert page.read("block").body == {"code": "NO_CARD"}


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_card_that_is_pulled_while_it_is_read_is_told_as_such(service: CardStack, page: Page, at: int) -> None:
    applet = Applet()

    def card(apdu: bytes) -> bytes:
        if len(applet.heard) == at:
            raise Pulled
        return applet(apdu)

    service.insert(card)
    assert page.read(*EVERYTHING, challenge=text(CHALLENGE)).body == {"code": "CARD_PULLED"}
    service.remove()
    service.insert(Applet())
    assert page.read("block").body == {"block": text(BLOCK)}


def test_a_card_that_answers_less_than_a_status_is_unreadable(service: CardStack, page: Page) -> None:
    service.insert(lambda apdu: b"\x90")
    assert page.read("block").body == {"code": "CARD_UNREADABLE"}


def test_of_two_cards_the_page_must_choose(service: CardStack, page: Page) -> None:
    service.insert(Applet())
    service.insert(permit_card(), slot=1)
    names = ["Virtual PCD 00 00", "Virtual PCD 00 01"]
    assert page.read("block").body == {"code": "TWO_CARDS", "readers": names}
    assert page.read("permit", reader=names[1]).body == {"permit": text(PERMIT)}


@pytest.mark.parametrize("hold", [["SCARD_SHARE_EXCLUSIVE"], ["SCARD_SHARE_SHARED", "transaction"]])
def test_a_reader_that_another_program_holds_is_busy_until_it_lets_go(
    service: CardStack, page: Page, hold: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    service.insert(Applet())
    for name, value in service.environment.items():
        monkeypatch.setenv(name, value)
    command = [sys.executable, "-c", HOG, *hold]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as hog:
        assert hog.stdout
        assert hog.stdout.readline() == b"0\n"
        assert page.read("block").body == {"code": "READER_BUSY"}
        hog.communicate(timeout=10)
    assert page.read("block").body == {"block": text(BLOCK)}


def test_an_idle_program_at_the_same_reader_does_no_harm(
    service: CardStack, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.insert(Applet())
    for name, value in service.environment.items():
        monkeypatch.setenv(name, value)
    command = [sys.executable, "-c", HOG, "SCARD_SHARE_SHARED"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as idle:
        assert idle.stdout
        assert idle.stdout.readline() == b"0\n"
        assert page.read("block").body == {"block": text(BLOCK)}
        idle.communicate(timeout=10)


def test_while_one_page_reads_another_is_told_at_once(service: CardStack, page: Page, port: int) -> None:
    reads, go_on = Event(), Event()
    applet = Applet()

    def slow(apdu: bytes) -> bytes:
        reads.set()
        go_on.wait(5)
        return applet(apdu)

    service.insert(slow)
    answers: list[Answer] = []
    thread = Thread(target=lambda: answers.append(page.read("block")))
    thread.start()
    assert reads.wait(5)
    other = Page(port).pair("b" * 22)
    assert other.read("block").body == {"code": "READER_BUSY"}
    go_on.set()
    thread.join()
    assert answers[0].body == {"block": text(BLOCK)}


def test_without_the_service_the_page_is_told_so_and_it_may_come_back() -> None:
    with tempfile.TemporaryDirectory(prefix="nhi-card-") as folder:
        stack = CardStack(Path(folder) / "stack")
        with running_agent(stack, PORTAL, at := free_port()):
            page = Page(at).pair("c" * 22)
            assert page.send("GET", "/status").body == {"code": "NO_PCSC"}
            assert page.read("block").body == {"code": "NO_PCSC"}
            stack.start()
            assert page.read("block").body == {"code": "NO_CARD"}
            stack.stop()
            assert page.read("block").body == {"code": "NO_PCSC"}

"""What a paired page reads from a card, and what it is told when that does not work."""

from __future__ import annotations

import base64
from collections.abc import Callable
from threading import Event, Thread

import pytest

from nhi_card_agent.apdu import READ_BLOCK
from tests.card_agent.cards import (
    BLOCK,
    OK,
    PERMIT,
    UNKNOWN,
    Applet,
    MemoryCard,
    MemoryReader,
    answer_to,
    permit_card,
)
from tests.card_agent.conftest import Answer, Running

CHALLENGE = bytes(range(32))
AUTHENTICATE = bytes.fromhex("00821112")


def text(data: bytes) -> str:
    """Bytes as they go over the line."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def put(agent: Running, applet: Callable[[bytes], bytes], pulled_after: int | None = None) -> MemoryReader:
    """Plug in a reader with a card."""
    reader = MemoryReader(f"Reader {len(agent.readers.plugged) + 1}", MemoryCard(applet, pulled_after))
    agent.readers.plugged.append(reader)
    return reader


EVERYTHING = {"block": text(BLOCK), "state": text(b"1"), "response": text(answer_to(CHALLENGE))}


@pytest.mark.parametrize(
    "want", [["block"], ["state"], ["response"], ["block", "state"], ["state", "block", "response"], ["block", "block"]]
)
def test_a_page_gets_what_it_wants_and_nothing_else(agent: Running, want: list[str]) -> None:
    reader = put(agent, Applet())
    told = agent.paired().read(*want, challenge=text(CHALLENGE))
    assert (told.status, told.body) == (200, {name: EVERYTHING[name] for name in want})
    assert reader.connected == 0


def test_the_card_is_asked_for_nothing_that_was_not_wanted(agent: Running) -> None:
    applet = Applet()
    put(agent, applet)
    agent.paired().read("state")
    assert [apdu.hex() for apdu in applet.heard] == ["00a4040010d1580000010000000000000000001100", "00ca240002000000"]


def test_what_lies_behind_the_block_stays_on_the_card(agent: Running) -> None:
    put(agent, Applet(answers={READ_BLOCK: BLOCK + b"1" + b"0912345678    " + OK}))
    assert agent.paired().read("block").body == {"block": text(BLOCK)}


def test_a_permit_is_read(agent: Running) -> None:
    put(agent, permit_card())
    assert agent.paired().read("permit").body == {"permit": text(PERMIT)}


@pytest.mark.parametrize("status", [UNKNOWN, b"\x69\x82", b"\x63\x00"])
def test_a_card_that_cannot_authenticate_is_read_all_the_same(agent: Running, status: bytes) -> None:
    put(agent, Applet(answers={AUTHENTICATE: status}))
    told = agent.paired().read("block", "response", challenge=text(CHALLENGE))
    assert told.body == {"block": text(BLOCK), "response": None}


def test_the_readers_are_listed_with_whether_a_card_is_in(agent: Running) -> None:
    page = agent.paired()
    assert page.send("GET", "/status").body == {"readers": []}
    put(agent, Applet())
    agent.readers.plugged.append(MemoryReader("內建讀卡機"))
    wanted = [{"name": "Reader 1", "card": True}, {"name": "內建讀卡機", "card": False}]
    assert page.send("GET", "/status").body == {"readers": wanted}


def _no_service(agent: Running) -> None:
    agent.readers.fault = "NO_PCSC"


def _faulty(code: str) -> Callable[[Running], None]:
    def prepare(agent: Running) -> None:
        put(agent, Applet()).fault = code

    return prepare


def _card(applet: Callable[[bytes], bytes], pulled_after: int | None = None) -> Callable[[Running], None]:
    return lambda agent: _ignore(put(agent, applet, pulled_after))


def _ignore(_: object) -> None:
    pass


@pytest.mark.parametrize(
    ("prepare", "want", "status", "code"),
    [
        (_no_service, "block", 503, "NO_PCSC"),
        (_ignore, "block", 404, "NO_READER"),
        (lambda agent: agent.readers.plugged.append(MemoryReader()), "block", 404, "NO_CARD"),
        (_faulty("NO_CARD"), "block", 404, "NO_CARD"),
        (_faulty("CARD_UNREADABLE"), "block", 422, "CARD_UNREADABLE"),
        (_faulty("READER_BUSY"), "block", 409, "READER_BUSY"),
        (_card(permit_card()), "block", 422, "NOT_NHI_CARD"),
        (_card(lambda _: UNKNOWN), "block", 422, "NOT_NHI_CARD"),
        (_card(Applet()), "permit", 422, "NOT_A_PERMIT"),
        (_card(Applet(answers={READ_BLOCK: BLOCK[:56] + OK})), "block", 422, "CARD_UNREADABLE"),
        (_card(Applet(answers={READ_BLOCK: b"\x69\x82"})), "block", 422, "CARD_UNREADABLE"),
        (_card(Applet(answers={bytes.fromhex("00CA24"): UNKNOWN})), "state", 422, "CARD_UNREADABLE"),
        (_card(Applet(answers={AUTHENTICATE: bytes(15) + OK})), "response", 422, "CARD_UNREADABLE"),
        (_card(Applet(), pulled_after=0), "block", 409, "CARD_PULLED"),
        (_card(Applet(), pulled_after=1), "block", 409, "CARD_PULLED"),
    ],
)  # fmt: skip
def test_what_does_not_work_is_told_by_its_code(
    agent: Running, prepare: Callable[[Running], None], want: str, status: int, code: str
) -> None:
    prepare(agent)
    told = agent.paired().read(want, challenge=text(CHALLENGE))
    assert (told.status, told.body) == (status, {"code": code})
    assert all(reader.connected == 0 for reader in agent.readers.plugged)


def test_a_status_that_cannot_be_found_out_is_refused(agent: Running) -> None:
    agent.readers.fault = "NO_PCSC"
    assert agent.paired().send("GET", "/status").body == {"code": "NO_PCSC"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"want": []},
        {"want": "block"},
        {"want": ["name"]},
        {"want": ["block", 7]},
        {"want": [["block"]]},
        {"want": ["block"], "reader": 7},
        {"want": ["response"]},
        {"want": ["response"], "challenge": None},
        {"want": ["response"], "challenge": text(bytes(31))},
        {"want": ["response"], "challenge": text(bytes(33))},
        {"want": ["response"], "challenge": text(bytes(32)) + "="},
        {"want": ["response"], "challenge": "a" * 41},
        {"want": ["response"], "challenge": "+/" * 21 + "A"},
    ],
)
def test_a_wish_that_makes_no_sense_never_reaches_the_card(agent: Running, body: dict[str, object]) -> None:
    applet = Applet()
    put(agent, applet)
    told = agent.paired().send("POST", "/read", body)
    assert (told.status, told.body) == (400, {"code": "BAD_REQUEST"})
    assert applet.heard == []


def test_of_two_cards_the_page_must_choose(agent: Running) -> None:
    page = agent.paired()
    put(agent, Applet())
    put(agent, permit_card())
    told = page.read("block")
    assert (told.status, told.body) == (409, {"code": "TWO_CARDS", "readers": ["Reader 1", "Reader 2"]})
    assert page.read("block", reader="Reader 1").body == {"block": text(BLOCK)}
    assert page.read("permit", reader="Reader 2").body == {"permit": text(PERMIT)}
    assert page.read("block", reader="Reader 3").body == {"code": "NO_READER"}


def test_of_two_readers_the_one_with_a_card_is_meant(agent: Running) -> None:
    agent.readers.plugged.append(MemoryReader("Empty"))
    put(agent, Applet())
    page = agent.paired()
    assert page.read("block").body == {"block": text(BLOCK)}
    assert page.read("block", reader="Empty").body == {"code": "NO_CARD"}


def test_while_one_page_reads_another_is_told_at_once(agent: Running) -> None:
    reads, go_on = Event(), Event()
    reader = put(agent, Applet())

    def wait() -> None:
        reads.set()
        go_on.wait(5)

    reader.card = MemoryCard(Applet(), before=wait)
    first, second = agent.paired(), agent.paired()
    answers: list[Answer] = []
    thread = Thread(target=lambda: answers.append(first.read("block")))
    thread.start()
    assert reads.wait(5)
    busy = second.read("block")
    assert second.send("GET", "/status").status == 200
    go_on.set()
    thread.join()
    assert (busy.status, busy.body) == (409, {"code": "READER_BUSY"})
    assert answers[0].body == second.read("block").body == {"block": text(BLOCK)}


def test_nothing_is_printed_of_a_card_even_when_the_component_itself_is_at_fault(
    agent: Running, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(apdu: bytes) -> bytes:
        raise RuntimeError(BLOCK)

    page = agent.paired()
    reader = put(agent, broken)
    with pytest.raises(OSError, match=r"closed connection|reset"):
        page.read("block")
    reader.card = MemoryCard(Applet())
    assert page.read("block").status == 200
    assert capfd.readouterr() == ("", "")

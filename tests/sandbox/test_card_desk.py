"""Cards in software readers, as the card component sees them."""

import threading
from contextlib import suppress

import pytest

from nhi_card_agent.readers import Fault, Reader
from nhi_sandbox.cards.desk import CardDesk, SoftwareReaders, WrongMove

SELECT = bytes.fromhex("00A4040010 D1580000010000000000000000001100")
READ = bytes.fromhex("00CA1100020000")


@pytest.fixture
def desk() -> CardDesk:
    return CardDesk()


def _reader(desk: CardDesk, number: int = 0) -> Reader:
    return SoftwareReaders(desk, Fault).all()[number]


def test_a_card_is_put_in_read_and_pulled_out(desk: CardDesk) -> None:
    reader = _reader(desk)
    assert not reader.has_card()
    desk.insert("nhi", "citizen")
    assert reader.has_card()
    with reader.connect() as card:
        assert card.transmit(SELECT) == (b"", 0x9000)
        data, word = card.transmit(READ)
    assert (data[:12], word) == (b"000099002012", 0x9000)
    desk.pull()
    assert not reader.has_card()


def test_every_connection_begins_with_a_fresh_card(desk: CardDesk) -> None:
    desk.insert("nhi", "citizen")
    with _reader(desk).connect() as card:
        card.transmit(SELECT)
    with _reader(desk).connect() as card:
        assert card.transmit(READ) == (b"", 0x6985)


@pytest.mark.parametrize("move", ["pull", "unplug", "reset", "another"])
def test_a_card_that_is_gone_meanwhile_is_said_to_be_pulled(desk: CardDesk, move: str) -> None:
    desk.insert("nhi", "citizen")
    with _reader(desk).connect() as card:
        card.transmit(SELECT)
        if move == "another":
            desk.insert("nhi", "wifi")
        else:
            getattr(desk, move)()
        with pytest.raises(Fault, match="CARD_PULLED"):
            card.transmit(READ)


def test_an_empty_reader_has_no_card_and_a_taken_one_is_busy(desk: CardDesk) -> None:
    with pytest.raises(Fault, match="NO_CARD"), _reader(desk).connect():
        pass
    desk.insert("nhi", "citizen")
    with _reader(desk).connect(), pytest.raises(Fault, match="READER_BUSY"), _reader(desk).connect():
        pass
    with _reader(desk).connect() as card:
        assert card.transmit(SELECT)[1] == 0x9000


def test_a_connection_that_fails_frees_its_reader(desk: CardDesk) -> None:
    desk.insert("nhi", "citizen")
    with suppress(RuntimeError), _reader(desk).connect():
        raise RuntimeError
    with _reader(desk).connect() as card:
        assert card.transmit(SELECT)[1] == 0x9000


def test_readers_are_plugged_in_and_out(desk: CardDesk) -> None:
    assert [reader.name for reader in SoftwareReaders(desk, Fault).all()] == ["Sandbox Reader 1"]
    desk.plug(1)
    desk.insert("nhi", "citizen", 0)
    desk.insert("permit", "new_ui", 1)
    assert [reader.has_card() for reader in SoftwareReaders(desk, Fault).all()] == [True, True]
    desk.unplug(0)
    assert [reader.name for reader in SoftwareReaders(desk, Fault).all()] == ["Sandbox Reader 2"]
    desk.unplug(1)
    assert SoftwareReaders(desk, Fault).all() == []
    desk.plug(0)
    assert not _reader(desk).has_card(), "the card stayed out"
    desk.reset()
    assert len(SoftwareReaders(desk, Fault).all()) == 1


@pytest.mark.parametrize("kind", ["foreign", "broken"])
def test_cards_of_nobody_need_no_persona(desk: CardDesk, kind: str) -> None:
    desk.insert(kind)
    with _reader(desk).connect() as card:
        card.transmit(SELECT)
        assert card.transmit(READ) == (b"", 0x6985 if kind == "foreign" else 0x6F00)


@pytest.mark.parametrize(
    ("kind", "persona", "reader", "why"),
    [
        ("nhi", "nobody", 0, "persona"),
        ("nhi", "", 0, "persona"),
        ("gold", "citizen", 0, "kind"),
        ("permit", "citizen", 0, "permit"),
        ("nhi", "citizen", 1, "plugged"),
        ("nhi", "citizen", 2, "reader"),
        ("nhi", "citizen", -1, "reader"),
    ],
)
def test_moves_that_make_no_sense_change_nothing(
    desk: CardDesk, kind: str, persona: str, reader: int, why: str
) -> None:
    with pytest.raises(WrongMove, match=why):
        desk.insert(kind, persona, reader)
    assert [seen.inserted for seen in desk.readers()] == [None, None]


def test_reading_while_somebody_plays_with_the_card_ends_in_data_or_a_known_fault(desk: CardDesk) -> None:
    stop, odd = threading.Event(), []

    def play() -> None:
        while not stop.is_set():
            desk.insert("nhi", "citizen")
            desk.pull()

    def read() -> None:
        try:
            with _reader(desk).connect() as card:
                if card.transmit(SELECT) == (b"", 0x9000):
                    odd.extend([] if len(card.transmit(READ)[0]) == 57 else ["short"])
        except Fault as fault:
            odd.extend([] if fault.code in {"NO_CARD", "CARD_PULLED", "READER_BUSY"} else [fault.code])

    def read_often() -> None:
        for _ in range(200):
            read()

    player = threading.Thread(target=play)
    readers = [threading.Thread(target=read_often) for _ in range(2)]
    for thread in (player, *readers):
        thread.start()
    for thread in readers:
        thread.join(30)
    stop.set()
    player.join(30)
    assert odd == []

"""What works on this computer, one thing after another, up to the first that does not."""

from __future__ import annotations

import socket
from collections.abc import Iterator

from nhi_card_agent.apdu import NHI_AID, OK, exchange, select
from nhi_card_agent.readers import Card, Fault, Readers, choose
from nhi_card_agent.words import words


def findings(readers: Readers, port: int) -> Iterator[tuple[bool, str]]:
    """Each finding: whether it is good, and its words. Of the card only its kind is looked at, nothing is read."""
    serving = _is_taken(port)
    yield serving, words("SERVING" if serving else "NOT_SERVING")
    try:
        for reader in readers.all():
            yield True, words("READER", reader.name)
        with choose(readers).connect() as card:
            _recognise(card)
        yield True, words("GOOD")
    except Fault as fault:
        yield False, words(fault.code)


def _is_taken(port: int) -> bool:
    with socket.socket() as line:
        line.settimeout(1)
        return line.connect_ex(("127.0.0.1", port)) == 0


def _recognise(card: Card) -> None:
    if exchange(card, select(NHI_AID))[1] != OK:
        raise Fault("NOT_NHI_CARD")

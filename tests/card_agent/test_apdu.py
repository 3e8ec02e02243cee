"""The commands, byte by byte, and answers that come in parts."""

from __future__ import annotations

import pytest

from nhi_card_agent import apdu
from nhi_card_agent.readers import Fault


class Script:
    """A card that plays its part: each command must be the next line's, whose answer it gives."""

    def __init__(self, *lines: tuple[str, str]) -> None:
        self.lines = list(lines)

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        expected, answer = self.lines.pop(0)
        assert command.hex(" ") == expected
        raw = bytes.fromhex(answer)
        return raw[:-2], int.from_bytes(raw[-2:], "big")


def test_the_commands_are_those_of_the_card() -> None:
    assert apdu.select(apdu.NHI_AID).hex() == "00a4040010d1580000010000000000000000001100"
    assert apdu.select(apdu.PERMIT_AID).hex() == "00a4040010d1580000010000000000000000004100"
    assert apdu.READ_BLOCK.hex() == "00ca1100020000"
    assert apdu.READ_STATE.hex() == "00ca240002000000"
    assert apdu.authenticate(bytes(range(32))).hex() == "0082111220" + bytes(range(32)).hex() + "10"


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_challenge_has_32_bytes(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        apdu.authenticate(bytes(length))


@pytest.mark.parametrize(
    ("sent", "lines", "data", "status"),
    [
        ("00ca1100020000", [("00 ca 11 00 02 00 00", "0102 9000")], "0102", 0x9000),
        ("00ca1100020000", [("00 ca 11 00 02 00 00", "6a82")], "", 0x6A82),
        (
            "00ca1100020000",
            [("00 ca 11 00 02 00 00", "6103"), ("00 c0 00 00 03", "010203 9000")],
            "010203", 0x9000,
        ),
        (
            "00ca1100020000",
            [("00 ca 11 00 02 00 00", "01 6100"), ("00 c0 00 00 00", "02 6101"), ("00 c0 00 00 01", "03 9000")],
            "010203", 0x9000,
        ),
        (
            "00ca1100020000",
            [("00 ca 11 00 02 00 00", "6c02"), ("00 ca 11 00 02 00 00 02", "0102 9000")],
            "0102", 0x9000,
        ),
        (
            "00ca240002000000",
            [("00 ca 24 00 02 00 00 00", "6c01"), ("00 ca 24 00 02 00 00 01", "31 9000")],
            "31", 0x9000,
        ),
        ("0084000000", [("00 84 00 00 00", "6c08"), ("00 84 00 00 08", "01 9000")], "01", 0x9000),
        (
            "00ca1100020000",
            [("00 ca 11 00 02 00 00", "6139"), ("00 c0 00 00 39", "6c02"), ("00 c0 00 00 02", "0102 9000")],
            "0102", 0x9000,
        ),
    ],
)  # fmt: skip
def test_an_answer_is_fetched_whole(sent: str, lines: list[tuple[str, str]], data: str, status: int) -> None:
    card = Script(*lines)
    assert apdu.exchange(card, bytes.fromhex(sent)) == (bytes.fromhex(data), status)
    assert card.lines == []


def test_a_card_that_never_ends_is_unreadable() -> None:
    class Endless:
        def transmit(self, command: bytes) -> tuple[bytes, int]:
            return b"x", 0x6101

    with pytest.raises(Fault) as told:
        apdu.exchange(Endless(), apdu.READ_BLOCK)
    assert told.value.code == "CARD_UNREADABLE"

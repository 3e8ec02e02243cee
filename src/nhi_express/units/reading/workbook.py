"""Lists in workbooks. They are read by a process of its own with bounds, because what stands in them is not ours.

The library lays a whole sheet out in memory, and ends the process where there is none left: a file of five kilobytes
that names one cell far down on the right is enough. The file goes to that process in memory and never lies on a disk.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from nhi_express.units.reading.sheet import ListRefused, Rows, Table

_MAGICS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_MACRO_ENDINGS: Final = (".xlsm", ".xltm", ".xlam", ".xlsb")
_READER: Final = Path(__file__).with_name("reader.py")
# All the time that is waited for the reader, not counting what is done with its rows meanwhile.
WAIT_SECONDS: Final = 60.0
_PIECE: Final = 1 << 20


def is_workbook(data: bytes) -> bool:
    """Whether it is an archive or an old Office file, whatever its name."""
    return data.startswith(_MAGICS)


def table_of_workbook(data: bytes, name: str) -> Table:
    """The rows of a workbook's first visible sheet. Raises :class:`ListRefused`, also late."""
    if name.lower().endswith(_MACRO_ENDINGS):
        raise ListRefused("LIST_WITH_MACROS")
    messages = _messages(data)
    head = next(messages)
    return Table(_rows(messages), head["merged_until"])


def _started(data: bytes) -> subprocess.Popen[bytes]:
    """The reader, at work on the file; it inherits neither our settings nor our files."""
    held = os.memfd_create("list")
    try:
        with os.fdopen(os.dup(held), "wb") as file:
            file.write(data)
        os.lseek(held, 0, os.SEEK_SET)
        return subprocess.Popen(  # noqa: S603 - our own interpreter and script
            [sys.executable, "-I", str(_READER)],
            stdin=held,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            bufsize=0,
        )
    finally:
        os.close(held)


def _rows(messages: Iterator[dict[str, Any]]) -> Rows:
    number = 0
    for message in messages:
        for row in message["rows"]:
            number += 1
            yield number, row


def _messages(data: bytes) -> Iterator[dict[str, Any]]:
    """What the reader says, line by line. Raises :class:`ListRefused` for its refusal, and for its untimely end."""
    with _started(data) as process:
        try:
            for line in _lines(process):
                message = json.loads(line)
                if "refused" in message:
                    raise ListRefused(message["refused"])
                if "end" in message:
                    return
                yield message
            out_of_memory = process.wait() == -signal.SIGABRT
        finally:
            process.kill()
    raise ListRefused("LIST_TOO_WIDE" if out_of_memory else "LIST_UNREADABLE")


def _lines(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    for piece in _pieces(process):
        first, *others = piece.split(b"\n")
        held.append(first)
        # Joined once for each line: what is joined for each piece is copied again and again.
        for other in others:
            yield b"".join(held)
            held = [other]


def _pieces(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """What the reader writes, as it comes. Raises :class:`ListRefused` when it keeps us waiting too long."""
    assert process.stdout is not None
    pipe, left = process.stdout.fileno(), WAIT_SECONDS
    waiting = select.poll()
    waiting.register(pipe, select.POLLIN)
    while True:
        begun = time.monotonic()
        if not waiting.poll(left * 1000):
            raise ListRefused("LIST_UNREADABLE")
        left = max(left - (time.monotonic() - begun), 0)
        piece = os.read(pipe, _PIECE)
        if not piece:
            return
        yield piece

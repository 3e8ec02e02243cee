"""A private smart card service with a virtual reader (pcscd and vpcd), into which the sandbox's cards are put.

pcscd takes a socket that we bind (socket activation), so that it meets no other one on this machine; programs find it
by `PCSCLITE_CSOCK_NAME`. vpcd listens for cards on two ports, one a slot, of
every address: a stranger could put an invented card in, and no more.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

_DAEMON = shutil.which("pcscd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
# T=1, as the one ATR of an NHI card that is published.
ATR_T1 = bytes.fromhex("3BEE00008131FE4580318066409093060F17830F9000F3")
ATR_T0 = bytes.fromhex("3B6800000073C84000009000")
# pcscd looks for cards every 400 ms; a card that comes back within that time was never gone.
_NOTICED = 0.9
# pcscd takes the socket as its third file, and only if the process number told is its own.
_LAUNCH = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.execve(sys.argv[2], sys.argv[2:], {**os.environ, "LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"})
"""
_POWER_OFF, _POWER_ON, _RESET, _ATR = b"\x00", b"\x01", b"\x02", b"\x04"


def missing() -> str:
    """What this machine lacks for a card stack, or ""."""
    if _DAEMON is None or not _DRIVER.exists():
        return "pcscd and vsmartcard-vpcd are not installed"
    if importlib.util.find_spec("smartcard") is None:
        return "pyscard is not installed"
    return "" if os.geteuid() == 0 or os.access("/run/pcscd", os.W_OK) else "pcscd needs /run/pcscd"


class Pulled(Exception):
    """Raised by a card that leaves its reader instead of answering."""


class CardStack:
    """pcscd with one virtual reader of two slots. ``folder`` must not exist; its path must be short (Unix sockets)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment: Mapping[str, str] = {"PCSCLITE_CSOCK_NAME": str(folder / "pcscd.comm")}
        self._port = _free_pair()
        self._slots: dict[int, _Slot] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start pcscd; returns when its readers wait for cards. Raises :class:`RuntimeError` if they do not."""
        self._configure()
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(self.environment["PCSCLITE_CSOCK_NAME"])
            listening.listen()
            self._process = self._launch(listening.fileno())
        for port in (self._port, self._port + 1):
            await_port(port)

    def stop(self) -> None:
        """Pull all cards and end pcscd."""
        for slot in list(self._slots):
            self._pull(slot)
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def insert(
        self,
        card: Callable[[bytes], bytes],
        *,
        atr: bytes = ATR_T1,
        slot: int = 0,
        reset: Callable[[], None] = lambda: None,
    ) -> None:
        """Put a card in; returns when pcscd has seen it.

        ``card`` answers commands with data and status word, ``reset`` makes it forget what was chosen.
        """
        self.remove(slot)
        self._slots[slot] = _Slot(self._port + slot, card, atr, reset)
        self._slots[slot].start()
        if not self._slots[slot].seen.wait(10):
            raise RuntimeError("pcscd did not see the card")

    def remove(self, slot: int = 0) -> None:
        """Pull the card, if there is one; returns when pcscd has noticed."""
        if self._pull(slot):
            time.sleep(_NOTICED)

    def _pull(self, slot: int) -> bool:
        found = self._slots.pop(slot, None)
        if found is not None:
            found.pull()
        return found is not None

    def _configure(self) -> None:
        self.folder.mkdir(parents=True)
        channel = f"0x{self._port:04X}"
        lines = [
            'FRIENDLYNAME "Virtual PCD"',
            f"DEVICENAME /dev/null:{channel}",
            f"LIBPATH {_DRIVER}",
            f"CHANNELID {channel}",
        ]
        config = self.folder / "readers"
        config.mkdir()
        (config / "vpcd").write_text("\n".join(lines) + "\n")

    def _launch(self, listening: int) -> subprocess.Popen[bytes]:
        assert _DAEMON is not None
        daemon = [_DAEMON, "--foreground", "--config", str(self.folder / "readers")]
        command = [sys.executable, "-c", _LAUNCH, str(listening), *daemon]
        with (self.folder / "pcscd.log").open("wb") as log:
            return subprocess.Popen(command, pass_fds=[listening], stdin=subprocess.DEVNULL, stdout=log, stderr=log)


class _Slot(Thread):
    """The card's end of the wire: frames after their length in two bytes; those of one byte are no commands."""

    def __init__(self, port: int, card: Callable[[bytes], bytes], atr: bytes, reset: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.seen = Event()
        self._reset = reset
        self._powered, self._asked = False, 0
        self._card, self._atr = card, atr
        self._line = socket.create_connection(("127.0.0.1", port), timeout=None)
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self) -> None:
        try:
            while frame := self._frame():
                self._obey(frame)
        except (OSError, Pulled):
            pass
        finally:
            self._line.close()

    def pull(self) -> None:
        """Leave the reader."""
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self.join(10)

    def _obey(self, frame: bytes) -> None:
        if frame == _ATR:
            self._send(self._atr)
            # Once for the power-up; the next time pcscd looks, it has told everybody of the card.
            self._asked += self._powered
            if self._asked == 2:
                self.seen.set()
        elif frame in (_POWER_OFF, _POWER_ON, _RESET):
            self._powered |= frame == _POWER_ON
            self._reset()
        else:
            self._send(self._card(frame))

    def _send(self, body: bytes) -> None:
        self._line.sendall(len(body).to_bytes(2, "big") + body)

    def _frame(self) -> bytes:
        return self._taken(int.from_bytes(self._taken(2), "big"))

    def _taken(self, count: int) -> bytes:
        got = b""
        while len(got) < count:
            # Without it the other side waits 40 ms for our acknowledgement; the system forgets it each time.
            self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            part = self._line.recv(count - len(got))
            if not part:
                raise ConnectionError
            got += part
        return got


def await_port(port: int) -> None:
    """Wait until somebody listens on a port of the loopback. Raises :class:`RuntimeError`."""
    for _ in range(200):
        # vpcd holds back who comes first for the card, so look at the list of those who listen instead of knocking.
        if f":{port:04X}" in _listening():
            return
        time.sleep(0.05)
    raise RuntimeError(f"nobody listens on port {port}")


def _listening() -> set[str]:
    rows = (row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return {row[1][-5:] for row in rows if row[3] == "0A"}


def _free_pair() -> int:
    """A free port whose next one is free too."""
    for port in range(20_000 + os.getpid() % 9_000, 32_000, 2):
        try:
            with socket.create_server(("", port)), socket.create_server(("", port + 1)):
                return port
        except OSError:
            continue
    raise RuntimeError("no two free ports")

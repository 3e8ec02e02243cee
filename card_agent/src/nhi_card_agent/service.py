"""Starting the component whenever its user signs in: what each system wants written, and where.

Nothing of it needs an administrator. The texts are made without looking at this computer, so that all three can be
tested on any.
"""

from __future__ import annotations

import plistlib
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Final

NAME: Final = "nhi-card-agent"


@dataclass(frozen=True, slots=True)
class Service:
    """A file that starts the component, and the commands that make the system act on it at once."""

    place: PurePath
    text: str
    begin: tuple[tuple[str, ...], ...]
    end: tuple[tuple[str, ...], ...]


def command(python: PurePath, origins: Sequence[str], port: int) -> tuple[str, ...]:
    """The command that serves ``origins``, by the interpreter that the component is installed for."""
    named = [part for origin in origins for part in ("--origin", origin)]
    return (str(python), "-m", "nhi_card_agent", "serve", *named, "--port", str(port))


def for_linux(home: PurePosixPath, run: Sequence[str]) -> Service:
    """A systemd unit of the user's own."""
    unit = f"{NAME}.service"
    control = ("systemctl", "--user")
    return Service(
        place=home / ".config" / "systemd" / "user" / unit,
        text=_UNIT.format(" ".join(_systemd_quoted(part) for part in run)),
        begin=((*control, "daemon-reload"), (*control, "enable", "--now", unit)),
        end=((*control, "disable", "--now", unit),),
    )


# What the unit of an ordinary user may ask for: no new privileges, no sockets but IPv4 and the one of PC/SC.
_UNIT: Final = """[Unit]
Description=NHI card component
Documentation=man:pcscd(8)

[Service]
ExecStart={}
Restart=on-failure
RestartSec=5
NoNewPrivileges=yes
RestrictAddressFamilies=AF_INET AF_UNIX
LockPersonality=yes

[Install]
WantedBy=default.target
"""


def _systemd_quoted(part: str) -> str:
    escaped = part.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def for_macos(home: PurePosixPath, run: Sequence[str], user: int) -> Service:
    """A launch agent; ``user`` is the number of the user whose sessions it belongs to."""
    place = home / "Library" / "LaunchAgents" / f"{NAME}.plist"
    entry = {
        "Label": NAME,
        "ProgramArguments": list(run),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ProcessType": "Background",
    }
    return Service(
        place=place,
        text=plistlib.dumps(entry).decode("utf-8"),
        begin=(("launchctl", "bootstrap", f"gui/{user}", str(place)),),
        end=(("launchctl", "bootout", f"gui/{user}/{NAME}"),),
    )


def for_windows(roaming: PureWindowsPath, run: Sequence[str]) -> Service:
    """An entry in the user's Startup folder: a scheduled task at sign-in would need rights that not all have."""
    startup = roaming / "Microsoft" / "Windows" / "Start Menu" / "Programs" / "Startup"
    place = startup / f"{NAME}.cmd"
    windowless = re.sub(r"python\.exe$", "pythonw.exe", run[0], flags=re.IGNORECASE)
    line = " ".join(_cmd_quoted(part) for part in (windowless, *run[1:]))
    return Service(
        place=place,
        # The code page is for names of people in the path, which the file holds in UTF-8.
        text=f'@chcp 65001 >nul\r\n@start "" /b {line}\r\n',
        begin=(("cmd", "/c", str(place)),),
        end=(),
    )


def _cmd_quoted(part: str) -> str:
    """``part`` for a batch file. No path and no origin can hold a quotation mark."""
    return f'"{part.replace("%", "%%")}"'


def for_system(system: str, home: Path, environment: Mapping[str, str], user: int, run: Sequence[str]) -> Service:
    """The service of ``system`` (as `sys.platform`); anything that is neither Windows nor macOS is taken for Linux."""
    if system == "win32":
        return for_windows(PureWindowsPath(environment.get("APPDATA") or home / "AppData" / "Roaming"), run)
    if system == "darwin":
        return for_macos(PurePosixPath(home), run, user)
    return for_linux(PurePosixPath(home), run)


def install(service: Service) -> None:
    """Write the file and start the component. Raises :class:`OSError` if either fails."""
    place = Path(service.place)
    place.parent.mkdir(parents=True, exist_ok=True)
    # Put there before, it may be running with another portal's name.
    _order(service.end)
    place.write_text(service.text, "utf-8", newline="")
    for ordered in _order(service.begin):
        if ordered != 0:
            raise OSError(f"{place} is written, but the system did not start it; it will at the next sign-in")


def uninstall(service: Service) -> None:
    """Stop the component where the system can, and take the file away. Doing it twice does no harm."""
    _order(service.end)
    Path(service.place).unlink(missing_ok=True)


def _order(commands: Sequence[Sequence[str]]) -> list[int]:
    """Run what the system is told; how each ended. One that is not there ends with 127, as in a shell."""
    return [_ended(command) for command in commands]


def _ended(ordered: Sequence[str]) -> int:
    try:
        return subprocess.run(ordered, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode  # noqa: S603
    except FileNotFoundError:
        return 127

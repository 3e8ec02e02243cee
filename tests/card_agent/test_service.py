"""What each system is given to start the component with, and the command line around it."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from nhi_card_agent.service import Service, command, for_linux, for_macos, for_system, for_windows, install, uninstall

RUN = command(PurePosixPath("/opt/tools/bin/python"), ["https://portal.example", "http://localhost:8000"], 46464)
HOME = PurePosixPath("/srv/people/ming")


def test_the_command_names_interpreter_portals_and_port() -> None:
    assert (
        *("/opt/tools/bin/python", "-m", "nhi_card_agent", "serve"),
        *("--origin", "https://portal.example", "--origin", "http://localhost:8000", "--port", "46464"),
    ) == RUN


def test_linux_has_a_unit_of_the_users_own() -> None:
    service = for_linux(HOME, RUN)
    assert str(service.place) == "/srv/people/ming/.config/systemd/user/nhi-card-agent.service"
    quoted = " ".join(f'"{part}"' for part in RUN)
    assert f"ExecStart={quoted}\n" in service.text
    assert "NoNewPrivileges=yes" in service.text
    assert service.begin[-1] == ("systemctl", "--user", "enable", "--now", "nhi-card-agent.service")
    assert service.end == (("systemctl", "--user", "disable", "--now", "nhi-card-agent.service"),)


@pytest.mark.parametrize(
    ("part", "written"),
    [("/a b/python", '"/a b/python"'), ("/100%/p", '"/100%%/p"'), ("/$x/p", '"/$$x/p"'), ('/"/\\', '"/\\"/\\\\"')],
)
def test_linux_takes_nothing_in_a_path_for_its_own_signs(part: str, written: str) -> None:
    assert f"ExecStart={written}\n" in for_linux(HOME, [part]).text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_nothing_to_say_of_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "nhi-card-agent.service"
    unit.write_text(for_linux(HOME, [sys.executable, *RUN[1:]]).text)
    analyzer = ["systemd-analyze", "--user", "verify", "--man=no", str(unit)]
    said = subprocess.run(
        analyzer, capture_output=True, text=True, check=False, env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    )
    assert "nhi-card-agent" not in said.stderr


def test_macos_has_a_launch_agent() -> None:
    service = for_macos(HOME, ["/a & b/python", *RUN[1:]], 501)
    assert str(service.place) == "/srv/people/ming/Library/LaunchAgents/nhi-card-agent.plist"
    entry = plistlib.loads(service.text.encode())
    assert entry["ProgramArguments"] == ["/a & b/python", *RUN[1:]]
    assert entry["RunAtLoad"] is True
    assert service.begin == (("launchctl", "bootstrap", "gui/501", str(service.place)),)
    assert service.end == (("launchctl", "bootout", f"gui/501/{entry['Label']}"),)


def test_windows_has_an_entry_in_the_startup_folder() -> None:
    python = PureWindowsPath("D:\\工具 100%\\Scripts\\python.exe")
    service = for_windows(PureWindowsPath("D:\\王小明\\Roaming"), command(python, ["https://portal.example"], 46464))
    assert str(service.place) == (
        "D:\\王小明\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\Startup\\nhi-card-agent.cmd"
    )
    first, second, rest = service.text.split("\r\n")
    assert (first, rest) == ("@chcp 65001 >nul", "")
    assert second == (
        '@start "" /b "D:\\工具 100%%\\Scripts\\pythonw.exe" "-m" "nhi_card_agent" "serve"'
        ' "--origin" "https://portal.example" "--port" "46464"'
    )


@pytest.mark.parametrize(
    ("system", "kind"), [("linux", ".service"), ("freebsd14", ".service"), ("darwin", ".plist"), ("win32", ".cmd")]
)
def test_each_system_gets_its_own(system: str, kind: str) -> None:
    assert for_system(system, Path("/srv/people/ming"), {}, 501, RUN).place.suffix == kind


def test_it_is_put_there_and_taken_away_again(tmp_path: Path) -> None:
    begun, ended = tmp_path / "begun", tmp_path / "ended"
    service = Service(tmp_path / "deep" / "file", "text\r\n", (("touch", str(begun)),), (("touch", str(ended)),))
    install(service)
    assert (tmp_path / "deep" / "file").read_bytes() == b"text\r\n"
    assert begun.exists()
    ended.unlink()
    for _ in range(2):
        uninstall(service)
    assert ended.exists()
    assert not (tmp_path / "deep" / "file").exists()


@pytest.mark.parametrize("starter", ["false", "no-such-program-here"])
def test_a_system_that_does_not_start_it_is_told(tmp_path: Path, starter: str) -> None:
    with pytest.raises(OSError, match="next sign-in"):
        install(Service(tmp_path / "file", "text", ((starter,),), ()))
    assert (tmp_path / "file").exists()

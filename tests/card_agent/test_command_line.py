"""Which portals are served, what the component says to people, and that it needs little to start."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nhi_card_agent.__main__ import main
from nhi_card_agent.checking import findings
from nhi_card_agent.origins import VARIABLE, checked, file_place, wanted
from nhi_card_agent.words import reads_chinese, words
from tests.card_agent.cards import UNKNOWN, Applet, MemoryCard, MemoryReader, MemoryReaders
from tests.environment import free_port

SOURCE = Path(__file__).parents[2] / "card_agent" / "src"


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("https://portal.example", "https://portal.example"),
        ("https://portal.example/", "https://portal.example"),
        (" HTTPS://Portal.Example:443 ", "https://portal.example"),
        ("https://portal.example:8443", "https://portal.example:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://portal.localhost:80", "http://portal.localhost"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_an_origin_is_written_as_browsers_do(given: str, plain: str) -> None:
    assert checked(given) == plain


@pytest.mark.parametrize(
    "given", ["", "*", "null", "portal.example", "http://portal.example", "https://portal.example/path", "https://*.example",
              "https://user@portal.example", "http://localhost.evil.example", "http://127.0.0.1.evil", "file:///etc"]
)  # fmt: skip
def test_what_is_no_portal_is_not_served(given: str) -> None:
    with pytest.raises(ValueError, match="like https"):
        checked(given)


def test_portals_come_from_the_command_or_the_environment_or_the_file(tmp_path: Path) -> None:
    file = tmp_path / "origins"
    with pytest.raises(ValueError, match="name the portal"):
        wanted([], {}, file)
    file.write_text("# ours\nhttps://file.example  # one\n\nhttps://second.example\n")
    environment = {VARIABLE: "https://a.example, https://b.example"}
    assert wanted(["https://c.example"], environment, file) == {"https://c.example"}
    assert wanted([], environment, file) == {"https://a.example", "https://b.example"}
    assert wanted([], {}, file) == {"https://file.example", "https://second.example"}


@pytest.mark.parametrize(
    ("system", "environment", "place"),
    [
        ("linux", {}, "home/.config/nhi-card-agent/origins"),
        ("linux", {"XDG_CONFIG_HOME": "there"}, "there/nhi-card-agent/origins"),
        ("darwin", {}, "home/Library/Application Support/nhi-card-agent/origins"),
        ("win32", {"APPDATA": "roaming"}, "roaming/nhi-card-agent/origins"),
        ("win32", {}, "home/AppData/Roaming/nhi-card-agent/origins"),
    ],
)
def test_the_file_is_where_the_system_keeps_such_files(system: str, environment: dict[str, str], place: str) -> None:
    assert file_place(system, Path("home"), environment) == Path(place)


@pytest.mark.parametrize(
    ("environment", "system", "chinese"),
    [
        ({}, None, False),
        ({}, "zh_TW", True),
        ({}, "Chinese (Traditional)_Taiwan", True),
        ({"LANG": "en_US.UTF-8"}, "zh_TW", False),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_TW.UTF-8"}, None, True),
        ({"LANG": ""}, "zh_TW", True),
    ],
)
def test_people_are_told_in_their_language(environment: dict[str, str], system: str | None, chinese: bool) -> None:
    assert reads_chinese(environment, system) is chinese


def _reader(applet: Callable[[bytes], bytes], fault: str = "") -> MemoryReader:
    return MemoryReader("Desk", MemoryCard(applet), fault)


@pytest.mark.parametrize(
    ("readers", "goods", "last"),
    [
        (MemoryReaders(fault="NO_PCSC"), [False, False], "NO_PCSC"),
        (MemoryReaders(), [False, False], "NO_READER"),
        (MemoryReaders([MemoryReader("Desk")]), [False, True, False], "NO_CARD"),
        (MemoryReaders([_reader(lambda _: UNKNOWN)]), [False, True, False], "NOT_NHI_CARD"),
        (MemoryReaders([_reader(Applet(), "READER_BUSY")]), [False, True, False], "READER_BUSY"),
        (MemoryReaders([_reader(Applet()), _reader(Applet())]), [False, True, True, False], "TWO_CARDS"),
        (MemoryReaders([_reader(Applet())]), [False, True, True], "GOOD"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en_US.UTF-8", "zh_TW.UTF-8"])
def test_a_check_tells_what_works_up_to_what_does_not(
    readers: MemoryReaders, goods: list[bool], last: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    found = list(findings(readers, free_port()))
    assert [good for good, _ in found] == goods
    assert found[0][1] == words("NOT_SERVING")
    assert found[-1][1] == words(last)


def test_a_check_reads_nothing_from_the_card() -> None:
    applet = Applet()
    list(findings(MemoryReaders([_reader(applet)]), free_port()))
    assert len(applet.heard) == 1


def test_without_a_portal_it_says_what_to_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv(VARIABLE, raising=False)
    assert main(["service", "install"]) == 1
    assert "--origin https://portal.example" in capsys.readouterr().err


def test_all_but_one_module_do_without_pyscard() -> None:
    modules = sorted(path.stem for path in (SOURCE / "nhi_card_agent").glob("*.py") if path.stem != "pcsc")
    assert "server" in modules
    code = f"import sys; sys.modules['smartcard'] = None\nfor name in {modules}: __import__(f'nhi_card_agent.{{name}}')"
    subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(SOURCE)}, check=True)

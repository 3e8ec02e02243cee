"""The postman's tray: printed letters are read as the person would who opens them."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import typst

from nhi_sandbox.postman import read_letters
from nhi_sandbox.server import Options, make_server
from tests.environment import free_port

PAGES = ("To Amber Lotus: 7K3M-2QXT-9HBV", "To Cedar O'Field: 0000-1111-ZZZZ")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which the site has printed two letters."""
    folder = tmp_path / "letters"
    folder.mkdir()
    source = "\n#pagebreak()\n".join(PAGES)
    (folder / "1.pdf").write_bytes(typst.compile(source.encode()))
    return folder


@pytest.fixture
def tray(folder: Path) -> Iterator[str]:
    """The address of a sandbox that looks into the folder."""
    options = Options(
        port=0,
        smtp_port=free_port(),
        site_jwks_uri="http://127.0.0.1:1/jwks.json",
        client_id="nhi",
        redirect_uri="http://app.localhost:8000/app/bind/mobile/back",
        data=folder.parent,
    )
    server, listener, world = make_server(options)
    listener.listen(16)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the sandbox did not start"
        time.sleep(0.01)
    yield world.settings.back_base
    server.should_exit = True
    thread.join(5)


def test_the_code_is_read_from_each_page(folder: Path) -> None:
    letters = read_letters(folder)
    assert [(letter.page, letter.code) for letter in letters] == [(1, "7K3M-2QXT-9HBV"), (2, "0000-1111-ZZZZ")]
    assert "Amber Lotus" in letters[0].text
    assert read_letters(folder.parent / "nothing") == []


def test_the_tray_shows_the_letters_and_their_file(tray: str) -> None:
    page = httpx2.get(f"{tray}/letters").text
    assert "7K3M-2QXT-9HBV" in page
    assert 'href="/letters/1.pdf#page=2"' in page
    assert httpx2.get(f"{tray}/letters/1.pdf").content.startswith(b"%PDF")


@pytest.mark.parametrize("name", ["2.pdf", "..%2Foperators.json", "operators.json"])
def test_nothing_else_of_the_folder_is_shown(tray: str, name: str) -> None:
    assert httpx2.get(f"{tray}/letters/{name}").status_code == 404


def test_an_empty_tray_says_when_letters_come(tray: str, folder: Path) -> None:
    (folder / "1.pdf").unlink()
    assert "No letters yet" in httpx2.get(f"{tray}/letters", headers={"Accept-Language": "en"}).text

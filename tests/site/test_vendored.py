"""Vendored files are those that were reviewed, each with its licence, and are served as what they are."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.test import Client

from lint.tree import ROOT

READER = ROOT / "src" / "nhi_express" / "site" / "static" / "vendor" / "barcode-detector"
FOLDERS = [READER, ROOT / "tests" / "vendor" / "axe"]


def listed(folder: Path) -> dict[str, str]:
    """The file names of a folder's list, with their hashes."""
    pairs = (line.split() for line in (folder / "SHA256").read_text("utf-8").splitlines())
    return {name: digest for digest, name in pairs}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_vendored_file_is_the_one_on_the_list(folder: Path) -> None:
    files = {path.name for path in folder.iterdir()} - {"SHA256", "VERSION"}
    held = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files}
    assert held == listed(folder)
    assert any(name.startswith("LICENSE") for name in files)
    assert (folder / "VERSION").read_text("utf-8")


def test_every_vendored_folder_has_its_list() -> None:
    found = {path.parent for path in ROOT.glob("src/**/vendor/*/SHA256")}
    folders = {path for path in ROOT.glob("src/**/vendor/*") if path.is_dir()}
    assert folders == found == {READER}


def test_the_readers_script_knows_its_webassembly() -> None:
    """The library names the file that it was made for."""
    digest = hashlib.sha256((READER / "zxing_reader.wasm").read_bytes()).hexdigest()
    assert digest in (READER / "zxing-exported.js").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "kind"), [("zxing_reader.wasm", "application/wasm"), ("ponyfill.js", "text/javascript")]
)
def test_browsers_are_told_what_it_is(client: Client, name: str, kind: str) -> None:
    answer = client.get(f"/static/vendor/barcode-detector/{name}")
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, kind)

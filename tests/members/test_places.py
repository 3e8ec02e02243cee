"""Places: the table that comes along, looking names up in it, and installing a newer one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from nhi_express.core.config import config
from nhi_express.members import commands, places

OWN = Path(places.__file__).parent / "data"
HEADER = b"county,district,village\n"


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where a newer table is put in this test."""
    target = tmp_path / "data" / "places.csv"
    monkeypatch.setattr(places, "config", lambda: replace(config(), places_file=target))
    places._table.cache_clear()
    yield target
    places._table.cache_clear()


def run(file: Path) -> Result:
    """Install a table by the command."""
    return CliRunner().invoke(commands.app, ["places", str(file)])


def write(folder: Path, data: bytes) -> Path:
    """A file with a table."""
    path = folder / "newer.csv"
    path.write_bytes(data)
    return path


def test_the_table_is_whole_and_is_the_one_the_readme_tells_of() -> None:
    tree = places.as_tree()
    assert len(tree) == 22
    assert sum(len(within) for within in tree.values()) == 368
    assert places.size(places.read((OWN / "places.csv").read_bytes())) == 7733
    assert hashlib.sha256((OWN / "places.csv").read_bytes()).hexdigest() in (OWN / "README.md").read_text()


def test_counties_stand_in_their_official_order() -> None:
    assert places.counties()[:3] == ("臺北市", "新北市", "桃園市")
    assert places.counties()[-1] == "連江縣"


@pytest.mark.parametrize(
    ("county", "district", "village"),
    [
        ("臺中市", "西屯區", "何安里"),
        ("雲林縣", "臺西鄉", "台西村"),
        ("臺南市", "新化區", "𦰡拔里"),
        ("臺南市", "龍崎區", "石𥕢里"),
        ("新北市", "坪林區", "石𥕢里"),
    ],
)
def test_a_village_stands_in_its_own_district(county: str, district: str, village: str) -> None:
    tree = places.as_tree()
    assert village in tree[county][district]
    assert village not in tree["連江縣"]["南竿鄉"]


def test_districts_of_one_name_are_apart() -> None:
    tree = places.as_tree()
    assert tree["新竹市"]["東區"] != tree["嘉義市"]["東區"] != []


def test_the_tree_is_a_copy() -> None:
    places.as_tree()["臺北市"].clear()
    assert places.as_tree()["臺北市"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
        ('"臺北市,中正區'.encode(), "cannot be read"),
        ("臺北市,中正區,三愛里\n".encode(), "The first line must be: county,district,village"),
        (HEADER + "臺北市,中正區\n".encode(), "Line 2: it must have 3 fields."),
        (HEADER + "臺北市,中正區,三愛里,1\n".encode(), "Line 2: it must have 3 fields."),
        (HEADER + "臺北市,中正區,三愛里\n中正區,臺北市,三愛里\n".encode(), "Line 3: the county"),
        (HEADER + "臺北市,中正,三愛里\n".encode(), "Line 2: the district"),
        (HEADER + "臺北市,中正區,[三]愛里\n".encode(), "Line 2: the village"),
        (HEADER + "臺北市,中正區,\n".encode(), "Line 2: the village"),
        (HEADER + "臺北市,中正區,三愛里\n臺北市,中正區,三愛里\n".encode(), "Line 3: this village is already"),
        (HEADER + "臺北市,中正區,三愛里\n".encode(), "Only 1 villages"),
    ],
)
def test_a_faulty_table_is_refused_and_changes_nothing(tmp_path: Path, installed: Path, data: bytes, told: str) -> None:
    done = run(write(tmp_path, data))
    assert done.exit_code == 1
    assert told in str(done.exception)
    assert not installed.exists()


def test_a_newer_table_is_used_from_the_next_start(tmp_path: Path, installed: Path) -> None:
    newer = "臺中市,西屯區,新生里\n".encode()
    done = run(write(tmp_path, b"\xef\xbb\xbf" + (OWN / "places.csv").read_bytes() + newer))
    assert (done.exit_code, done.stdout) == (0, "7,734 villages in 22 counties. Restart the site to use them.\n")
    assert [path.name for path in installed.parent.iterdir()] == ["places.csv"]
    places._table.cache_clear()
    assert "新生里" in places.as_tree()["臺中市"]["西屯區"]


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path, installed: Path) -> None:
    installed.parent.write_text("a file, no folder")
    done = run(write(tmp_path, (OWN / "places.csv").read_bytes()))
    assert done.exit_code == 1
    assert str(done.exception).startswith(str(installed.parent))

"""The real command in a process of its own: what an operator sees, and what nobody ever sees."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nhi_express.members.models import ImportRun
from tests.members.files import members, rejects_of, rows, surroundings, told, write

pytestmark = pytest.mark.usefixtures("committed")
GOOD = rows(40)
# Too short to point at anybody: M, Y, valid and the like.
PERSONAL = {cell for row in GOOD for cell in row if len(cell) > 5 or not cell.isascii()}


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run ``nhi-express members`` on the database of this test."""
    verbs = [sys.executable, "-m", "nhi_express", "members", *map(str, arguments)]
    return subprocess.run(verbs, env=surroundings(), capture_output=True, text=True, check=False)


def told_about_people(text: str) -> set[str]:
    """What of the rows' cells stands in a text."""
    return {cell for cell in PERSONAL if cell in text}


def test_an_import_of_good_and_spoilt_lines_tells_numbers_and_reasons_only(tmp_path: Path) -> None:
    spoilt: list[tuple[str, ...] | bytes] = [
        *(row._replace(birth_date="1985-02-30") for row in GOOD[30:32]),
        *(",".join(row).encode("utf-16-le") for row in GOOD[32:34]),
        *(('"' + ",".join(row)).encode() for row in GOOD[34:36]),
        *(row._replace(name=row.name * 60) for row in GOOD[36:38]),
        *(row._replace(id_number=f"{row.id_number}X") for row in GOOD[38:40]),
    ]
    file = write(tmp_path / "register.csv", [*GOOD[:30], *spoilt, *GOOD[:2]])
    done = command("import", file)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "30 rows taken, 12 rejected.")
    assert len(told(file)) == 12
    assert set(members()) == {row.id_number for row in GOOD[:30]}
    assert not told_about_people(done.stdout + done.stderr + rejects_of(file).read_text())


@pytest.mark.parametrize("begin", [",".join(GOOD[0]).encode(), b"\xff\xfe\x00"])
def test_a_file_without_the_columns_is_refused_in_a_sentence(tmp_path: Path, begin: bytes) -> None:
    done = command("import", write(tmp_path / "register.csv", GOOD, header=begin))
    assert done.returncode == 1
    assert "The first line" in done.stderr
    assert "Traceback" not in done.stderr
    assert not told_about_people(done.stdout + done.stderr)
    assert not (members() or ImportRun.objects.exists())

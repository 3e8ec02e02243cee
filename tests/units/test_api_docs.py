"""The commands of docs/api-units.md, run as they stand there, against a running site and its worker."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import pytest
from django.db import connections
from pytest_django.live_server_helper import LiveServer

from nhi_express.core import jobs
from nhi_express.units.models import Batch
from tests.units.payroll import payroll_of
from tests.units.staff import UNIT, desk_of, employ, staff

pytestmark = pytest.mark.usefixtures("committed")
PAGE = Path(__file__).parents[2] / "docs" / "api-units.md"
SAID = """{
  "lines": 3,
  "checked": 3,
  "ready": 2,
  "registered": 0,
  "refused": 1,
  "invited": 0,
  "changed": 0
}
4 twice_in_the_list This person stands further up in the list already.
checking
stopped
2 0012 open
3 0013 open
401 U-40 The request carries no valid access token
"""


@pytest.fixture
def worker(committed: None) -> Iterator[None]:
    """A worker beside the site."""
    stop = Flag()

    def work() -> None:
        while not stop.wait(0.05):
            jobs.run_task()
        connections.close_all()

    thread = Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join(20)


@pytest.mark.usefixtures("worker")
def test_the_commands_of_the_page_do_what_it_says(live_server: LiveServer, tmp_path: Path) -> None:
    employ(staff(2))
    payroll = payroll_of(desk_of(UNIT))
    script = "\n".join(re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE))
    given = {"SITE": live_server.url, "CLIENT_ID": payroll.client_id, "CLIENT_SECRET": payroll.secret}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "NO_PROXY": "*", **given},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == SAID
    assert sorted(Batch.objects.values_list("state", flat=True)) == ["done", "stopped"]

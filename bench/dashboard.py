"""The dashboard's page with a long log and many accounts, against the same page with a short one (PostgreSQL).

Both databases are filled with the same kinds of events over the same year, by the database itself; the daily counts
are then made by the worker's own code, all of them. A page is one request of a signed-in manager through the whole
site, the year's figures on it. The value is pages per second with the long log, the floor with the short one: the
nearer to 1, the less the page's cost grows. Asked: it grows at most one and a half times, a ratio of 0.67.
"""

from __future__ import annotations

import json
import tempfile
import time
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.engines import child, database, prepare
from bench.report import Measure, parse, parser, show

_TARGET = 0.67
_PAGES, _DAYS, _PART = 15, 360, 500_000
_SHORT, _LONG = (10_000, 200_000), (1_000_000, 20_000_000)
# So many of each kind among twenty events, in the proportions of a busy year.
_KINDS = """
  CASE n % 20 WHEN 0 THEN 'enrolment:member:enrolled' WHEN 1 THEN 'devices:device:bound' WHEN 2 THEN
  'enrolment:attempt:refused' WHEN 3 THEN 'counter:case:opened' WHEN 4 THEN 'enrolment:evidence:gathered' WHEN 5 THEN
  'enrolment:attempt:started' WHEN 6 THEN 'counter:case:registered' ELSE 'devices:session:signed_in' END
"""
_PAYLOADS = """
  CASE n % 20
    WHEN 0 THEN jsonb_build_object('channel', (ARRAY['mobile','card','unit','counter'])[1 + n % 4], 'seconds', n % 900)
    WHEN 1 THEN jsonb_build_object('platform', (ARRAY['iOS 18','Android 15','Windows'])[1 + n % 3])
    WHEN 2 THEN jsonb_build_object('channel', 'mobile', 'problem', 'M-' || lpad((1 + n % 12)::text, 2, '0'),
      'operator', (ARRAY['cht','twm','fet'])[1 + n % 3])
    WHEN 3 THEN jsonb_build_object('office', 'taipei') WHEN 6 THEN jsonb_build_object('office', 'central')
    WHEN 4 THEN jsonb_build_object('channel', 'mobile', 'operator', (ARRAY['cht','twm','fet'])[1 + n % 3])
    WHEN 5 THEN jsonb_build_object('channel', (ARRAY['mobile','card'])[1 + n % 2])
    ELSE jsonb_build_object('factor', 'passkey') END
"""
_EVENTS = f"""
INSERT INTO audit_entry (at, event, actor, member, registration, payload)
SELECT now() - interval '1 hour' - (n %% {_DAYS}) * interval '1 day', {_KINDS.replace("%", "%%")}, 'member',
  NULL, NULL, {_PAYLOADS.replace("%", "%%")} FROM generate_series(%s::int, %s::int) n
"""
_ACCOUNTS = """
INSERT INTO registration_registration
  (id, member, state, reason, assurance, password_hash, language, created_at, state_at)
SELECT gen_random_uuid(), gen_random_uuid(), 'active', 'proven', 'ial1-line', '', 'zh-hant', now(), now()
FROM generate_series(1, %s::int)
"""


def main(argv: list[str] | None = None) -> None:
    """Measure and print; or be one of the processes that do (``--part``)."""
    wanted = parse(_options(), argv)
    if wanted.part:
        print(json.dumps({"fill": _fill, "pages": _pages}[wanted.part](wanted)))
        return
    with tempfile.TemporaryDirectory(prefix="nhi-bench-") as name:
        show(_measures(wanted, Path(name)), as_json=wanted.json)


def _options() -> ArgumentParser:
    options = parser(__doc__)
    options.add_argument("--accounts", type=int, default=_LONG[0], help="registrations beside the long log")
    options.add_argument("--events", type=int, default=_LONG[1], help="events of the long log (a quarter of an hour)")
    options.add_argument("--part", choices=("fill", "pages"), help=SUPPRESS)
    return options


def _measures(wanted: Namespace, folder: Path) -> Iterator[Measure]:
    folder.chmod(0o755)
    sizes = {"short": _SHORT, "long": (wanted.accounts, wanted.events)}
    note = (
        f"{sizes['short'][1]:,} events and {sizes['short'][0]:,} accounts to {wanted.events:,} and {wanted.accounts:,}"
    )
    measure = Measure("dashboard", "pages/s", _TARGET, notes=[note])
    with database("postgresql", folder) as url:
        urls = {name: _another(url, name) for name in sizes}
        for name, (accounts, events) in sizes.items():
            _child(folder, urls[name], "fill", accounts, events)
        for _ in range(wanted.runs):
            short, long = (_child(folder, urls[name], "pages", 0, 0)[0][0] for name in ("short", "long"))
            measure.pairs.append((long, short))
    yield measure


def _another(url: str, name: str) -> str:
    """The address of one more database of the same server."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # our own two names
    return url.replace("/nhi?", f"/{name}?")


def _child(folder: Path, url: str, part: str, accounts: int, events: int) -> list[list[float]]:
    sizes = ("--accounts", str(accounts), "--events", str(events))
    return child("bench.dashboard", folder, url, "--part", part, *sizes)


def _fill(wanted: Namespace) -> list[list[float]]:
    """Fill a database, count its events as the worker does, and let it gather its statistics."""
    prepare()
    from django.db import connection

    from nhi_express.audit.flows.counting import count_new

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(_ACCOUNTS, [wanted.accounts])
        for begin in range(1, wanted.events + 1, _PART):
            cursor.execute(_EVENTS, [begin, min(begin + _PART - 1, wanted.events)])
        counted = count_new()
        cursor.execute("VACUUM ANALYZE")
    if counted != wanted.events:
        raise SystemExit(f"{counted} of {wanted.events} events were counted")
    return [[float(counted)]]


def _pages(_: Namespace) -> list[list[float]]:
    """Pages per second, by the median page."""
    prepare()

    from nhi_express.core import clock
    from nhi_express.counter.models import Staff
    from tests.counter.workplace import administrator

    Staff.objects.all().delete()
    browser, until = administrator().browser(), clock.today()
    address = f"/staff/figures/?since={until.replace(year=until.year - 1)}&until={until}"
    return [[1 / median(_timed(browser, address) for _ in range(_PAGES))]]


def _timed(browser: object, address: str) -> float:
    began = time.perf_counter()
    answer = browser.get(address)  # type: ignore[attr-defined]  # Django's test client, imported late
    took = time.perf_counter() - began
    if answer.status_code != 200:
        raise SystemExit(f"the dashboard answered {answer.status_code}")
    return took


if __name__ == "__main__":
    main()

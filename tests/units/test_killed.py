"""The worker killed at ten random points of a list of 10,000: what comes of it is what an undisturbed run leaves.

The real command in a process of its own, the database of this test, a real SMTP server. A mail is never missing, and
none goes out twice but the one that was in flight when the kill fell.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from email import message_from_bytes
from email.policy import default
from itertools import chain
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from django.db.models import F

from nhi_express.audit.models import Entry
from nhi_express.core import clock, outbox
from nhi_express.core.models import Notice
from nhi_express.enrolment.models import Invitation
from nhi_express.registration.models import Registration
from nhi_express.units.flows import lists, working
from nhi_express.units.flows.desk import Desk
from nhi_express.units.models import Batch, BatchRow
from nhi_express.units.rules import BatchState
from nhi_sandbox.register import RegisterRow
from tests.environment import free_port
from tests.members.files import surroundings
from tests.units.staff import OTHER, UNIT, bring, checked, desk_of, employ, enrolled, line, staff

pytestmark = pytest.mark.usefixtures("committed")
LINES, MAILS_EVERY, KILLS = 10_000, 18, 10


class Relay:
    """A real SMTP server that counts what it takes, by who it is for and by its id."""

    def __init__(self) -> None:
        self.taken: Counter[tuple[str, str]] = Counter()

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        """Take a mail."""
        mail = message_from_bytes(envelope.content, policy=default)  # type: ignore[attr-defined]
        self.taken[mail["To"], mail["Message-ID"].strip("<>").split("@")[0]] += 1
        return "250 OK"


@pytest.fixture
def relay() -> Iterator[tuple[Relay, str]]:
    """The server, and its address for the worker."""
    box, port = Relay(), free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, f"smtp://127.0.0.1:{port}"
    server.stop()


def made(people: list[RegisterRow]) -> list[tuple[str, ...]]:
    """A list with lines of every kind, the same for every unit's people."""
    lines = [line(row, **({} if place % MAILS_EVERY == 0 else {"email": ""})) for place, row in enumerate(people)]
    for place in range(40, len(lines), 100):
        lines[place] = line(people[place], birth_date="1900-01-01")
        lines[place + 1] = line(people[place + 1], id_number="A123")
        lines[place + 2] = line(people[(place * 7 + 50) % len(people)])
        lines[place + 3] = line(people[place + 3], email="office@example.tw")
    return lines


def alike(people: Sequence[RegisterRow]) -> list[RegisterRow]:
    """The same people, but for what decides how a code is sent: that goes by their place. None is mailed: a code's slow
    hash would make most of the work here, and mailing codes has tests of its own."""
    ways = [{"postal_address": "臺中市西屯區好路1號"}, {"postal_address": "", "email": ""}]
    return [row._replace(**ways[place % LINES % 2]) for place, row in enumerate(people)]


def start(smtp: str) -> subprocess.Popen[bytes]:
    """The worker, as an installation runs it."""
    command, quiet = [sys.executable, "-m", "nhi_express", "worker"], subprocess.DEVNULL
    return subprocess.Popen(command, env={**surroundings(), "NHI_SMTP_URL": smtp}, stdout=quiet, stderr=quiet)


def stage(batch: Batch) -> tuple[object, ...]:
    """How far everything is."""
    now = Batch.objects.get(pk=batch.pk)
    return now.state, now.confirmed, now.piece, Notice.objects.filter(sent_at__isnull=False).count()


def confirm_when_checked(desk: Desk, batch: Batch) -> None:
    """The officer says yes as soon as the result is there."""
    now = lists.find(desk, batch.id)
    if now.state == BatchState.CHECKED:
        lists.confirm(desk, batch.id, now.version)


def over(batch: Batch) -> bool:
    return Batch.objects.get(pk=batch.pk).state == BatchState.DONE and outbox.waiting() == 0


def kill_somewhere(desk: Desk, batch: Batch, smtp: str, chance: random.Random) -> None:
    """Start the worker, wait until it has got on, and kill it at a random moment."""
    confirm_when_checked(desk, batch)
    before, process, until = stage(batch), start(smtp), time.monotonic() + 60
    while stage(batch) == before and time.monotonic() < until:
        assert process.poll() is None, "the worker ended by itself"
        time.sleep(0.02)
    time.sleep(chance.random() * 0.15)
    process.send_signal(signal.SIGKILL)
    assert process.wait(60) == -signal.SIGKILL


def let_time_pass() -> set[str]:
    """What a dead worker held is free again, as after some minutes. Returns the notice it had in hand."""
    held = Notice.objects.filter(sent_at=None, next_at__gt=clock.now())
    ids = {str(identifier) for identifier in held.values_list("id", flat=True)}
    held.update(next_at=clock.now())
    Batch.objects.filter(state__in=working.WORKING).update(turn_at=F("turn_at") - 2 * working.LEASE)
    return ids


def finish(desk: Desk, batch: Batch, smtp: str) -> None:
    """Let a worker go on to the end, and stop it as an installation does."""
    process, until = start(smtp), time.monotonic() + 120
    while not over(batch) and time.monotonic() < until:
        confirm_when_checked(desk, batch)
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert over(batch)


def left(batch: Batch) -> tuple[object, ...]:
    """All that a list leaves, without random identifiers: counts, and each line with what became of its person."""
    batch = Batch.objects.get(pk=batch.pk)
    counts = (batch.lines, batch.checked, batch.ready, batch.registered, batch.refused, batch.invited, batch.state)
    people: defaultdict[UUID | None, list[str]] = defaultdict(list)
    told: Iterable[tuple[Any, ...]] = chain(
        Registration.objects.values_list("member", "state", "reason", "language"),
        Invitation.objects.values_list("member", "state", "code_way", "code_due"),
        Entry.objects.filter(registration__isnull=False).values_list("member", "event", "actor"),
    )
    for member, *what in told:
        people[member].append(str(what))
    lines = [
        (row.line, row.state, row.reason, row.notes, row.code_way, bool(row.invitation_id), sorted(people[row.member]))
        for row in BatchRow.objects.filter(batch=batch).order_by("line")
    ]
    return counts, lines


def test_a_worker_killed_again_and_again_leaves_what_an_undisturbed_one_does(relay: tuple[Relay, str]) -> None:
    box, smtp = relay
    desk, disturbed, people = desk_of(UNIT), desk_of(OTHER), alike(staff(2 * LINES))
    employ([row if place < LINES else row._replace(unit_code=OTHER) for place, row in enumerate(people)])
    enrolled(desk, checked(desk, made(people[:LINES])))
    undisturbed = left(lists.of_unit(desk)[0])
    Notice.objects.all().delete()

    batch, given = bring(disturbed, made(people[LINES:])), made(people[LINES:])
    seed = random.SystemRandom().randrange(10**6)
    chance, held = random.Random(seed), set[str]()
    for _ in range(KILLS):
        kill_somewhere(disturbed, batch, smtp, chance)
        held |= let_time_pass()
    finish(disturbed, batch, smtp)

    assert left(batch) == undisturbed, f"seed {seed}"
    invited = BatchRow.objects.filter(batch=batch, state="invited").values_list("line", flat=True)
    addresses = sorted(given[number - 2][3] for number in invited if given[number - 2][3])
    assert len(addresses) > LINES / MAILS_EVERY * 0.9
    assert sorted(address for address, _ in box.taken) == addresses, f"seed {seed}: a mail is missing, or one too many"
    twice = {notice: times for (_, notice), times in box.taken.items() if times > 1}
    assert set(twice) <= held, f"seed {seed}: only what was in flight may go out again"
    assert sum(times - 1 for times in twice.values()) <= KILLS

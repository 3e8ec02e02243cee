"""The insurer's print queue: letters with activation codes, as PDF files for its mail house.

A file's codes are kept in the transaction in which the file is written, under a name that nobody takes for a finished
one. It gets its own name once they are kept; a run that died in between is mended by the next, for the name tells by
the last letter's token whether they were.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import transaction

from nhi_express.core import clock
from nhi_express.core.config import config
from nhi_express.core.encoding import fingerprint
from nhi_express.core.lifetimes import lifetime
from nhi_express.devices.rules import code_shown
from nhi_express.enrolment.flows import activation
from nhi_express.enrolment.flows.activation import NewCode
from nhi_express.enrolment.flows.invitations import attests
from nhi_express.enrolment.flows.inviting import end_of, last_day_before
from nhi_express.enrolment.models import Invitation
from nhi_express.enrolment.rules import CodeWay
from nhi_express.members.flows import register
from nhi_express.members.ports import Member
from nhi_express.units.pdf import Letter, letters, unprintable

LETTERS_A_FILE: Final = 500
_UNFINISHED: Final = re.compile(r"\.letters-(\d{8})-([0-9a-f]{64})\.part")


class PrintingAlready(Exception):
    """Another run writes letters into the same folder."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What a run did: files, letters, letters with characters that the font lacks, and people who get none."""

    files: int = 0
    letters: int = 0
    marked: int = 0
    passed: int = 0

    def __add__(self, other: Printed) -> Printed:
        return Printed(
            self.files + other.files,
            self.letters + other.letters,
            self.marked + other.marked,
            self.passed + other.passed,
        )


def print_due(folder: Path, most: int | None = None, progress: Callable[[Printed], object] = lambda _: None) -> Printed:
    """Print the letters that are due, at most ``most``, into files of up to 500 in ``folder``.

    Stopped anywhere, run it again. Raises :class:`PrintingAlready`, and :class:`OSError` for a folder that will not do.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        done = Printed()
        for part in sorted(folder.glob(".letters-*.part")):
            _mend(part)
        while (left := LETTERS_A_FILE if most is None else min(most - done.letters, LETTERS_A_FILE)) > 0:
            some = _print_file(folder, left)
            done += some
            progress(done)
            if some == Printed():
                break
        return done


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PrintingAlready from error
        yield


def _mend(part: Path) -> None:
    """Give a file that another run left its name, if its codes were kept; else nobody must ever post it."""
    named = _UNFINISHED.fullmatch(part.name)
    if named and activation.was_kept(bytes.fromhex(named[2])):
        part.rename(_final(part.parent, named[1], named[2]))
    else:
        part.unlink()


def _final(folder: Path, day: str, mark: str) -> Path:
    return folder / f"letters-{day}-{mark[:12]}.pdf"


def _print_file(folder: Path, most: int) -> Printed:
    due = activation.codes_due(CodeWay.LETTER, most)
    members = register().by_keys(one.member for one in due)
    sound = {one.id: members[one.member] for one in due if _may_get_one(one, members.get(one.member))}
    passed = [one for one in due if one.id not in sound]
    with transaction.atomic():
        # Who left the unit or has no address any longer must not keep the others waiting.
        activation.pass_by(passed)
    codes = [activation.new_code(one) for one in due if one.id in sound]
    while codes and (lost := _write(folder, codes, sound)):
        codes = [code for code in codes if code.invitation.id not in lost]
    marked = sum(bool(unprintable(_printed(sound[code.invitation.id]))) for code in codes)
    return Printed(bool(codes), len(codes), marked, len(passed))


def _may_get_one(invitation: Invitation, member: Member | None) -> bool:
    return member is not None and attests(invitation, member) and bool(member.record.postal_address)


def _printed(member: Member) -> str:
    return member.record.name + member.record.postal_address + member.record.unit_name


class _Overtaken(Exception):
    """Some were finished, withdrawn or printed elsewhere while this file was set."""


def _write(folder: Path, codes: Sequence[NewCode], members: Mapping[UUID, Member]) -> set[UUID]:
    """Write a file and keep its codes, both or neither. Returns those for whom there must be no letter any longer."""
    today = clock.today()
    last = {code.invitation.id: _last_day(code.invitation, today) for code in codes}
    pdf = letters([_letter(code, members[code.invitation.id], last[code.invitation.id]) for code in codes])
    mark = fingerprint(codes[-1].token).hex()
    part, lost = folder / f".letters-{today:%Y%m%d}-{mark}.part", set[UUID]()
    with suppress(_Overtaken), transaction.atomic():
        lost = {code.invitation.id for code in codes if not activation.keep(code, end_of(last[code.invitation.id]))}
        if lost:
            raise _Overtaken
        _save(part, pdf)
    if not lost:
        part.rename(_final(folder, f"{today:%Y%m%d}", mark))
    return lost


def _last_day(invitation: Invitation, today: date) -> date:
    """A code is good for some weeks, but no longer than the invitation for which it is."""
    return min(today + timedelta(days=lifetime("activation_days") - 1), last_day_before(invitation.until))


def _letter(code: NewCode, member: Member, last_day: date) -> Letter:
    held = member.record
    # Behind the sharp: neither servers nor their logs see it.
    link = f"{config().site_url}/app/bind/unit/code/#{code.token}"
    return Letter(held.name, held.postal_address, held.unit_name, code_shown(code.code), link, last_day)


def _save(file: Path, content: bytes) -> None:
    """On the disk before anything counts on it, and for its owner alone."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())

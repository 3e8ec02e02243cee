"""Letters with activation codes: all or nothing a file, resumed after a crash, and no secret anywhere but on paper."""

from __future__ import annotations

import fcntl
import io
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.db import DatabaseError, transaction
from pypdf import PdfReader
from typer.testing import CliRunner

from nhi_express.audit.catalogue import Event
from nhi_express.core import clock, outbox
from nhi_express.core.models import Notice
from nhi_express.enrolment.flows import activation, invitations
from nhi_express.enrolment.flows.inviting import end_of
from nhi_express.enrolment.models import Invitation
from nhi_express.help.catalogue import Problem
from nhi_express.units import commands, jobs, pdf
from nhi_express.units.flows import finishing, letters
from nhi_express.units.flows.letters import Printed, print_due
from tests.counting import events
from tests.tasks import drain
from tests.units.duties import number_of, refused
from tests.units.invited import HERE, invited, member_of, rewrite
from tests.visitor import person

pytestmark = pytest.mark.usefixtures("people")
SOME = ("staff_target", "staff_mobile", "staff_code", "staff_foreign", "hard_name")
_UNTIL = re.compile(r"Good until (\d+-\d+-\d+)")
_CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


def pages_in(folder: Path) -> list[str]:
    """What each letter in a folder says."""
    return [page.extract_text() for file in sorted(folder.glob("*.pdf")) for page in PdfReader(file).pages]


def codes_in(folder: Path) -> list[str]:
    """The code on each letter."""
    return [_CODE.findall(page)[0] for page in pages_in(folder)]


@pytest.fixture
def waiting(people: None) -> list[Invitation]:
    """Five people whose letters are due, in this order."""
    made = []
    for place, who in enumerate(SOME):
        with time_machine.travel(clock.now() + timedelta(seconds=place)):
            made.append(invited(who))
    return made


def test_each_gets_a_letter_whose_code_leads_in(waiting: list[Invitation], tmp_path: Path) -> None:
    assert print_due(tmp_path / "out") == Printed(files=1, letters=5)
    pages, codes = pages_in(tmp_path / "out"), codes_in(tmp_path / "out")
    for who, page, code in zip(SOME, pages, codes, strict=True):
        record = member_of(who).record
        assert record.name in page.replace("\n", "")
        assert record.unit_name in page
        assert finishing.claim_by_typing(str(number_of(who)), code, HERE)
    assert len(set(codes)) == 5
    assert events(Event.ACTIVATION_CODE_MADE) == 5
    assert print_due(tmp_path / "out") == Printed()


def test_a_file_is_for_its_owner_alone_and_nothing_else_is_left(waiting: list[Invitation], tmp_path: Path) -> None:
    print_due(tmp_path)
    left = sorted(tmp_path.iterdir())
    assert [file.name for file in left] == [".lock", left[1].name]
    assert re.fullmatch(r"letters-\d{8}-[0-9a-f]{12}\.pdf", left[1].name)
    assert left[1].stat().st_mode & 0o777 == 0o600


def test_what_is_kept_tells_nothing_of_what_was_printed(waiting: list[Invitation], tmp_path: Path) -> None:
    print_due(tmp_path)
    kept = str(list(Invitation.objects.values_list()))
    for code in codes_in(tmp_path):
        assert code not in kept and code.replace("-", "") not in kept


def test_the_last_day_on_the_letter_is_the_last_good_day(waiting: list[Invitation], tmp_path: Path) -> None:
    print_due(tmp_path)
    last = clock.today() + timedelta(days=20)
    page, code, own = pages_in(tmp_path)[0], codes_in(tmp_path)[0], str(number_of(SOME[0]))
    assert f"{last.year}-{last.month}-{last.day} (ROC year {last.year - 1911})" in page
    until = Invitation.objects.exclude(code_until=None)[0].code_until
    assert until is not None and until - clock.now() < timedelta(days=21)
    with time_machine.travel(until - timedelta(seconds=30)):
        assert clock.today() == last
        assert finishing.claim_by_typing(own, code, HERE)
    with time_machine.travel(until + timedelta(seconds=1)), refused(Problem.ACTIVATION_CODE_EXPIRED):
        finishing.claim_by_typing(own, code, HERE)


def test_no_code_is_promised_longer_than_its_invitation_lasts(waiting: list[Invitation], tmp_path: Path) -> None:
    last = clock.today() + timedelta(days=4)
    Invitation.objects.filter(pk=waiting[1].pk).update(until=end_of(last))
    print_due(tmp_path)
    promised = [_UNTIL.findall(page)[0] for page in pages_in(tmp_path)]
    usual = clock.today() + timedelta(days=20)
    told = [f"{day.year}-{day.month}-{day.day}" for day in (usual, last, usual, usual, usual)]
    assert promised == told, "each letter says its own day"
    untils = list(Invitation.objects.order_by("created_at").values_list("code_until", flat=True))
    assert untils == [end_of(usual), end_of(last), *[end_of(usual)] * 3]
    own, code = str(number_of(SOME[1])), codes_in(tmp_path)[1]
    with time_machine.travel(end_of(last) - timedelta(seconds=1)):
        assert finishing.claim_by_typing(own, code, HERE)
    with time_machine.travel(end_of(last)), refused(Problem.NO_INVITATION):
        finishing.claim_by_typing(own, code, HERE)


def test_nor_is_a_mailed_one() -> None:
    made = invited("staff_mail", way="mail")
    soon = clock.now() + timedelta(hours=2)
    Invitation.objects.update(until=soon)
    jobs.sweep()
    drain()
    outbox.send_due()
    made.refresh_from_db()
    assert made.code_until == soon
    assert f"{soon.astimezone(clock.TAIPEI):%Y-%m-%d %H:%M}" in mail.outbox[0].body


def test_many_letters_go_into_several_files(
    waiting: list[Invitation], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "LETTERS_A_FILE", 2)
    assert print_due(tmp_path, most=3) == Printed(files=2, letters=3)
    assert print_due(tmp_path) == Printed(files=1, letters=2)
    assert len(list(tmp_path.glob("*.pdf"))) == 3
    assert len(set(codes_in(tmp_path))) == 5


def test_two_runs_at_once_do_not_share_a_folder(waiting: list[Invitation], tmp_path: Path) -> None:
    with (tmp_path / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(letters.PrintingAlready):
            print_due(tmp_path)
    assert print_due(tmp_path).letters == 5


def test_who_is_withdrawn_while_a_file_is_set_gets_no_letter(
    waiting: list[Invitation], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = waiting[1]

    def slowly(*args: object) -> bytes:
        if Invitation.objects.get(pk=gone.pk).state == "open":
            invitations.withdraw(gone.id, gone.unit, "示範", "somebody")
        return pdf.letters(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(letters, "letters", slowly)
    assert print_due(tmp_path) == Printed(files=1, letters=4)
    assert member_of(SOME[1]).record.name not in "".join(pages_in(tmp_path))
    for who, code in zip((SOME[0], *SOME[2:]), codes_in(tmp_path), strict=True):
        assert finishing.claim_by_typing(str(number_of(who)), code, HERE)


def test_a_run_that_fails_keeps_no_code_and_is_run_again(
    waiting: list[Invitation], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device", str(tmp_path))

        broken.setattr(letters, "_save", full)
        with pytest.raises(OSError, match="No space"):
            print_due(tmp_path)
    assert Invitation.objects.filter(code_due=True, token=None).count() == 5
    assert events(Event.ACTIVATION_CODE_MADE) == 0
    assert print_due(tmp_path).letters == 5


def test_a_run_that_died_before_its_codes_were_kept_leaves_no_letters(
    waiting: list[Invitation], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saving = letters._save

    def dies(file: Path, content: bytes) -> None:
        saving(file, content)
        raise DatabaseError("died")

    with monkeypatch.context() as broken:
        broken.setattr(letters, "_save", dies)
        with pytest.raises(DatabaseError):
            print_due(tmp_path)
    assert len(list(tmp_path.glob(".letters-*.part"))) == 1
    assert print_due(tmp_path) == Printed(files=1, letters=5)
    assert len(list(tmp_path.iterdir())) == 2
    assert finishing.claim_by_typing(str(number_of(SOME[0])), codes_in(tmp_path)[0], HERE)


def test_a_run_that_died_after_its_codes_were_kept_loses_no_letter(
    waiting: list[Invitation], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(Exception):
        pass

    def dies(*_: object) -> None:
        raise Died

    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", dies)
        with pytest.raises(Died):
            print_due(tmp_path)
    assert not list(tmp_path.glob("*.pdf"))
    assert print_due(tmp_path) == Printed()
    for who, code in zip(SOME, codes_in(tmp_path), strict=True):
        assert finishing.claim_by_typing(str(number_of(who)), code, HERE)


def test_who_left_or_has_no_address_keeps_nobody_waiting(waiting: list[Invitation], tmp_path: Path) -> None:
    rewrite(SOME[0], unit_code="900000002")
    rewrite(SOME[1], postal_address="")
    assert print_due(tmp_path, most=3) == Printed(files=2, letters=3, passed=2)
    assert print_due(tmp_path) == Printed()


def test_names_that_the_font_lacks_are_marked_and_counted(waiting: list[Invitation], tmp_path: Path) -> None:
    rewrite(SOME[0], name="陳𪚥明")
    assert print_due(tmp_path, most=1) == Printed(files=1, letters=1, marked=1)
    assert "陳〓明" in pages_in(tmp_path)[0]


def test_the_command_prints_counts_and_nothing_else(waiting: list[Invitation], tmp_path: Path) -> None:
    told = CliRunner().invoke(commands.app, ["letters", "--out", str(tmp_path), "--most", "2"])
    assert told.exit_code == 0
    assert told.stdout == "2 letters in 1 files, readable by their owner alone.\n"
    for who in SOME:
        assert person(who).name not in told.output and person(who).id_number not in told.output
    assert not any(code in told.output for code in codes_in(tmp_path))


def test_a_newer_letter_replaces_the_old_code(waiting: list[Invitation], tmp_path: Path) -> None:
    print_due(tmp_path / "first", most=1)
    first, own = waiting[0], str(number_of(SOME[0]))
    with time_machine.travel(clock.now() + timedelta(days=22)):
        assert invitations.remind(first.id, first.unit, "somebody").code_due
        print_due(tmp_path / "second", most=5)
        with refused(Problem.ACTIVATION_CODE_WRONG):
            finishing.claim_by_typing(own, codes_in(tmp_path / "first")[0], HERE)
        assert finishing.claim_by_typing(own, codes_in(tmp_path / "second")[0], HERE)


def test_who_has_no_postal_address_is_mailed_a_code_without_a_link() -> None:
    made = invited("staff_mail", way="mail")
    assert jobs.sweep() == 1
    assert jobs.sweep() == 0
    drain()
    outbox.send_due()
    (letter,) = mail.outbox
    assert letter.to == [member_of("staff_mail").record.email]
    assert "http" not in letter.body and person("staff_mail").name not in letter.body
    (code,) = set(_CODE.findall(str(letter.body)))
    assert finishing.claim_by_typing(str(number_of("staff_mail")), code, HERE)
    made.refresh_from_db()
    assert made.code_until is not None
    assert timedelta(hours=23) < made.code_until - clock.now() <= timedelta(hours=24)
    assert f"{made.code_until.astimezone(clock.TAIPEI):%Y-%m-%d %H:%M}" in letter.body
    assert not Notice.objects.get().bulk, "its time runs while it waits"
    assert (jobs.sweep(), drain()) == (0, 0)


def test_a_mailed_code_that_ran_out_is_sent_anew_when_the_officer_reminds() -> None:
    made = invited("staff_mail", way="mail")
    jobs.sweep()
    drain()
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        invitations.remind(made.id, made.unit, "somebody")
        assert jobs.sweep() == 1
        drain()
        while outbox.send_due():
            pass
    assert len(mail.outbox) == 2
    first, second = (_CODE.findall(str(letter.body))[0] for letter in mail.outbox)
    assert first != second


def test_who_left_meanwhile_is_mailed_nothing() -> None:
    made = invited("staff_mail", way="mail")
    rewrite("staff_mail", unit_code="900000002")
    jobs.sweep()
    drain()
    outbox.send_due()
    made.refresh_from_db()
    assert (mail.outbox, made.code_due, made.token) == ([], False, None)


def test_a_code_is_kept_once_however_many_make_one() -> None:
    made = invited(SOME[0])
    codes = [activation.new_code(made) for _ in range(3)]
    with transaction.atomic():
        assert [activation.keep(code, clock.now() + timedelta(days=1)) for code in codes] == [True, False, False]
    assert finishing.claim_by_token(codes[0].token)
    assert events(Event.ACTIVATION_CODE_MADE) == 1


def test_letters_say_the_same_in_both_languages() -> None:
    day = date(2026, 12, 15)
    page = pdf.Letter("陳小明", "臺中市1號", "示範公司", "7K3M-9PXD-2HWA", "http://app.localhost/#token", day)
    (told,) = PdfReader(io.BytesIO(pdf.letters([page]))).pages
    text = told.extract_text()
    assert "啟用碼" in text and "Activation code" in text
    assert "115" in text and "2026" in text
    assert "token" not in text

"""Verbs of the units' room."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from django.utils.translation import get_language
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from nhi_express.core.vault import KeysMissing
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.units.adapters.listing import WrongList
from nhi_express.units.flows import importing, letters, lists, working
from nhi_express.units.flows.desk import Desk
from nhi_express.units.models import Batch, Unit
from nhi_express.units.reading import rejects_book
from nhi_express.units.rules import Source

app = typer.Typer(help="Insured units: the insurer's list of them, and what they upload.", no_args_is_help=True)
_console = Console(stderr=True)
_PIECE = 1024 * 1024


@app.command("import")
def load(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The insurer's CSV file.")],
    rejects: Annotated[Path | None, typer.Option(help="Where to list the lines not taken.")] = None,
    whole: Annotated[bool, typer.Option(help="FILE names all units there are: strike the others off.")] = False,
) -> None:
    """Load FILE, the insurer's list of units. Interrupted, run it again."""
    target = rejects or file.with_suffix(".rejects.csv")
    try:
        with Progress(BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=_console) as bar:
            task = bar.add_task("", total=file.stat().st_size)
            loaded = importing.import_units(file, target, lambda place: bar.update(task, completed=place), whole=whole)
    except (WrongList, KeysMissing) as error:
        raise SystemExit(str(error)) from error
    except OSError as error:
        raise SystemExit(f"{error.filename}: {error.strerror}") from error
    typer.echo(f"{loaded.accepted:,} units taken, {loaded.rejected:,} lines rejected.")
    if loaded.rejected:
        typer.echo(f"Their numbers and reasons: {target}")
    if whole and (loaded.rejected or not loaded.accepted):
        typer.echo("No unit was struck off: that needs a file whose lines are all taken.")
    elif whole:
        typer.echo(f"{loaded.removed:,} units struck off.")


_List = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The unit's list.")]
_Code = Annotated[str, typer.Option("--unit", help="Code of the unit.")]
_Id = Annotated[UUID, typer.Argument(help="Id of the list, as `upload` told it.")]
_Rejects = Annotated[Path | None, typer.Option(help="Where to put the refused lines (.xlsx), if there are any.")]


@app.command()
def upload(file: _List, unit: _Code) -> None:
    """Take FILE in for a unit, as its officers do on their pages. The worker reads and checks it."""
    typer.echo(f"List {_bring(file, _desk(unit)).id} waits to be checked.")


@app.command()
def check(file: _List, unit: _Code, rejects: _Rejects = None) -> None:
    """Take FILE in and check it here and now; nobody is invited before it is confirmed."""
    desk = _desk(unit)
    batch = _bring(file, desk)
    while batch.state in working.WORKING:
        working.work(batch.id)
        batch = lists.find(desk, batch.id)
    _tell(batch)
    if rejects and batch.refused:
        rejects.touch(mode=0o600)
        rejects.write_bytes(rejects_book(lists.rejects(desk, batch.id), batch.language))


@app.command()
def confirm(
    batch: _Id,
    unit: _Code,
    version: Annotated[int, typer.Option(help="Version of the result that was looked at, as `status` tells it.")],
) -> None:
    """Say yes to a checked list: it is checked once more, and then its people are invited by the worker."""
    try:
        lists.confirm(_desk(unit), batch, version)
    except Refused as refusal:
        raise SystemExit(_words(refusal)) from None
    typer.echo("Confirmed.")


@app.command("letters")
def print_letters(
    out: Annotated[Path, typer.Option(file_okay=False, help="The folder from which the mail house takes them.")],
    most: Annotated[int | None, typer.Option(min=1, help="Print at most so many.")] = None,
) -> None:
    """Print the activation codes that are due, as PDF files of up to 500 letters. Interrupted, run it again."""
    try:
        with Progress(TextColumn("{task.completed:,.0f} letters"), TimeElapsedColumn(), console=_console) as bar:
            task = bar.add_task("", total=None)
            printed = letters.print_due(out, most, lambda done: bar.update(task, completed=done.letters))
    except letters.PrintingAlready as error:
        raise SystemExit("Another run is writing letters there.") from error
    except OSError as error:
        raise SystemExit(f"{error.filename}: {error.strerror}") from error
    typer.echo(f"{printed.letters:,} letters in {printed.files:,} files, readable by their owner alone.")
    if printed.marked:
        typer.echo(f"{printed.marked:,} hold characters that the font lacks; each is marked with 〓.")
    if printed.passed:
        typer.echo(f"{printed.passed:,} people got none: they left their unit, or have no postal address.")


@app.command()
def status(batch: _Id, unit: _Code) -> None:
    """Tell how a list stands."""
    try:
        _tell(lists.find(_desk(unit), batch))
    except Refused as refusal:
        raise SystemExit(_words(refusal)) from None


def _desk(code: str) -> Desk:
    unit = Unit.objects.filter(pk=code).first()
    if unit is None:
        raise SystemExit("No unit of this code uses the service.")
    return Desk(unit, None, Source.CLI)


def _bring(file: Path, desk: Desk) -> Batch:
    try:
        with file.open("rb") as source:
            pieces = iter(lambda: source.read(_PIECE), b"")
            return lists.receive(desk, file.name, pieces, language=get_language() or "zh-hant")
    except Refused as refusal:
        raise SystemExit(_words(refusal)) from None


def _words(refusal: Refused) -> str:
    return f"{refusal.problem.value.code}: {refusal.problem.value.title}"


def _tell(batch: Batch) -> None:
    """Counts and codes only: what stood in the list is for its unit's eyes."""
    typer.echo(f"List {batch.id}: {batch.state}, version {batch.version}")
    if batch.problem:
        entry = Problem[batch.problem].value
        typer.echo(f"{entry.code}: {entry.title}")
    for name in ("lines", "checked", "ready", "registered", "refused", "invited", "changed"):
        typer.echo(f"{name:>12} {getattr(batch, name):>9,}")
    for reason, count in lists.review(batch).reasons.items():
        typer.echo(f"{'':>12} {count:>9,} {reason}")

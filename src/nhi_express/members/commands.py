"""Verbs of the insured register."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

from nhi_express.core.vault import KeysMissing
from nhi_express.members import flows
from nhi_express.members import places as tables
from nhi_express.members.reading import WrongFile
from nhi_express.members.schema import COLUMNS

app = typer.Typer(help="The insured register.", no_args_is_help=True)
_console = Console(stderr=True)


@app.command("import")
def load(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The insurer's CSV file.")],
    rejects: Annotated[Path | None, typer.Option(help="Where to list the rows not taken.")] = None,
) -> None:
    """Load FILE into the register. Interrupted, run it again: it goes on where it stopped."""
    target = rejects or file.with_suffix(".rejects.csv")
    try:
        with Progress(BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=_console) as bar:
            task = bar.add_task("", total=file.stat().st_size)
            run = flows.import_register(file, target, lambda place: bar.update(task, completed=place))
    except (WrongFile, flows.AnotherImport, KeysMissing) as error:
        raise SystemExit(str(error)) from error
    except OSError as error:
        raise SystemExit(f"{error.filename}: {error.strerror}") from error
    typer.echo(f"{run.accepted:,} rows taken, {run.rejected:,} rejected.")
    if run.rejected:
        typer.echo(f"Their lines and reasons: {target}")


@app.command()
def export_schema(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Print the columns of the register's file."""
    if as_json:
        names = ("name", "required", "form", "longest", "sensitive")
        typer.echo(json.dumps([{name: getattr(column, name) for name in names} for column in COLUMNS], indent=2))
        return
    typer.echo("| column | required | form | longest | sensitive |\n|---|---|---|---|---|")
    for column in COLUMNS:
        marks = ["yes" if mark else "no" for mark in (column.required, column.sensitive)]
        typer.echo(f"| {column.name} | {marks[0]} | {column.form} | {column.longest} | {marks[1]} |")


@app.command()
def places(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="county,district,village")],
) -> None:
    """Check FILE, a newer table of counties, districts and villages, and install it."""
    try:
        table = tables.install(file)
    except tables.WrongTable as error:
        raise SystemExit(str(error)) from error
    except OSError as error:
        raise SystemExit(f"{error.filename}: {error.strerror}") from error
    typer.echo(f"{tables.size(table):,} villages in {len(table)} counties. Restart the site to use them.")

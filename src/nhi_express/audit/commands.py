"""`nhi-express audit`: the log's proof at the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import override
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from nhi_express.audit.flows import proving
from nhi_express.audit.flows.proving import HeadRefused, SignedHead
from nhi_express.audit.flows.verifying import Finding
from nhi_express.audit.flows.verifying import verify as verify_log

app = typer.Typer(help="The audit log: verify it, sign its head.", no_args_is_help=True)
_console = Console(stderr=True)
_Heads = Annotated[
    list[Path] | None,
    typer.Option("--head", exists=True, dir_okay=False, help="What `checkpoint` printed once, kept elsewhere."),
]


@app.command()
def verify(head: _Heads = None) -> None:
    """Make the log's tree anew from its events and compare it with every signed head, kept ones too.

    Exits 1 when anything does not hold.
    """
    kept = [_kept(path) for path in head or ()]
    with Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=_console) as bar:
        task = bar.add_task("", total=proving.size_of_tree())
        found = verify_log(kept, lambda number: bar.update(task, completed=number))
    _tell(found, kept)


def _kept(path: Path) -> SignedHead:
    try:
        return proving.read_head(path.read_text("utf-8", errors="replace"))
    except HeadRefused as error:
        raise SystemExit(f"{path}: {error}") from error


def _tell(found: Finding, kept: list[SignedHead]) -> None:
    typer.echo(f"{found.events} events, {found.removed} of them removed by age, {found.heads} signed heads.")
    with override("en"):
        for fault, words in found.told:
            typer.echo(f"{fault}\t{words}")
    if found.more:
        typer.echo(f"and {found.more} more at least")
    if found.faults:
        raise SystemExit(1)
    for head in kept:
        typer.echo(f"The head of {head.size} events, signed {head.at.isoformat()} and kept elsewhere, holds.")
    typer.echo("The log is whole." if found.heads else "No fault is found; but nothing is signed yet.")


@app.command()
def checkpoint() -> None:
    """Print the newest signed head, to be kept elsewhere; and the key that verifies it."""
    proving.grow()
    proving.sign_head()
    newest = proving.newest_head()
    typer.echo(newest.note if newest else "Nothing is signed yet.")
    typer.echo(proving.public_key())

"""`nhi-express audit`: the log's proof at the command line."""

from __future__ import annotations

import typer

from nhi_express.audit.flows import proving
from nhi_express.audit.models import Checkpoint

app = typer.Typer(help="The audit log: verify it, sign its head.", no_args_is_help=True)


@app.command()
def verify() -> None:
    """Make the log's tree anew and compare it with what was signed. Exits 1 when anything does not hold."""
    found = proving.verify()
    typer.echo(f"{found.events} events, {found.removed} of them removed by age, {found.heads} signed heads.")
    for fault in found.faults:
        typer.echo(fault)
    if found.faults:
        raise SystemExit(1)
    typer.echo("The log is whole.")


@app.command()
def checkpoint() -> None:
    """Print the newest signed head, to be kept elsewhere; and the key that verifies it."""
    proving.grow()
    proving.sign_head()
    newest = Checkpoint.objects.order_by("-size").first()
    typer.echo(newest.note if newest else "Nothing is signed yet.")
    typer.echo(proving.public_key())

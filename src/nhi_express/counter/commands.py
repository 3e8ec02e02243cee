"""`nhi-express staff`: the first account of an installation, and its offices."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

import typer

from nhi_express.counter.flows import accounts, offices, reading
from nhi_express.devices.rules import code_shown
from nhi_express.help.errors import Refused
from nhi_express.members.rules import IdentifierError, IdNumber

app = typer.Typer(help="Staff accounts and service counters.", no_args_is_help=True)


@app.command("first-administrator")
def first_administrator(
    account: Annotated[str, typer.Argument(help="Name to sign in with.")],
    name: Annotated[str, typer.Option(help="The person's name, as colleagues see it.")],
) -> None:
    """Make the first administrator, who makes all other accounts. Prints a code that is good for some hours, once."""
    try:
        _, code = accounts.make_first_administrator(account.strip().lower(), name)
    except Refused as refusal:
        raise SystemExit("There is an administrator already; further accounts are made by them.") from refusal
    typer.echo(f"Open /staff/first/ and type the account {account} with this code: {code_shown(code)}")


@app.command("offices")
def load_offices(
    file: Annotated[Path, typer.Argument(help="A TOML file of offices.")] = offices.SHIPPED,
) -> None:
    """Load service counters; those known already stay as they are."""
    try:
        typer.echo(f"{offices.load(file)} offices added.")
    except (OSError, KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise SystemExit(f"{file.name} holds no offices: {type(error).__name__}") from error


@app.command()
def watch(
    id_number: Annotated[str, typer.Argument(help="ID number of a person many are curious about.")],
    off: Annotated[bool, typer.Option("--off", help="Do not watch the record any longer.")] = False,
) -> None:
    """Let every look-up of a record raise an alert to the supervisors."""
    try:
        reading.watch(IdNumber.parse(id_number), on=not off)
    except (IdentifierError, Refused) as error:
        raise SystemExit("Nobody is insured under this number.") from error
    typer.echo("Not watched any longer." if off else "Watched from now on.")

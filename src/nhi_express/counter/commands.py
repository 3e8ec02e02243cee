"""`nhi-express staff`: accounts made from an installation's command line, its offices, and records to watch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.utils import translation

from nhi_express.counter import roles
from nhi_express.counter.flows import accounts, offices, reading
from nhi_express.counter.forms import StaffForm
from nhi_express.counter.rules import Role
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
    _tell(account, code)


def _tell(account: str, code: str) -> None:
    typer.echo(f"Open /staff/first/ and type the account {account} with this code: {code_shown(code)}")


@app.command()
def make(
    account: Annotated[str, typer.Argument(help="Name to sign in with.")],
    role: Annotated[Role, typer.Option(help="Their one role.")],
    name: Annotated[str, typer.Option(help="The person's name, as colleagues see it.")],
    office: Annotated[str, typer.Option(help="Code of a clerk's office.")] = "",
) -> None:
    """Make a staff account. Prints a code that is good for some hours, once.

    For an installation whose administrators have all lost their passkeys; every day they make accounts on /staff/.
    """
    form = StaffForm({"account": account, "role": role.value, "name": name, "office": office})
    with translation.override("en"):
        if not form.is_valid():
            raise SystemExit("\n".join(f"{field}: {errors[0]}" for field, errors in form.errors.items()))
    told = form.cleaned_data
    try:
        _, code = accounts.make_by_operator(accounts.NewStaff(told["account"], name, role, told["office"], None))
    except Refused as refusal:
        raise SystemExit("There is an account of this name already.") from refusal
    _tell(told["account"], code)


@app.command("offices")
def load_offices(
    file: Annotated[Path, typer.Argument(help="A TOML file of offices.")] = offices.SHIPPED,
    also: Annotated[list[Path] | None, typer.Option(help="A further file of them.")] = None,
) -> None:
    """Load service counters; those known already stay as they are."""
    for each in (file, *(also or ())):
        try:
            typer.echo(f"{offices.load(each)} offices added.")
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise SystemExit(f"{each.name} holds no offices: {type(error).__name__}") from error


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


@app.command("roles")
def print_roles() -> None:
    """Print who may open what, as docs/roles.md holds it."""
    typer.echo(roles.as_markdown(), nl=False)

"""The sandbox's verbs on the command line: `sandbox serve`, `sandbox synth` and `sandbox units-list`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from nhi_sandbox.units import STAFF

app = typer.Typer(help="The outside world for try-outs: operators, invented members, an inbox.", no_args_is_help=True)


def _say(words: str, *, failed: bool = False) -> None:
    # Imported late: the sandbox must be up within a second.
    from rich.console import Console

    Console(stderr=True).print(words, style="red" if failed else None)


@app.command()
def serve(  # noqa: PLR0917 - each is an option
    site_jwks_uri: Annotated[str, typer.Option(help="Where the site shows its public keys.")],
    client_id: Annotated[str, typer.Option(help="The site's name at the operators.")],
    redirect_uri: Annotated[str, typer.Option(help="Where the operators send the phone back to.")],
    port: Annotated[int, typer.Option(help="HTTP port; 0 for any.")] = 9100,
    smtp_port: Annotated[int, typer.Option(help="SMTP port; 0 for any.")] = 9125,
    data: Annotated[Path | None, typer.Option(help="Folder in which to leave operators.json.")] = None,
    browser_base: Annotated[str, typer.Option(help="The sandbox's address in browsers.")] = "",
    agent_port: Annotated[int | None, typer.Option(help="Run the card component on this port; 0 for any.")] = None,
    agent_origin: Annotated[str, typer.Option(help="The portal whose pages may ask the component.")] = "",
    real_cards: Annotated[bool, typer.Option(help="Read virtual cards through pcscd and pyscard.")] = False,
) -> None:
    """Play operators, mail server and card issuer until stopped. Never where NHI_ENV is production."""
    from nhi_sandbox.server import Options, ProductionRefused
    from nhi_sandbox.server import serve as run

    options = Options(
        port=port,
        smtp_port=smtp_port,
        site_jwks_uri=site_jwks_uri,
        client_id=client_id,
        redirect_uri=redirect_uri,
        data=data,
        browser_base=browser_base,
        agent_port=agent_port,
        agent_origin=agent_origin,
        real_cards=real_cards,
    )
    try:
        run(options)
    except (ProductionRefused, OSError, ImportError, RuntimeError) as error:
        _say(str(error), failed=True)
        raise typer.Exit(2) from error


@app.command()
def synth(
    out: Annotated[Path, typer.Argument(help="The CSV file to write.")],
    count: Annotated[int, typer.Option(min=0, help="How many people besides the named ones.")] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people.")] = 1,
    staff: Annotated[int, typer.Option(min=0, help="How many of them work for the sandbox company.")] = 0,
) -> None:
    """Write a register file of invented members, the named people first."""
    from nhi_sandbox.personas import register_rows
    from nhi_sandbox.register import write_register

    try:
        rows = write_register(out, register_rows(count, seed, staff))
    except (ValueError, OSError) as error:
        _say(str(error), failed=True)
        raise typer.Exit(2) from error
    _say(f"{rows:,} rows in {out}")


@app.command()
def units_list(  # noqa: PLR0917 - each is an option
    out: Annotated[Path, typer.Option(help="The file to write.")],
    rows: Annotated[int, typer.Option(min=1, help="How many lines.")] = 300,
    seed: Annotated[int, typer.Option(help="The same seed gives the same list.")] = 1,
    form: Annotated[Literal["csv", "xlsx"], typer.Option("--format")] = "csv",
    register: Annotated[int, typer.Option(help="The seed of the register whose people stand in it.")] = 1,
    staff: Annotated[int, typer.Option(min=0, help="How many people of that register work for the company.")] = STAFF,
) -> None:
    """Write a list such as the sandbox company's officer would upload: good lines, and one in four with something."""
    from nhi_sandbox.unit_lists import mixed_list, tally, write_list

    try:
        lines = list(mixed_list(rows, seed, register, staff))
        write_list(out, lines, form)
    except (ValueError, OSError) as error:
        _say(str(error), failed=True)
        raise typer.Exit(2) from error
    _say(", ".join(f"{count:,} {what}" for what, count in sorted(tally(lines).items())))

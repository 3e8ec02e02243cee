"""The verbs that need a whole installation: `demo`, `demo --check`, `smoke`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from nhi_sandbox.cards import stack
from nhi_sandbox.counter_journeys import planned as plan_counter
from nhi_sandbox.demo import AGENT_PORT, DidNotStart, Installation, Ports
from nhi_sandbox.journeys import plan, plan_late, run
from nhi_sandbox.personas import personas
from nhi_sandbox.place import Place, Result
from nhi_sandbox.staff import STAFF
from nhi_sandbox.unit_journeys import planned as plan_units
from nhi_sandbox.units import named_units

app = typer.Typer()
_console = Console()
_JSON = typer.Option("--json", help="One JSON object a line.")


@app.command()
def demo(  # noqa: PLR0917 - each is an option
    check: Annotated[
        bool, typer.Option("--check", help="Run every journey on free ports, print a table, stop.")
    ] = False,
    as_json: Annotated[bool, _JSON] = False,
    members: Annotated[int, typer.Option(min=0, help="Invented members besides those of the story.")] = 2000,
    port: Annotated[int, typer.Option(help="The site's port.")] = 8000,
    sandbox_port: Annotated[int, typer.Option(help="The sandbox's port.")] = 9100,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew: forget what was tried before.")] = False,
) -> None:
    """Start site, worker and sandbox with invented members, everything under `var/demo`."""
    try:
        if check:
            raise typer.Exit(_check(members, as_json=as_json))
        ports = Ports(port, sandbox_port, sandbox_port + 25, AGENT_PORT)
        _serve(Installation(Path("var/demo"), ports, real_cards=not stack.missing()), members, fresh=fresh)
    except DidNotStart as error:
        _console.print(f"[red]{error}[/red]", soft_wrap=True)
        raise typer.Exit(1) from error


@app.command()
def smoke(
    url: Annotated[str, typer.Option(help="The running site.")] = "http://app.localhost:8000",
    sandbox: Annotated[str, typer.Option(help="Its sandbox.")] = "http://operators.localhost:9100",
    component: Annotated[str, typer.Option(help="Its card component.")] = f"http://127.0.0.1:{AGENT_PORT}",
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Run every journey against a running installation whose sandbox is on. The people used stay as they end up."""
    raise typer.Exit(_report(run(Place(url, sandbox, component), plan()), as_json=as_json))


def _check(members: int, *, as_json: bool) -> int:
    with TemporaryDirectory(prefix="nhi-check-") as folder:
        installation = Installation(Path(folder), Ports.free())
        installation.prepare(members, fresh=False)
        with installation:
            together = run(installation.place, plan())
            alone = run(installation.place, [*plan_late(), *plan_units(), *plan_counter()], 1)
            return _report(chain(together, alone), as_json=as_json)


def _report(results: Iterator[Result], *, as_json: bool) -> int:
    """Print the results as they come or as a table; 0 when all are as expected, else 1."""
    kept = []
    for result in results:
        kept.append(result)
        if as_json:
            sys.stdout.write(json.dumps(result.as_json()) + "\n")
    if not as_json:
        _console.print(_table(kept))
        _console.print(f"{sum(one.ok for one in kept)} of {len(kept)} journeys as expected.")
    return 0 if kept and all(one.ok for one in kept) else 1


def _table(results: list[Result]) -> Table:
    table = Table("journey", "channel", "expected", "got", "", "seconds")
    for one in results:
        mark = "[green]✓[/green]" if one.ok else "[red]✗[/red]"
        table.add_row(one.journey, one.channel, one.expected, one.got, mark, f"{one.seconds:.2f}")
    return table


def _serve(installation: Installation, members: int, *, fresh: bool) -> None:
    os.environ.setdefault("NHI_LOG_LEVEL", "WARNING")
    with _console.status("Preparing …"):
        installation.prepare(members, fresh=fresh)
        staff = _staff(installation)
    with installation:
        _console.print(_people())
        _console.print(_units())
        _console.print(staff)
        _console.print(f"\nThe app            {installation.place.site}/app/", soft_wrap=True)
        _console.print(f"The portal         {installation.place.site}/portal/", soft_wrap=True)
        _console.print(f"The units' desk    {installation.place.site}/units/", soft_wrap=True)
        _console.print(f"The staff's side   {installation.place.site}/staff/", soft_wrap=True)
        _console.print(
            f"Visitor's screen   {installation.place.site}/visitor/   (in another browser, beside the clerk's)"
        )
        _console.print(f"The counters       {installation.place.site}/help/offices/", soft_wrap=True)
        _console.print(f"The tester's panel {installation.place.sandbox}/   (choose SIM and network; inbox, letters)")
        _console.print(f"The card reader    {installation.place.sandbox}/cards/   (whose card is in it)")
        _console.print(f"Every page         {installation.place.site}/gallery/")
        _console.print("\nOpen the panel first and put a SIM or a card in. Stop with Ctrl-C.")
        try:
            raise DidNotStart(f"ended by itself: {installation.watch()}")
        except KeyboardInterrupt:
            _console.print("Stopped.")


def _people() -> Table:
    table = Table("person", "what happens", "ID number", "mobile", "card's last four", title="People to try (invented)")
    for person in personas().values():
        typed = person.types
        story = f"{person.story_zh}\n[dim]{person.story_en}[/dim]"
        outcome = "" if person.expected == "PASS" else f" → {person.expected}"
        table.add_row(person.name, story + outcome, typed["id_number"], typed["phone"], typed["last4"])
    return table


def _staff(installation: Installation) -> Table:
    title = "Staff to be (invented): open /staff/first/ once with account and code, and make a passkey"
    table = Table("account", "role", "name", "first-time code (good once, for three days)", title=title)
    for one in STAFF:
        table.add_row(one.account, one.role, one.name, installation.first_code(one))
    return table


def _units() -> Table:
    table = Table("unit", "responsible", "unit code", "tax ID", "certificate", title="Units to register (invented)")
    for unit in named_units().values():
        name = f"{unit.name}\n[dim]{unit.name_en}[/dim]"
        table.add_row(name, personas()[unit.responsible].name, unit.code, unit.tax_id, unit.certificate)
    return table

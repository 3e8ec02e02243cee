"""Verbs of the mobile channel: the operator table."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from nhi_express.mobile.flows import load_operators
from nhi_express.mobile.models import Operator

app = typer.Typer(help="The list of mobile operators.", no_args_is_help=True)


@app.command()
def load(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON list; see docs/operate.md.")],
) -> None:
    """Replace the operator table by the rows of FILE, all or none, and on record."""
    rows = [_row(item) for item in json.loads(file.read_text("utf-8"))]
    load_operators(rows)
    typer.echo(f"{len(rows)} operators.")


@app.command("list")
def show() -> None:
    """Print the operator table."""
    for row in Operator.objects.order_by("code"):
        typer.echo(f"{row.code}\t{row.kind}\t{row.valid_from} – {row.valid_to or '…'}\t{row.name_zh} {row.name_en}")


def _row(item: dict[str, Any]) -> Operator:
    ends = item.get("valid_to")
    days = {
        "valid_from": date.fromisoformat(item["valid_from"]),
        "valid_to": date.fromisoformat(ends) if ends else None,
    }
    return Operator(**{**item, **days})

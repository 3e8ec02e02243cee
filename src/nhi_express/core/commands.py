"""Verbs for running an installation: keys, migration, the web server, the worker."""

import os
import signal
from typing import Annotated

import typer
from django.core.management import call_command

from nhi_express.core import jobs, vault
from nhi_express.core.config import config, table
from nhi_express.core.server import granian
from nhi_express.core.signing import make_signing_key

keys = typer.Typer(help="The keysets that seal and index personal data.", no_args_is_help=True)
serving = typer.Typer()


@keys.command()
def init() -> None:
    """Make the keysets. Refuses to replace any."""
    try:
        vault.make_keys(config().keys_dir)
        make_signing_key(config().keys_dir)
    except FileExistsError as error:
        raise SystemExit("There are keys already; they were left as they are.") from error
    typer.echo(
        f"Keys made in {config().keys_dir}. Back them up apart from the database: without them it cannot be read."
    )


@keys.command()
def rotate() -> None:
    """Add a sealing key and seal with it from now on; restart the site and the worker afterwards."""
    count = vault.rotate_keys(config().keys_dir)
    typer.echo(f"A new key seals from now on; {count} keys open.")


@serving.command()
def settings() -> None:
    """Print the table of settings, as docs/operate.md holds it."""
    typer.echo(table())


@serving.command()
def migrate() -> None:
    """Bring the database's tables up to date."""
    call_command("migrate", interactive=False, verbosity=1)


@serving.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(help="Processes.")] = 1,
    threads: Annotated[int, typer.Option(help="Threads of each process.")] = 8,
) -> None:
    """Serve the site with granian, behind a proxy that ends TLS."""
    command = granian("nhi_express.wsgi:application", host, port, workers, threads)
    os.execv(command[0], command)  # noqa: S606


@serving.command()
def worker() -> None:
    """Send notices, work through lists and tidy up, until told to stop; what is in hand is finished first."""
    stop = jobs.Stop()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop.ask)
    jobs.settle()
    jobs.run(stop)

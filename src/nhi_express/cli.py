"""The command line: one verb group a room, and what other distributions add (the sandbox adds `demo` and `smoke`)."""

import os
from importlib.metadata import entry_points

import django
import typer


def main() -> None:
    """Run ``nhi-express``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nhi_express.settings")
    from nhi_express.core.config import UnsafeSettings

    try:
        django.setup()
    except UnsafeSettings as error:
        raise SystemExit(f"nhi-express will not start with these settings:\n{error}") from error
    _assemble()()


def _assemble() -> typer.Typer:
    from nhi_express.audit.commands import app as log
    from nhi_express.core.commands import keys, serving
    from nhi_express.counter.commands import app as staff
    from nhi_express.members.commands import app as members
    from nhi_express.mobile.commands import app as operators
    from nhi_express.units.commands import app as units

    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
    app.add_typer(log, name="audit")
    app.add_typer(keys, name="keys")
    app.add_typer(members, name="members")
    app.add_typer(operators, name="operators")
    app.add_typer(staff, name="staff")
    app.add_typer(units, name="units")
    app.add_typer(serving)
    for extra in entry_points(group="nhi_express.commands"):
        # A group whose name begins with _ adds its verbs at the top.
        if extra.name.startswith("_"):
            app.add_typer(extra.load())
        else:
            app.add_typer(extra.load(), name=extra.name)
    return app

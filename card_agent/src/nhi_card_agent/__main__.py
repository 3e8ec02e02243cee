"""The command line: serve pages, be started with the computer, or tell what works."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from nhi_card_agent import __version__
from nhi_card_agent.checking import findings
from nhi_card_agent.origins import of_this_user
from nhi_card_agent.server import PORT, make_server
from nhi_card_agent.service import Service, command, for_system, install, uninstall
from nhi_card_agent.words import words


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit status."""
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except (ValueError, OSError) as error:
        print(f"nhi-card-agent: {error}", file=sys.stderr)  # noqa: T201
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("nhi-card-agent", description="Reads an NHI card for the registration portal.")
    parser.add_argument("--version", action="version", version=__version__)
    verbs = parser.add_subparsers(required=True)
    serve = verbs.add_parser("serve", help="serve the portal's pages until stopped")
    _add_serving(serve)
    serve.set_defaults(run=_serve)
    check = verbs.add_parser("check", help="tell what works on this computer")
    check.add_argument("--port", type=int, default=PORT)
    check.set_defaults(run=_check)
    service = verbs.add_parser("service", help="start whenever you sign in, or no longer").add_subparsers(required=True)
    for name, act in (("install", _install), ("uninstall", _uninstall)):
        verb = service.add_parser(name)
        _add_serving(verb)
        verb.set_defaults(run=act)
    return parser


def _add_serving(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--origin", action="append", default=[], help="a portal, like https://portal.example")
    parser.add_argument("--port", type=int, default=PORT, help="port on the loopback (%(default)s)")


def _serve(chosen: argparse.Namespace) -> int:
    from nhi_card_agent.pcsc import PcscReaders

    with make_server(PcscReaders(), of_this_user(chosen.origin), chosen.port) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


def _check(chosen: argparse.Namespace) -> int:
    from nhi_card_agent.pcsc import PcscReaders

    found = list(findings(PcscReaders(), chosen.port))
    for good, said in found:
        _say(f"{'✓' if good else '✗'} {said}")
    return 0 if all(good for good, _ in found) else 1


def _install(chosen: argparse.Namespace) -> int:
    install(_service(sorted(of_this_user(chosen.origin)), chosen.port))
    _say(words("INSTALLED"))
    return 0


def _uninstall(chosen: argparse.Namespace) -> int:
    uninstall(_service([], chosen.port))
    _say(words("UNINSTALLED"))
    return 0


def _service(origins: Sequence[str], port: int) -> Service:
    user = 0 if sys.platform == "win32" else os.getuid()
    return for_system(sys.platform, Path.home(), os.environ, user, command(Path(sys.executable), origins, port))


def _say(said: str) -> None:
    """Print for people. A terminal that cannot show a sign shows another in its place."""
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(said.encode(encoding, "replace").decode(encoding) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())

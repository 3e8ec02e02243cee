"""The control API: what tests and benches do to the sandbox, as JSON."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from nhi_sandbox.gateway import PHONE_COOKIE, phone_cookie
from nhi_sandbox.lines import FAULTS, KINDS, NETWORKS, Fault, Line
from nhi_sandbox.personas import personas
from nhi_sandbox.world import World


def insert_sim(world: World, response: Response, line: str, network: str) -> dict[str, str]:
    """Make the visiting phone one with this SIM (number or persona) on this network, by its cookie.

    Without a network, the persona's own is used. Raises ValueError when there is no such line or network.
    """
    found, person = world.find_line(line), personas().get(line)
    network = network or (person.network if person else "mobile")
    if found is None or network not in NETWORKS:
        raise ValueError("no such line or network")
    response.set_cookie(PHONE_COOKIE, phone_cookie(found, network), httponly=True, samesite="lax")
    return {"line": found.msisdn, "operator": found.operator, "network": network}


def make_fault(kind: object, delay: object = None) -> Fault:
    """A fault from what somebody sent. Raises ValueError when it makes no sense."""
    if not isinstance(kind, str) or kind not in FAULTS:
        raise ValueError(f"fault must be one of {', '.join(FAULTS)}")
    if delay is None or delay == "":
        return Fault(kind)
    seconds = float(delay) if isinstance(delay, str | int | float) else -1
    if not 0 <= seconds <= 120:
        raise ValueError("delay must be from 0 to 120 seconds")
    return Fault(kind, seconds)


def make_line(world: World, entry: dict[str, Any]) -> Line:
    """A line from what somebody sent. Raises ValueError, KeyError, TypeError or AttributeError if it is nonsense."""
    line = Line(
        msisdn=str(entry["msisdn"]),
        id_document=str(entry["id_document"]),
        operator=str(entry["operator"]),
        kind=entry.get("kind", "postpaid"),
        sim_changed_hours=entry.get("sim_changed_hours"),
        fault=make_fault(entry.get("fault", "none"), entry.get("delay")),
    )
    if line.operator not in world.operators or line.kind not in KINDS or not line.msisdn.startswith("+"):
        raise ValueError("no such operator or kind of contract, or msisdn not in E.164")
    return line


class Control:
    """Everything under /control/."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """The control API's routes."""
        return [
            Route("/control/health", self.health, methods=["GET"]),
            Route("/control/personas", self.personas, methods=["GET"]),
            Route("/control/operators.json", self.operators, methods=["GET"]),
            Route("/control/operators/{operator}", self.fault, methods=["POST"]),
            Route("/control/phone", self.phone, methods=["POST"]),
            Route("/control/card", self.card, methods=["POST"]),
            Route("/control/issuer", self.issuer, methods=["POST"]),
            Route("/control/lines", self.lines, methods=["POST"]),
            Route("/control/mails", self.mails, methods=["GET"]),
            Route("/control/reset", self.reset, methods=["POST"]),
        ]

    async def health(self, request: Request) -> Response:
        """Whether the sandbox is up, and how much is in it."""
        return JSONResponse({"status": "ok", "lines": len(self._world.lines), "mails": len(self._world.inbox)})

    async def personas(self, request: Request) -> Response:
        """All personas with what they type and what should come of it."""
        return JSONResponse([person.as_json() for person in personas().values()], headers={"Cache-Control": "no-store"})

    async def operators(self, request: Request) -> Response:
        """The listed operators, as the site loads them."""
        return JSONResponse(self._world.listed_operators())

    async def fault(self, request: Request) -> Response:
        """Make a whole operator fail: {"fault": kind, "delay": seconds}."""
        operator = self._world.operators.get(request.path_params["operator"])
        if operator is None:
            raise HTTPException(404, "no such operator")
        body = await _json(request)
        with _refusing():
            operator.fault = make_fault(body["fault"], body.get("delay"))
        return JSONResponse({"operator": operator.code, **asdict(operator.fault)})

    async def phone(self, request: Request) -> Response:
        """Set the visiting phone's SIM and network: {"line": number or persona, "network": …}."""
        body = await _json(request)
        cookies = Response()
        with _refusing():
            state = insert_sim(self._world, cookies, body["line"], body.get("network", ""))
        return JSONResponse(state, headers={"set-cookie": cookies.headers["set-cookie"]})

    async def card(self, request: Request) -> Response:
        """Move a card: {"action": "insert|pull|unplug|plug", "kind": …, "persona": key, "reader": 0 or 1}."""
        body, desk = await _json(request), self._world.card_desk
        with _refusing():
            desk.move(body["action"], body.get("reader", 0), body.get("kind", ""), body.get("persona", ""))
        return JSONResponse({"readers": [reader.as_json() for reader in desk.readers()]})

    async def issuer(self, request: Request) -> Response:
        """Switch the card issuer: {"up": bool, "delay": seconds}; what is left out is as on the first day."""
        body, issuer = await _json(request), self._world.card_issuer
        with _refusing():
            issuer.set(up=body.get("up", True), delay=body.get("delay", 0))
        return JSONResponse({"up": issuer.up, "delay": issuer.delay})

    async def lines(self, request: Request) -> Response:
        """Add or replace lines: a list of {msisdn, id_document, operator, kind, fault, delay, sim_changed_hours}."""
        body = await _json(request)
        with _refusing():
            lines = [make_line(self._world, entry) for entry in body]
        self._world.lines.update({line.msisdn: line for line in lines})
        return JSONResponse({"added": len(lines)})

    async def mails(self, request: Request) -> Response:
        """The mails to `?to=` (all without it), newest first."""
        found = self._world.inbox.to(request.query_params.get("to", ""))
        return JSONResponse([mail.as_json() for mail in found], headers={"Cache-Control": "no-store"})

    async def reset(self, request: Request) -> Response:
        """Back to the beginning."""
        self._world.reset()
        return JSONResponse({"status": "reset"})


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn nonsense that was sent into a 400 with the reason."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HTTPException(400, str(error)) from error


async def _json(request: Request) -> Any:  # noqa: ANN401 - whatever was sent; `_refusing` catches what does not fit
    try:
        return await request.json()
    except ValueError as error:
        raise HTTPException(400, "the body must be JSON") from error

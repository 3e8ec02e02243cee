"""The page where a tester puts cards into the readers that the card component sees. Plain forms, no JavaScript."""

from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from nhi_sandbox.cards.desk import NOBODYS, READERS, WrongMove
from nhi_sandbox.pages import Pages
from nhi_sandbox.panel import back_to, form_of
from nhi_sandbox.personas import Persona, personas
from nhi_sandbox.world import World


def card_note(person: Persona) -> str:
    """Why the portal should refuse this person's own card, as a key of `wording`; empty where it should not."""
    reasons = {
        "note-not-in-register": not person.in_register,
        "note-deceased": person.deceased,
        "note-not-insured": not person.insured,
        "note-void": person.card_status != "valid",
        "note-no-household": person.no_household,
    }
    return next((key for key, holds in reasons.items() if holds), "")


class CardPanel:
    """The readers and everybody's cards, at /cards/."""

    def __init__(self, world: World, pages: Pages) -> None:
        self._desk, self._pages = world.card_desk, pages
        site = urlsplit(world.settings.redirect_uri)
        self._portal_address = f"{site.scheme}://{site.netloc}/portal/"

    def routes(self) -> list[BaseRoute]:
        """The page and its forms."""
        return [
            Route("/cards", self.moved, methods=["GET"]),
            Route("/cards/", self.cards, methods=["GET"]),
            Route("/panel/card", self.move, methods=["POST"]),
        ]

    async def moved(self, request: Request) -> Response:
        """The address without its slash."""
        return RedirectResponse("/cards/")

    async def cards(self, request: Request) -> Response:
        """What is in the readers, and whose cards there are; `?reader=` says into which they go."""
        return self._pages.show(
            request,
            "cards.html",
            readers=self._desk.readers(),
            into=_reader_number(request.query_params.get("reader", "0")),
            people=[(person, person.row(), card_note(person)) for person in personas().values()],
            names=personas(),
            nobodys=NOBODYS,
            portal_address=self._portal_address,
        )

    async def move(self, request: Request) -> Response:
        """Put a card in or take it out, plug a reader in or unplug it."""
        form = await form_of(request)
        reader = _reader_number(form.get("reader", "0"))
        try:
            self._desk.move(form.get("action", ""), reader, form.get("kind", ""), form.get("persona", ""))
        except WrongMove as error:
            raise HTTPException(400, str(error)) from error
        return back_to(f"/cards/?reader={reader}")


def _reader_number(text: str) -> int:
    """Which reader is meant. Raises HTTPException 400 when there is no such one."""
    if text not in map(str, range(READERS)):
        raise HTTPException(400, "no such reader")
    return int(text)

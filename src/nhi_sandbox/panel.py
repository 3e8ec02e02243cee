"""The panel: where a tester picks SIM and network as on a real phone, breaks operators and reads mail.

Plain forms and pages; works without JavaScript.
"""

from urllib.parse import parse_qsl, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from nhi_sandbox.control import insert_sim, make_fault
from nhi_sandbox.gateway import phone_of
from nhi_sandbox.lines import FAULTS, NETWORKS
from nhi_sandbox.pages import LANGUAGE_COOKIE, Pages
from nhi_sandbox.personas import personas
from nhi_sandbox.world import World


class Panel:
    """The sandbox's pages for people."""

    def __init__(self, world: World, pages: Pages) -> None:
        self._world, self._pages = world, pages
        site = urlsplit(world.settings.redirect_uri)
        self._app_address = f"{site.scheme}://{site.netloc}/app/"

    def routes(self) -> list[BaseRoute]:
        """The panel's routes."""
        return [
            Route("/", self.people, methods=["GET"]),
            Route("/operators", self.operators, methods=["GET"]),
            Route("/inbox", self.inbox, methods=["GET"]),
            Route("/inbox/{number:int}", self.mail, methods=["GET"]),
            Route("/panel/phone", self.set_phone, methods=["POST"]),
            Route("/panel/operators/{operator}", self.set_fault, methods=["POST"]),
            Route("/panel/language", self.set_language, methods=["POST"]),
            Route("/panel/reset", self.reset, methods=["POST"]),
        ]

    async def people(self, request: Request) -> Response:
        """The phone, and the people whose SIM can be put in."""
        line, network = phone_of(self._world, request)
        return self._pages.show(
            request,
            "people.html",
            line=line,
            operator=self._world.operators[line.operator] if line else None,
            network=network,
            networks=NETWORKS,
            personas=personas().values(),
            app_address=self._app_address,
        )

    async def operators(self, request: Request) -> Response:
        """The operators and what is wrong with them."""
        return self._pages.show(request, "operators.html", operators=self._world.operators, faults=FAULTS)

    async def inbox(self, request: Request) -> Response:
        """All mail, newest first."""
        return self._pages.show(request, "inbox.html", mails=list(self._world.inbox))

    async def mail(self, request: Request) -> Response:
        """One mail."""
        mail = self._world.inbox.find(request.path_params["number"])
        if mail is None:
            return self._pages.show(request, "missing.html", 404)
        return self._pages.show(request, "mail.html", mail=mail)

    async def set_phone(self, request: Request) -> Response:
        """Put a SIM in, or change the network."""
        form = await form_of(request)
        response = back_to("/")
        try:
            insert_sim(self._world, response, form.get("line", ""), form.get("network", ""))
        except ValueError as error:
            raise HTTPException(400, str(error)) from error
        return response

    async def set_fault(self, request: Request) -> Response:
        """Break or mend an operator."""
        form, operator = await form_of(request), self._world.operators.get(request.path_params["operator"])
        try:
            fault = make_fault(form.get("fault"), form.get("delay"))
        except ValueError as error:
            raise HTTPException(400, str(error)) from error
        if operator is None:
            raise HTTPException(404)
        operator.fault = fault
        return back_to("/operators")

    async def set_language(self, request: Request) -> Response:
        """Change the page's language."""
        form = await form_of(request)
        response = back_to(form.get("next", "/"))
        response.set_cookie(LANGUAGE_COOKIE, "en" if form.get("language") == "en" else "zh", samesite="lax")
        return response

    async def reset(self, request: Request) -> Response:
        """Back to the beginning."""
        self._world.reset()
        return back_to("/operators")


def back_to(path: str) -> Response:
    """Send the browser to this page of the sandbox; anything else becomes its first page."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\"))
    return RedirectResponse(path if inside else "/", 303)


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a sent form."""
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))

"""Rendering the sandbox's own pages: language, templates, and headers that allow no scripts at all."""

from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from nhi_sandbox.wording import WORDS

if TYPE_CHECKING:
    from jinja2 import Environment

Language = Literal["zh", "en"]
LANGUAGE_COOKIE: Final = "sandbox_language"
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def language_of(request: Request) -> Language:
    """The visitor's language: chosen on the page, else the browser's, else Chinese."""
    wish = request.cookies.get(LANGUAGE_COOKIE) or request.headers.get("accept-language", "")
    return "en" if wish.lower().startswith("en") else "zh"


def phone_words(number: str) -> str:
    """A Taiwanese mobile number as people read it: 0912 345 678."""
    digits = "0" + number.removeprefix("+886").removeprefix("0")
    return f"{digits[:4]} {digits[4:7]} {digits[7:]}"


class Pages:
    """Templates and the style sheet."""

    def __init__(self) -> None:
        self._style = (files("nhi_sandbox") / "static" / "sandbox.css").read_bytes()

    @cached_property
    def _templates(self) -> "Environment":
        # Imported with the first page, not at the start, which many tests wait for.
        from jinja2 import Environment, PackageLoader, StrictUndefined

        templates = Environment(
            loader=PackageLoader("nhi_sandbox"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        templates.filters["phone"] = phone_words
        return templates

    def routes(self) -> list[BaseRoute]:
        """GET /static/sandbox.css."""
        return [Route("/static/sandbox.css", self.style, methods=["GET"])]

    async def style(self, request: Request) -> Response:
        """The style sheet."""
        return Response(self._style, media_type="text/css", headers={"Cache-Control": "max-age=60"})

    def show(self, request: Request, template: str, status: int = 200, **values: object) -> Response:
        """Render a template in the visitor's language; `t("key")` in it gives the words of `wording`."""
        language = language_of(request)

        def words(key: str) -> str:
            return WORDS[key][0 if language == "zh" else 1]

        html = self._templates.get_template(template).render(
            t=words, language=language, path=request.url.path, **values
        )
        return HTMLResponse(html, status, _HEADERS)

"""The postman: the letters that the site printed for its mail house, read as the person would who opens them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from nhi_sandbox.pages import Pages

# Crockford's base32 in groups of four; nothing else in a letter or mail looks like it.
ACTIVATION_CODE: Final = re.compile(r"\b([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})\b")


@dataclass(frozen=True, slots=True)
class Letter:
    """One printed page; ``text`` is what stands on it, ``code`` the activation code."""

    file: str
    page: int
    text: str

    @property
    def code(self) -> str:
        """The activation code on it, or an empty string."""
        found = ACTIVATION_CODE.search(self.text)
        return found.group(1) if found else ""


def read_letters(folder: Path) -> list[Letter]:
    """Every letter in the folder, the newest file last."""
    files = sorted((file.stat().st_mtime_ns, file) for file in folder.glob("*.pdf"))
    return [letter for changed, file in files for letter in _read(file, changed)]


@cache
def _read(file: Path, _changed: int) -> list[Letter]:
    """The letters of one file. Reading takes some hundredths of a second a page, and a printed file never changes."""
    # Imported late: a sandbox that only serves reads no letters.
    from pypdf import PdfReader

    return [Letter(file.name, number, page.extract_text()) for number, page in enumerate(PdfReader(file).pages, 1)]


class Tray:
    """The postman's tray, at /letters: every letter as it lies in the mail house's folder, the newest first."""

    def __init__(self, folder: Path | None, pages: Pages) -> None:
        self._folder, self._pages = folder, pages

    def routes(self) -> list[BaseRoute]:
        """The page, and the files as they were printed."""
        return [
            Route("/letters", self.letters, methods=["GET"]),
            Route("/letters/{file}", self.file, methods=["GET"]),
        ]

    def letters(self, request: Request) -> Response:
        """All letters."""
        found = read_letters(self._folder) if self._folder else []
        return self._pages.show(request, "letters.html", letters=found[::-1])

    def file(self, request: Request) -> Response:
        """One of the printed files."""
        known = self._folder.glob("*.pdf") if self._folder else ()
        path = next((each for each in known if each.name == request.path_params["file"]), None)
        if path is None:
            raise HTTPException(404)
        return FileResponse(path, media_type="application/pdf", headers={"Cache-Control": "no-store"})

"""A computer with a card reader: Chromium with a mouse and a keyboard, and cards to put in."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from playwright.sync_api import Browser, Locator, expect

from nhi_sandbox.personas import Persona
from tests.journeys.phone import PhoneInHand

# The QR code as the page draws it, in greys: what a camera would see of it.
_DRAWN = """async (side) => {
  const drawing = document.querySelector(".qr svg").cloneNode(true);
  drawing.setAttribute("width", side);
  drawing.setAttribute("height", side);
  const picture = new Image();
  picture.src = "data:image/svg+xml," + encodeURIComponent(new XMLSerializer().serializeToString(drawing));
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0, side, side);
  const dots = pen.getImageData(0, 0, side, side).data;
  return Array.from({ length: side * side }, (_, at) => dots[at * 4]);
}"""


class ComputerAtHand(PhoneInHand):
    """One computer. It does what a phone does, with a mouse instead of a finger."""

    window: ClassVar[dict[str, Any]] = {"viewport": {"width": 1280, "height": 900}}

    def beside(self, browser: Browser) -> Self:
        """Another computer beside this one, with a browser of its own."""
        return type(self)(browser, self.place, self.language, self._album, passkeys=False)

    def leaves_by(self, target: Locator) -> Self:
        """Click what leads to another page."""
        self._left = self._age()
        target.click()
        return self

    def puts_in(self, person: Persona, kind: str = "nhi", reader: int = 0) -> Self:
        """Put a card of a person into the reader."""
        return self._moves({"action": "insert", "kind": kind, "persona": person.key, "reader": reader})

    def pulls_the_card(self, reader: int = 0) -> Self:
        """Pull it out."""
        return self._moves({"action": "pull", "reader": reader})

    def plugs_in(self, reader: int) -> Self:
        """Plug a reader in, were it not there."""
        return self._moves({"action": "plug", "reader": reader})

    def _moves(self, body: dict[str, object]) -> Self:
        url = self.place.sandbox.replace("operators.localhost", "127.0.0.1")
        answer = self.context.request.post(f"{url}/control/card", data=body)
        assert answer.ok, answer.text()
        return self

    def chooses(self, field: str, text: str) -> Self:
        """Choose from a list."""
        self.page.locator(f"select[name={field}]").select_option(text)
        return self

    def sees_line(self, name: str, state: str) -> Self:
        """Expect a line of the environment check to turn good or bad, or to wait."""
        line = self.page.locator(f'[data-check="{name}"]')
        expect(line).to_have_attribute("data-state", state)
        return self

    def draws_qr(self, side: int) -> bytes:
        """The QR code on the page, as a camera sees it: greys of a square of ``side`` pixels."""
        return bytes(self.page.evaluate(_DRAWN, side))

"""Where journeys take place, and what comes of them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from nhi_sandbox.computer import Computer
from nhi_sandbox.member_phone import MemberPhone
from nhi_sandbox.personas import Persona
from nhi_sandbox.postman import ACTIVATION_CODE, Letter
from nhi_sandbox.register import RegisterRow
from nhi_sandbox.staff import NamedStaff
from nhi_sandbox.visit import Surprise

_CODE = re.compile(r"\b(\d{4}) (\d{4})\b")


@dataclass(frozen=True, slots=True)
class Place:
    """A running installation: the site's and its sandbox's addresses in browsers, and the card component's.

    In an installation of one's own, ``let_codes_end`` lets the time of every mailed or posted code and device code run
    out, and ``letters`` prints the letters that are due and reads all that were printed, the newest last;
    ``first_code`` gives a first-time code of a colleague on the staff, ``import_again`` the register a newer row.
    """

    site: str
    sandbox: str
    component: str
    let_codes_end: Callable[[], None] = lambda: None
    letters: Callable[[], list[Letter]] = list
    first_code: Callable[[NamedStaff], str] = lambda _: ""
    import_again: Callable[[RegisterRow], None] = lambda _: None

    def phone(self, *, passkeys: bool = True) -> MemberPhone:
        """A new phone, nothing bound on it."""
        return MemberPhone(self.site, self.sandbox, passkeys=passkeys)

    def computer(self) -> Computer:
        """A computer with a card reader, nobody signed in."""
        return Computer(self.site, self.sandbox, self.component)

    def posted_code(self, person: Persona, but: str = "") -> str:
        """The activation code in the newest letter to a person, other than ``but``. Raises Surprise for none."""
        for letter in reversed(self.letters()):
            if person.name in letter.text and letter.code != but:
                return letter.code
        raise Surprise("no letter came")

    def mailed_activation(self, address: str) -> str:
        """The activation code mailed to an address. Raises Surprise when none comes."""
        return self.mailed_code(address, form=ACTIVATION_CODE)

    def mailed_code(self, address: str, but: str = "", form: re.Pattern[str] = _CODE) -> str:
        """The newest code mailed to an address, other than ``but``. Raises Surprise when none comes."""
        for mails in self.mails_over_time(address):
            codes = ["".join(found) for text in mails for found in form.findall(text)]
            if codes and codes[0] != but:
                return codes[0]
        raise Surprise("no mail came")

    def mails_over_time(self, address: str) -> Iterator[list[str]]:
        """The mails to an address, asked for again and again while one may still come."""
        for _ in range(150):
            yield self.mails(address)
            time.sleep(0.2)

    def mails(self, address: str) -> list[str]:
        """What was mailed to an address until now, the newest first."""
        with self.phone() as reader:
            mails = reader.phone.get(f"{self.sandbox}/control/mails?to={address}").json()
        return [str(mail["text"]) for mail in mails]


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table."""

    journey: str
    channel: str
    expected: str
    got: str
    ok: bool
    seconds: float

    def as_json(self) -> dict[str, object]:
        """The line as plain data."""
        return asdict(self)


Journey = Callable[[Place, Persona], str]


@dataclass(frozen=True, slots=True)
class Planned:
    """A journey to run, and what must come of it."""

    channel: str
    person: Persona
    journey: Journey
    expected: str

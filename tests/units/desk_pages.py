"""An officer at the desk of a unit with people in the register: what the tests of its pages begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nhi_express.units.flows import lists
from nhi_express.units.flows.desk import Desk
from nhi_express.units.models import Batch
from nhi_sandbox.register import RegisterRow
from nhi_sandbox.units import named_units
from tests.tasks import drain
from tests.units.duties import HEAD, NEIGHBOUR, Computer, desk_of, founded, secret_of
from tests.units.staff import checked, employ, enrolled, line, staff

CODE = named_units()["sandbox"].code


class Office(Computer):
    """A browser in which the unit's officer is signed in, and the unit's people."""

    def __init__(self, people: int = 3, language: str = "en", who: str = HEAD) -> None:
        founded("neighbour" if who == NEIGHBOUR else "sandbox")
        super().__init__(secret_of(who), language)
        self.desk: Desk = desk_of(who)
        self.people: Sequence[RegisterRow] = employ(staff(people, CODE)) if people else ()

    def checked(self, *lines: tuple[str, ...]) -> Batch:
        """A list that waits for its officer; of all people where no lines are given."""
        return checked(self.desk, lines or [line(one) for one in self.people])

    def enrolled(self, *lines: tuple[str, ...]) -> Batch:
        """A list that is through."""
        return enrolled(self.desk, self.checked(*lines))

    def again(self, batch: Batch) -> Batch:
        """How a list stands by now."""
        return lists.find(self.desk, batch.id)

    def text(self, path: str, status: int = 200) -> str:
        """What a page says."""
        answer: Any = self.get(path)
        assert answer.status_code == status, answer.content.decode()[:2000]
        return str(answer.content.decode())

    def work(self) -> None:
        """Let the worker do all that waits."""
        drain()


def path_of(batch: Batch, act: str = "") -> str:
    """The address of a list's page, or of something on it."""
    return f"/units/lists/{batch.id}/{act}"

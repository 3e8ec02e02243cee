"""What is personal about the personas, in every spelling, and how to find it in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from urllib.parse import unquote_plus

from nhi_sandbox.member_phone import PASSWORD
from nhi_sandbox.personas import Persona, personas
from nhi_sandbox.staff import STAFF
from tests.outside import address_of


@cache
def _secrets() -> dict[str, str]:
    """Each spelling of each datum (lower case, nothing between its letters), with the name of what it is."""
    found: dict[str, str] = {_plain(PASSWORD): "password"}
    for one in personas().values():
        for what, value in _data_of(one):
            found[_plain(value)] = f"{what} of {one.key}"
    return found | {_plain(one.name): f"name of {one.account} on the staff" for one in STAFF}


def _data_of(one: Persona) -> Iterator[tuple[str, str]]:
    row, digits = one.row(), one.phone.removeprefix("+886")
    yield from (("ID number", number) for number in (one.id_number, *one.former_id_numbers, one.owner) if number)
    yield from (("mobile number", number) for number in (f"0{digits}", f"886{digits}", digits))
    yield from (("card number", number) for number in (one.card_number, f"{one.card_number[:4]}{one.card_number[4:]}"))
    yield from (("name", name) for name in (one.name, one.name_en) if len(name) > 1)
    yield from (("household number", row.household_number),) if row.household_number else ()
    yield "address of notices", address_of(one)
    yield from (("postal address", row.postal_address),) if row.postal_address else ()


def _plain(text: str) -> str:
    """Lower case, percent signs undone, and without what people put between digits and letters."""
    return re.sub(r"[\s\-()+_.*]", "", unquote_plus(text).lower())


def leaks(text: str) -> list[str]:
    """What of whom stands in a text, in any spelling; empty when nothing does."""
    plain = _plain(text)
    return sorted({what for secret, what in _secrets().items() if secret in plain})


def field_leaks(fields: Iterable[object]) -> list[str]:
    """Values that are the last four digits of a persona's card and nothing else; longer texts go to :func:`leaks`."""
    last4 = {one.card_number[-4:]: one.key for one in personas().values()}
    return [f"last four digits of {last4[str(value)]}" for value in fields if str(value) in last4]


def values(node: object) -> Iterator[object]:
    """All leaves of nested lists and mappings, keys too."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from values(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from values(value)
    else:
        yield node

"""One good row of a register file, to be spoilt."""

from __future__ import annotations

from nhi_express.members.schema import HEADER
from nhi_sandbox.identifiers import id_number

_GOOD = {
    "name": "陳美華",
    "birth_date": "1985-03-12",
    "sex": "F",
    "card_status": "valid",
    "card_issued": "2019-04-05",
    "household_number": "B1234567",
    "household_area": "臺中市西屯區何安里",
    "unit_code": "123456789",
    "unit_name": "好日子商行",
    "insured": "Y",
    "deceased": "N",
    "email": "someone@example.tw",
    "mobile": "0912345678",
    "postal_address": "臺中市西屯區好路1號",
}


def row(place: int = 0, /, **changes: str) -> list[str]:
    """A good row, another person for every ``place``, with some fields changed."""
    own = {"id_number": id_number("citizen", "B", False, place), "card_number": f"0000{place:08d}"}
    cells = {**dict.fromkeys(HEADER, ""), **_GOOD, **own, **changes}
    assert set(cells) == set(HEADER), "a column of that name does not exist"
    return [cells[name] for name in HEADER]

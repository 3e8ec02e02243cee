"""Generated insured people: any number of them, the same for the same seed, one at a time.

Row n depends only on the seed and on the rows before it, so a short file is the beginning of a long one.
No number is given twice, and none of a persona's is given at all.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import chain, repeat
from math import gcd
from random import Random
from typing import Final

from nhi_sandbox import names
from nhi_sandbox.identifiers import LETTERS, RESERVED_FROM, id_number
from nhi_sandbox.register import CARDS_RESERVED_FROM, RegisterRow
from nhi_sandbox.units import named_units

AS_OF: Final = date(2026, 11, 1)
"""The day on which the generated people have their ages; fixed, for the same rows on every day."""

PEOPLE: Final = len(LETTERS) * RESERVED_FROM
"""How many different bodies of ID numbers there are."""

_GROWN_UP: Final = "2006-01-01"

LIMIT: Final = CARDS_RESERVED_FROM
"""How many people can be generated with a card number of their own."""


class _Scatter:
    """Visits 0 … size-1 in an order that looks random, each once."""

    def __init__(self, random: Random, size: int) -> None:
        self._size, self._start = size, random.randrange(size)
        self._step = next(step for step in iter(lambda: random.randrange(1, size), None) if gcd(step, size) == 1)

    def __getitem__(self, index: int) -> int:
        return (self._start + index * self._step) % self._size


@cache
def _days(youngest: int, oldest: int) -> tuple[str, ...]:
    """Every birthday of people between these ages (years) on AS_OF."""
    last = AS_OF.replace(year=AS_OF.year - youngest)
    first = AS_OF.replace(year=AS_OF.year - oldest - 1) + timedelta(days=1)
    return tuple((first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1))


@cache
def _recent(years: int) -> tuple[str, ...]:
    return tuple((AS_OF - timedelta(days=n)).isoformat() for n in range(1, 365 * years))


def _pick(random: Random, choices: tuple[str, ...]) -> str:
    # random.choice() costs three times as much, and this runs ten times a row.
    return choices[int(random.random() * len(choices))]


def people(count: int, seed: int) -> Iterator[RegisterRow]:
    """Yield `count` people (0 to LIMIT) for this seed.

    About 93 % are citizens; the others have new UI numbers, a new one and a former legacy one, or a legacy one.
    Ages 8 to 98. Some lack a household number, have ended insurance, a void or lost card, or have died.
    Raises ValueError when asked for more people than there are card numbers.
    """
    if not 0 <= count <= LIMIT:
        raise ValueError(f"count must be between 0 and {LIMIT:,}")
    random = Random(seed)
    bodies, cards = _Scatter(random, PEOPLE), _Scatter(random, CARDS_RESERVED_FROM)
    for index in range(count):
        letter, body = divmod(bodies[index], RESERVED_FROM)
        card = f"0000{cards[index]:08d}"
        make = _citizen if random.random() < 0.93 else _foreigner
        yield make(random, LETTERS[letter], body, card)


def fit(row: RegisterRow) -> bool:
    """Whether somebody is grown up, alive, insured, and has all that a registration asks for."""
    proof = row.household_number or row.permit_issued
    return bool(proof and row.insured == "Y" and row.deceased == "N" and row.card_status == "valid") and (
        row.birth_date < _GROWN_UP
    )


def hired(rows: Iterable[RegisterRow], staff: int) -> Iterator[RegisterRow]:
    """The same people; the first `staff` that are fit work for the sandbox company, a tenth as many for the farm."""
    company, farm = named_units()["sandbox"], named_units()["neighbour"]
    places = chain(repeat(company, staff), repeat(farm, staff // 10))
    for row in rows:
        employer = next(places, None) if fit(row) else None
        yield row._replace(unit_code=employer.code, unit_name=employer.name) if employer else row


def _citizen(random: Random, letter: str, body: int, card: str) -> RegisterRow:
    male = random.random() < 0.5
    area = _pick(random, names.AREAS)
    household = "" if random.random() < 0.01 else f"{letter}{int(random.random() * 1e7):07d}"
    return _row(
        random,
        id_number=id_number("citizen", letter, male, body),
        name=_pick(random, names.RARE if random.random() < 0.05 else names.CHINESE),
        male=male,
        card=card,
        household=household,
        area=area if household else "",
    )


def _foreigner(random: Random, letter: str, body: int, card: str) -> RegisterRow:
    male, form = random.random() < 0.5, random.random()
    legacy = id_number("legacy", letter, male, body)
    return _row(
        random,
        id_number=legacy if form < 0.2 else id_number("ui", letter, male, body),
        former=legacy if 0.2 <= form < 0.35 else "",
        name=_pick(random, names.LATIN if random.random() < 0.7 else names.CHINESE),
        male=male,
        card=card,
        permit=_pick(random, _recent(3)),
    )


def _row(
    random: Random,
    *,
    id_number: str,
    name: str,
    male: bool,
    card: str,
    former: str = "",
    household: str = "",
    area: str = "",
    permit: str = "",
) -> RegisterRow:
    chance = random.random()
    insured, deceased = ("N" if chance < 0.02 else "Y"), ("Y" if chance < 0.005 else "N")
    unit_code, unit_name = names.UNITS[int(random.random() * len(names.UNITS))] if random.random() < 0.7 else ("", "")
    number = int(random.random() * 10_000_000)
    return RegisterRow(
        id_number,
        former,
        name,
        _pick(random, _days(8, 98)),
        "M" if male else "F",
        card,
        "valid" if chance > 0.05 else "void" if chance > 0.035 else "lost",
        _pick(random, _recent(7)),
        household,
        area,
        unit_code,
        unit_name,
        insured,
        deceased,
        f"member{number}@example.test" if chance < 0.4 else "",
        f"097{number:07d}" if chance > 0.3 else "",
        f"{area or names.AREAS[number % len(names.AREAS)]}示範路{number % 400 + 1}號",
        permit,
    )

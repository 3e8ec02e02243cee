"""Names, places and employers of generated people, combined from the lists in `data/names.toml`."""

import tomllib
from itertools import product
from pathlib import Path
from typing import Final

_LISTS: Final[dict[str, list[str]]] = tomllib.loads(
    (Path(__file__).parent / "data" / "names.toml").read_text(encoding="utf-8")
)


def _combine(first: str, second: str, between: str = "") -> tuple[str, ...]:
    return tuple(between.join(pair) for pair in product(_LISTS[first], _LISTS[second]))


CHINESE: Final = _combine("family", "given")
RARE: Final = _combine("family", "rare_given")
"""Names with characters that plain Big5 cannot hold."""
LATIN: Final = _combine("latin_given", "latin_family", " ")
AREAS: Final = tuple(_LISTS["areas"])
UNITS: Final = tuple((f"9{number:08d}", f"示範{name}") for number, name in enumerate(_combine("given", "trades"), 101))
"""Insured units: nine-digit code and name. The codes below are those of the named units."""

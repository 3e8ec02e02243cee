"""Making identity numbers that pass the public checksum (national ID, new and legacy UI number)."""

from typing import Final, Literal

Form = Literal["citizen", "ui", "legacy"]

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LETTER_VALUES: Final[dict[str, int]] = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))
"""Two-digit value of each letter: alphabetical except that W, Z, I and O come last."""

SECOND: Final[dict[Form, tuple[str, str]]] = {"citizen": ("1", "2"), "ui": ("8", "9"), "legacy": ("A", "B")}
"""Second character of a man's and of a woman's number in each form."""

BODIES: Final = 10_000_000
"""How many seven-digit bodies there are between the second character and the check digit."""

RESERVED_FROM: Final = 9_900_000
"""Bodies from here on belong to the named personas; generated people stay below, so the two never meet."""


def _weigh(number: int, weights: tuple[int, ...]) -> int:
    digits = f"{number:0{len(weights)}d}"
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


# A body is weighed by two look-ups instead of seven multiplications: a million rows pass through here.
_HIGH: Final = [_weigh(number, (7, 6, 5)) for number in range(1_000)]
_LOW: Final = [_weigh(number, (4, 3, 2, 1)) for number in range(10_000)]


def _weigh_prefix(letter: str, second: str) -> int:
    tens, units = divmod(LETTER_VALUES[letter], 10)
    value = int(second) if second.isdigit() else LETTER_VALUES[second] % 10
    return tens + 9 * units + 8 * value


_PREFIXES: Final = {
    (letter, second): _weigh_prefix(letter, second) for letter in LETTERS for pair in SECOND.values() for second in pair
}


def id_number(form: Form, letter: str, male: bool, body: int) -> str:
    """The ten-character number of this form with `body` (0 to 9,999,999) and its right check digit.

    Weights 1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1; a number is right when the weighted sum is a multiple of ten.
    """
    second = SECOND[form][0 if male else 1]
    total = _PREFIXES[letter, second] + _HIGH[body // 10_000] + _LOW[body % 10_000]
    return f"{letter}{second}{body:07d}{-total % 10}"


def tax_id(body: int) -> str:
    """The 統一編號 with these seven digits (0 to 9,999,999) and a check digit that is right by the rule of 2023.

    Weights 1, 2, 1, 2, 1, 2, 4, 1, the digits of each product added up; right when the sum is a multiple of five, or
    one more is, where the seventh digit is 7. About half of these numbers were wrong by the rule before, of ten.
    """
    products = (int(digit) * weight for digit, weight in zip(f"{body:07d}", (1, 2, 1, 2, 1, 2, 4), strict=True))
    return f"{body:07d}{-sum(product // 10 + product % 10 for product in products) % 5}"

"""Everything the sandbox knows at one moment, in one object: lines, operators, codes, tokens, mail."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Generic, TypeVar

from joserfc.jwk import ECKey

from nhi_sandbox.cards.desk import CardDesk
from nhi_sandbox.cards.issuer import CardIssuer
from nhi_sandbox.inbox import Inbox
from nhi_sandbox.lines import Line, Operator, operators
from nhi_sandbox.personas import personas
from nhi_sandbox.site_keys import SiteKeys

Value = TypeVar("Value")

CODE_SECONDS: Final = 60
TOKEN_SECONDS: Final = 300
ASSERTION_SECONDS: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Who the site is, and where the sandbox stands.

    `browser_base` is the sandbox's address as browsers see it, `back_base` as the site's server does; `letters` is the
    folder in which the site prints for its mail house.
    """

    client_id: str
    redirect_uri: str
    site_jwks_uri: str
    browser_base: str
    back_base: str
    letters: Path | None = None

    def issuer(self, operator: str) -> str:
        """The issuer name of an operator."""
        return f"{self.browser_base}/op/{operator}"

    def api_root(self, operator: str) -> str:
        """Where the site's server reaches an operator."""
        return f"{self.back_base}/op/{operator}"

    def token_endpoint(self, operator: str) -> str:
        """An operator's token endpoint."""
        return f"{self.api_root(operator)}/token"


class ShortLived(Generic[Value]):
    """Values by key that are forgotten `seconds` after they were put in."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds, self._clock = seconds, clock
        self._values: dict[str, tuple[float, Value]] = {}

    def put(self, key: str, value: Value) -> None:
        """Keep `value`; drops what has died, so that memory stays bounded."""
        now = self._clock()
        while self._values and (oldest := next(iter(self._values.items())))[1][0] <= now:
            del self._values[oldest[0]]
        self._values[key] = (now + self._seconds, value)

    def get(self, key: str) -> Value | None:
        """The living value under `key`, or None."""
        dies, value = self._values.get(key, (0.0, None))
        return value if dies > self._clock() else None

    def drop(self, key: str) -> None:
        """Forget `key`, known or not."""
        self._values.pop(key, None)


@dataclass(slots=True, kw_only=True)
class Grant:
    """What an access token stands for."""

    operator: str
    line: Line
    scopes: frozenset[str]


@dataclass(slots=True, kw_only=True)
class Code:
    """What an authorization code stands for; `token` is the access token it was exchanged for, once it was."""

    grant: Grant
    redirect_uri: str
    challenge: str
    nonce: str
    issued: int
    token: str = ""


@dataclass(kw_only=True)
class World:
    """The sandbox's whole state; `clock` gives the seconds since the epoch."""

    settings: Settings
    clock: Callable[[], float] = time.time
    lines: dict[str, Line] = field(init=False)
    operators: dict[str, Operator] = field(init=False)
    inbox: Inbox = field(default_factory=Inbox)
    card_desk: CardDesk = field(default_factory=CardDesk)
    card_issuer: CardIssuer = field(default_factory=CardIssuer)
    codes: ShortLived[Code] = field(init=False)
    grants: ShortLived[Grant] = field(init=False)
    assertions_seen: ShortLived[bool] = field(init=False)

    def __post_init__(self) -> None:
        self.site_keys = SiteKeys(self.settings.site_jwks_uri)
        self.signing_keys = {code: ECKey.generate_key("P-256", {"kid": code}) for code in operators()}
        self.pairwise_secret = secrets.token_bytes(32)
        self.reset()

    def reset(self) -> None:
        """Back to the beginning: the personas' lines, no faults, no mail, no codes or tokens, one empty card reader."""
        self.lines = {person.phone: person.line() for person in personas().values()}
        self.operators = operators()
        self.inbox.clear()
        self.card_desk.reset()
        self.card_issuer.reset()
        self.codes = ShortLived(CODE_SECONDS, self.clock)
        self.grants = ShortLived(TOKEN_SECONDS, self.clock)
        self.assertions_seen = ShortLived(ASSERTION_SECONDS, self.clock)

    def serving(self, line: Line) -> Operator:
        """The operator that serves this line today: its own, or that one's successor."""
        own = self.operators[line.operator]
        return self.operators[own.successor] if own.successor else own

    def find_line(self, number_or_persona: str) -> Line | None:
        """The line with this number (+886…), or this persona's."""
        person = personas().get(number_or_persona)
        return self.lines.get(person.phone if person else number_or_persona)

    def listed_operators(self) -> list[dict[str, object]]:
        """The operators as the site is told of them (its `operators.json`)."""
        return [
            {
                "code": operator.code,
                "name_zh": operator.name_zh,
                "name_en": operator.name_en,
                "kind": operator.kind,
                "issuer": self.settings.issuer(operator.code),
                "token_endpoint": self.settings.token_endpoint(operator.code),
                "api_root": self.settings.api_root(operator.code),
                "valid_from": operator.valid_from,
                "valid_to": operator.valid_to,
                "successor": operator.successor,
            }
            for operator in self.operators.values()
            if operator.listed
        ]

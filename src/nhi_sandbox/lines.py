"""Mobile lines, the operators that serve them, and the ways in which both can fail."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

Network = Literal["mobile", "wifi", "vpn"]
Kind = Literal["postpaid", "prepaid", "company", "parent_child", "mvno", "suspended", "ended", "unknown"]
FaultKind = Literal["none", "error500", "garbage", "hang", "slow", "down"]

NETWORKS: Final[tuple[Network, ...]] = ("mobile", "wifi", "vpn")
KINDS: Final[tuple[Kind, ...]] = (
    "postpaid",
    "prepaid",
    "company",
    "parent_child",
    "mvno",
    "suspended",
    "ended",
    "unknown",
)
FAULTS: Final[dict[FaultKind, float]] = {
    "none": 0,
    "error500": 0,
    "garbage": 0,
    "hang": 30,
    "slow": 2,
    "down": 0,
}
"""Kinds of fault, and for how many seconds each holds an answer back unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Fault:
    """How something fails; `delay` in seconds, None for the kind's own."""

    kind: FaultKind = "none"
    delay: float | None = None

    @property
    def seconds(self) -> float:
        """How long the answer is held back."""
        return FAULTS[self.kind] if self.delay is None else self.delay


@dataclass(slots=True, kw_only=True)
class Line:
    """A mobile number with its contract, as its operator knows it.

    `services` are the states of incoming voice, outgoing voice and data where they differ from the kind's own;
    `sim_changed_hours` is how long ago the SIM was changed.
    """

    msisdn: str
    id_document: str
    operator: str
    kind: Kind = "postpaid"
    since: date = date(2015, 1, 1)
    birth_date: date | None = None
    services: tuple[str, ...] = ()
    sim_changed_hours: int | None = None
    fault: Fault = field(default_factory=Fault)

    def __post_init__(self) -> None:
        self.services = self.services or (("suspended" if self.kind == "suspended" else "active"),) * 3


@dataclass(slots=True, kw_only=True)
class Operator:
    """A mobile operator. `listed` ones are told to the site; a merged one is served by its `successor`."""

    code: str
    name_zh: str
    name_en: str
    kind: Literal["mno", "mvno"] = "mno"
    valid_from: str = "1997-01-01"
    valid_to: str | None = None
    successor: str | None = None
    listed: bool = True
    fault: Fault = field(default_factory=Fault)


_OPERATORS: Final = (
    Operator(code="cht", name_zh="中華電信", name_en="Chunghwa Telecom"),
    Operator(code="twm", name_zh="台灣大哥大", name_en="Taiwan Mobile"),
    Operator(code="fet", name_zh="遠傳電信", name_en="Far EasTone"),
    Operator(code="apt", name_zh="亞太電信", name_en="Asia Pacific Telecom", valid_to="2023-12-14", successor="fet"),
    Operator(code="tstar", name_zh="台灣之星", name_en="Taiwan Star", valid_to="2023-11-30", successor="twm"),
    Operator(code="mvno", name_zh="沙盒虛擬電信", name_en="Sandbox Virtual Mobile", kind="mvno"),
    Operator(code="other", name_zh="名單外電信", name_en="Unlisted Telecom", listed=False),
)


def operators() -> dict[str, Operator]:
    """The sandbox's operators by code, all of them working, new on every call."""
    return {operator.code: replace(operator, fault=Fault()) for operator in _OPERATORS}

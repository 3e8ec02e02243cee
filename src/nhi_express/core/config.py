"""All settings of an installation, read once from the environment into one typed object.

Every field is read from ``NHI_<NAME IN CAPITALS>``. ``docs/operate.md`` is generated from the table below, so the
text in ``doc`` is what an operator reads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, cast
from urllib.parse import urlsplit

Environment = Literal["production", "demo", "test"]


class UnsafeSettings(Exception):
    """The settings would start an unsafe or unusable installation. The message lists each fault, one a line."""


Value = TypeVar("Value")


def _setting(default: Value, doc: str, *, maximum: int | None = None, minimum: int | None = None) -> Value:
    return field(default=default, metadata={"doc": doc, "maximum": maximum, "minimum": minimum})


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one installation. Times carry their unit in their name."""

    env: Environment = _setting("production", "`production`, `demo` or `test`. Only production refuses unsafe values.")
    secret_key: str = _setting("", "Django's signing key, at least 50 random characters.")
    site_url: str = _setting("http://app.localhost:8000", "Address of the site as members' browsers see it.")
    database_url: str = _setting(
        "sqlite:///var/nhi.sqlite3", "`sqlite:///FILE` or `postgresql://…` (any libpq address)."
    )
    database_pool: int = _setting(8, "Connections kept per process (PostgreSQL).", minimum=1, maximum=200)
    keys_dir: Path = _setting(Path("var/keys"), "Folder of the Tink keysets; outside the database and its back-ups.")
    sandbox: bool = _setting(False, "Talk to the sandbox instead of the operators. Refused in production.")
    gallery: bool = _setting(False, "Show `/gallery/`, every page in every state. Refused in production.")
    client_id: str = _setting("nhi-express", "Our client id at the operators' gateway.")
    gateway_url: str = _setting("", "The mobile gateway's authorization endpoint; empty closes the mobile channel.")
    gateway_issuer: str = _setting("", "The gateway's issuer identifier (RFC 9207), seen when no operator was found.")
    operator_origins: str = _setting(
        "", "Origins of operators' pages that the gateway leads through, separated by spaces: the pages' form policy."
    )
    operator_timeout_seconds: int = _setting(5, "Longest wait for one answer of an operator.", minimum=1, maximum=20)
    operator_deadline_seconds: int = _setting(12, "Longest wait for all answers together.", minimum=2, maximum=40)
    sim_swap_hours: int = _setting(72, "A SIM changed within so many hours is not accepted.", minimum=1, maximum=2400)
    unknown_contract: Literal["refuse", "accept"] = _setting(
        "refuse", "What to do when an operator does not say what kind of contract a line has."
    )
    card_authentication: Literal["required", "preferred"] = _setting(
        "required", "Whether an NHI card must answer its issuer's challenge. `preferred` takes copied card data too."
    )
    card_issuer_url: str = _setting("", "The card issuer's authentication service; empty closes the card channel.")
    card_issuer_token: str = _setting("", "What we show to the card issuer's service.")
    card_agent_url: str = _setting("http://127.0.0.1:46464", "Where the card component answers on members' computers.")
    card_agent_version: str = _setting("1.0.0", "The oldest card component that the portal works with.")
    card_agent_files: str = _setting("", "Folder of the component's released files, for the download page.")
    attempt_minutes: int = _setting(5, "Life of a mobile attempt, in each of its steps.", minimum=1, maximum=5)
    challenge_seconds: int = _setting(300, "Life of a challenge that a phone must sign.", minimum=30, maximum=300)
    email_code_hours: int = _setting(24, "Life of a mailed code.", minimum=1, maximum=24)
    app_idle_minutes: int = _setting(60, "The app signs out after so long without use.", minimum=1, maximum=60)
    app_session_hours: int = _setting(24, "The app signs out after so long in any case.", minimum=1, maximum=24)
    portal_idle_minutes: int = _setting(15, "The portal signs out after so long without use.", minimum=1, maximum=15)
    portal_session_hours: int = _setting(12, "The portal signs out after so long in any case.", minimum=1, maximum=12)
    staff_idle_minutes: int = _setting(15, "Staff are signed out after so long without use.", minimum=1, maximum=15)
    staff_session_hours: int = _setting(8, "Staff are signed out after so long in any case.", minimum=1, maximum=8)
    staff_code_hours: int = _setting(24, "Life of a new staff account's first-time code.", minimum=1, maximum=72)
    case_minutes: int = _setting(30, "A counter's case is closed after so long without an act.", minimum=5, maximum=120)
    screen_seconds: int = _setting(
        120, "A visitor's screen forgets its case after so long without a touch.", minimum=30, maximum=600
    )
    device_code_minutes: int = _setting(5, "Life of a device code and of its QR.", minimum=1, maximum=10)
    activation_days: int = _setting(21, "Life of an activation code sent by post.", minimum=1, maximum=30)
    invitation_days: int = _setting(
        90, "A unit's invitation ends after so long, and what it began with it.", minimum=7, maximum=365
    )
    letter_sender: str = _setting("NHI Express", "Who letters come from, as printed on them: the insurer's name.")
    unit_file_days: int = _setting(30, "A unit's uploaded list is removed after so long.", minimum=1, maximum=90)
    unit_file_megabytes: int = _setting(32, "Largest list that a unit may upload.", minimum=1, maximum=64)
    unit_rows: int = _setting(200_000, "Most rows of one list.", minimum=1, maximum=200_000)
    devices_per_member: int = _setting(5, "Active phones a member may have.", minimum=1, maximum=20)
    places_file: Path = _setting(
        Path("var/places.csv"), "Newer table of places (`nhi-express members places`); without it our own is used."
    )
    log_months: int = _setting(24, "The audit log is kept so long.", minimum=6, maximum=120)
    smtp_url: str = _setting("smtp://127.0.0.1:25", "Mail relay: `smtp://` or `smtps://`, with user and password.")
    mail_from: str = _setting("no-reply@localhost", "Sender of notices.")
    trusted_proxies: int = _setting(0, "Reverse proxies in front whose headers are believed.", minimum=0, maximum=5)
    log_level: str = _setting("INFO", "Python log level.")

    @property
    def production(self) -> bool:
        """Whether unsafe values are refused."""
        return self.env == "production"

    @property
    def site_host(self) -> str:
        """Host name of the site: the WebAuthn relying party id."""
        return urlsplit(self.site_url).hostname or ""

    @property
    def secure(self) -> bool:
        """Whether members' browsers reach the site over TLS."""
        return self.site_url.startswith("https://")


def _convert(item: Field[Any], text: str) -> object:
    converters: Mapping[str, Callable[[str], object]] = {
        "bool": lambda value: value.strip().lower() in {"1", "true", "yes", "on"},
        "int": int,
        "Path": Path,
    }
    try:
        return converters.get(str(item.type), str)(text)
    except ValueError as error:
        raise UnsafeSettings(f"NHI_{item.name.upper()} must be of type {item.type}") from error


def read(environ: Mapping[str, str]) -> Config:
    """Read a :class:`Config` from ``environ`` and check it.

    Raises :class:`UnsafeSettings` when a value has the wrong type, lies outside its limits, or is unsafe in production.
    """
    given = {
        item.name: _convert(item, environ[f"NHI_{item.name.upper()}"])
        for item in fields(Config)
        if f"NHI_{item.name.upper()}" in environ
    }
    config = Config(**cast(dict[str, Any], given))
    faults = [*_limit_faults(config), *(_production_faults(config) if config.production else [])]
    if faults:
        raise UnsafeSettings("\n".join(faults))
    return config


def _limit_faults(config: Config) -> list[str]:
    faults = []
    for item in fields(Config):
        value, low, high = getattr(config, item.name), item.metadata["minimum"], item.metadata["maximum"]
        if (low is not None and value < low) or (high is not None and value > high):
            faults.append(f"NHI_{item.name.upper()} must be from {low} to {high}, not {value}")
    if config.env not in {"production", "demo", "test"}:
        faults.append("NHI_ENV must be production, demo or test")
    return faults


def _production_faults(config: Config) -> list[str]:
    checks = {
        "NHI_SECRET_KEY must hold at least 50 characters": len(config.secret_key) >= 50,
        "NHI_SITE_URL must begin with https://": config.secure,
        "NHI_SANDBOX must be off in production: it invents people and operators": not config.sandbox,
        "NHI_GALLERY must be off in production": not config.gallery,
        "NHI_KEYS_DIR must be an absolute path": config.keys_dir.is_absolute(),
        "NHI_GATEWAY_URL must begin with https://": config.gateway_url.startswith("https://") or not config.gateway_url,
        "NHI_CARD_ISSUER_URL must begin with https://": config.card_issuer_url.startswith("https://")
        or not config.card_issuer_url,
    }
    return [fault for fault, holds in checks.items() if not holds]


@cache
def config() -> Config:
    """The settings of this process."""
    return read(os.environ)


def table() -> str:
    """The settings as a Markdown table, for docs/operate.md."""
    lines = ["| setting | default | limits | meaning |", "|---|---|---|---|"]
    for item in fields(Config):
        low, high = item.metadata["minimum"], item.metadata["maximum"]
        limits = f"{low}–{high}" if low is not None else ""
        default = f"`{item.default}`" if str(item.default) else ""
        lines.append(f"| `NHI_{item.name.upper()}` | {default} | {limits} | {item.metadata['doc']} |")
    return "\n".join(lines)

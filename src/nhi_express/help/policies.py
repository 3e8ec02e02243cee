"""The site's policies: privacy, information security, copyright (seed Q1, foot of the portal's pages).

Their figures are those of this installation's settings, so that a policy never promises what the site does not do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from nhi_express.core.config import config
from nhi_express.core.lifetimes import Lifetime, lifetime
from nhi_express.core.limits import Limit
from nhi_express.help import prose

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Text

# The settings that the texts may name, and the lifetimes that may be changed while the site runs.
_SETTINGS = (
    "attempt_minutes",
    "app_idle_minutes",
    "app_session_hours",
    "portal_idle_minutes",
    "portal_session_hours",
    "devices_per_member",
    "log_months",
)
_LIFETIMES: tuple[Lifetime, ...] = ("device_code_minutes", "email_code_hours")


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy. ``name`` is that of its address and of its files; ``changed`` the day of its present words."""

    name: str
    title: Text
    changed: date

    def text(self, language: str) -> str:
        """The words in ``language``, with the figures of this installation."""
        return prose.words(self.name, language).format_map(figures())

    def html(self, language: str) -> SafeString:
        """The same as headings (from ``<h2>``), paragraphs and lists."""
        return prose.rendered(self.text(language))


def figures() -> dict[str, int]:
    """What the texts say in figures, by the names that stand in them."""
    wrong, codes = Limit.PORTAL_PASSWORD.value, Limit.DEVICE_CODE.value
    pause = int(wrong.lock.total_seconds() // 60)
    limits = {"tries": wrong.tries, "pause_minutes": pause, "code_tries": codes.tries}
    settings = {name: getattr(config(), name) for name in _SETTINGS}
    return settings | {name: lifetime(name) for name in _LIFETIMES} | limits


_ALL = (
    Policy("privacy", _("Privacy policy"), date(2026, 11, 24)),
    Policy("security-policy", _("Information security policy"), date(2026, 11, 24)),
    Policy("copyright", _("Copyright"), date(2026, 11, 24)),
)
POLICIES = MappingProxyType({policy.name: policy for policy in _ALL})

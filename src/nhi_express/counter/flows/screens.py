"""The visitor's screen beside a desk: there the visitor reads the terms, types their own password, and sees the QR.

The clerk never sees or sets a password. A screen shows a number; the clerk types it into the case, so that the two in
front of the same desk are meant. It serves one case, and forgets it when the case ends or the visitor walks away. While
a code for the visitor's phone stands on it, the visitor is busy with the phone: it waits for as long as the code lives.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from django.db import IntegrityError, transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, randomness
from nhi_express.core.config import config
from nhi_express.core.encoding import fingerprint
from nhi_express.counter.flows.cases import AtDesk, forget_code
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.models import Case, Office, Screen
from nhi_express.counter.rules import CaseState, in_networks
from nhi_express.devices.models import DeviceCode
from nhi_express.enrolment.rules import Channel
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused

_DIGITS, _TRIES = 6, 5
# A screen that nobody pairs is put away, so that its number is free again.
_UNPAIRED = timedelta(hours=12)


def begin(source: str) -> tuple[Screen, str]:
    """Make this browser a visitor's screen. Returns it and the secret for its cookie.

    Raises :class:`Refused` outside every office's network.
    """
    office = next((one for one in Office.objects.filter(closed_at=None) if in_networks(source, one.networks)), None)
    if office is None:
        raise Refused(Problem.WRONG_NETWORK)
    secret = randomness.token(256)
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                return _new(office, secret), secret
        except IntegrityError:
            continue
    raise Refused(Problem.SERVER_ERROR)


def _new(office: Office, secret: str) -> Screen:
    now = clock.now()
    number = randomness.digits(_DIGITS)
    return Screen.objects.create(digest=fingerprint(secret), office=office, number=number, made_at=now, seen_at=now)


def of(secret: str) -> Screen | None:
    """The screen of a cookie, or None when it was put away; one whose visitor walked away loses its case."""
    screen = Screen.objects.select_related("case", "office").filter(digest=fingerprint(secret)).first()
    if screen is not None and screen.case is not None and _walked_away(screen):
        put_away(screen)
        return None
    return screen


def _walked_away(screen: Screen) -> bool:
    now = clock.now()
    return _touch_ends(screen) < now and _code_ends(screen) < now


def _touch_ends(screen: Screen) -> datetime:
    return screen.seen_at + timedelta(seconds=config().screen_seconds)


def _code_ends(screen: Screen) -> datetime:
    """Until when the code lives that was made on this screen, bound or not; without one, the last touch."""
    case = screen.case
    if case is None or case.attempt is None:
        return screen.seen_at
    made = DeviceCode.objects.filter(registration__member=case.member, channel=Channel.COUNTER)
    return made.values_list("until", flat=True).first() or screen.seen_at


def seconds_left(screen: Screen | None) -> int:
    """So long a screen still shows its case when nobody touches it; rounded up, as its page leaves no sooner."""
    if screen is None:
        return 0
    return ceil((max(_touch_ends(screen), _code_ends(screen)) - clock.now()).total_seconds())


def touched(screen: Screen) -> None:
    """Somebody is at the screen: its time begins anew."""
    Screen.objects.filter(pk=screen.pk).update(seen_at=clock.now())


def put_away(screen: Screen) -> None:
    """Part a screen from its case, and forget it: the browser begins anew with another number, and a code that it still
    shows is good for nothing."""
    with transaction.atomic():
        if Screen.objects.filter(pk=screen.pk).delete()[0] and screen.case is not None:
            forget_code(screen.case)
            record(Event.SCREEN_PARTED, _about(screen.case), "system", case=str(screen.case_id))


def _about(case: Case) -> About:
    return About(case.member, case.registration)


def pair(at: AtDesk, on_duty: OnDuty, number: str) -> None:
    """Give the screen that shows ``number`` to this case, in place of any earlier one.

    Raises :class:`Refused`: no screen of this office shows it, or it was paired a moment ago.
    """
    with transaction.atomic():
        if Screen.objects.filter(case=at.case).delete()[0]:
            forget_code(at.case)
        waiting = Screen.objects.filter(office=on_duty.office, number=number, case=None)
        still_open = Case.objects.filter(pk=at.case.pk, state=CaseState.OPEN).exists()
        if not still_open or not waiting.update(case=at.case, seen_at=clock.now()):
            raise Refused(Problem.SCREEN_UNKNOWN)
        record(Event.SCREEN_PAIRED, at.about, on_duty.actor, staff=on_duty.who, case=str(at.case.id))


def beside(case: Case) -> Screen | None:
    """The screen that shows a case, or None: none was paired, or its visitor walked away."""
    screen = Screen.objects.select_related("case").filter(case=case).first()
    if screen is not None and _walked_away(screen):
        put_away(screen)
        return None
    return screen


def case_on(screen: Screen | None) -> Case:
    """The open case that a screen shows. Raises :class:`Refused` when it shows none (any longer)."""
    if screen is None or screen.case is None or screen.case.state != CaseState.OPEN:
        raise Refused(Problem.SCREEN_PARTED)
    return screen.case


def forget_old() -> int:
    """Remove screens that nobody uses. Returns how many."""
    now = clock.now()
    unpaired = Screen.objects.filter(case=None, seen_at__lt=now - _UNPAIRED).delete()[0]
    walked = now - timedelta(seconds=config().screen_seconds)
    untouched = Screen.objects.select_related("case").exclude(case=None).filter(seen_at__lt=walked)
    left = [screen for screen in untouched if _walked_away(screen)]
    for screen in left:
        put_away(screen)
    return unpaired + len(left)

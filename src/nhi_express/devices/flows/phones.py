"""The phones of a member: listed, renamed, disabled, enabled, deleted."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import Actor, record
from nhi_express.core import clock
from nhi_express.core.config import config
from nhi_express.core.vault import vault
from nhi_express.devices.models import Device, DeviceCode, Session
from nhi_express.devices.rules import (
    DeviceState,
    may_become,
)
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration


def active_phones(registration: Registration) -> QuerySet[Device]:
    """The phones that count against the limit, oldest first."""
    return Device.objects.filter(registration=registration, state=DeviceState.ACTIVE).order_by("bound_at")


def phones(registration: Registration) -> list[Device]:
    """The phones a member sees: all but deleted ones, newest first."""
    shown = Device.objects.filter(registration=registration).exclude(state=DeviceState.DELETED)
    return list(shown.order_by("-bound_at"))


def change_state(registration: Registration, device_id: UUID, wanted: DeviceState, reason: str) -> None:
    """Disable, enable or delete one of a member's phones.

    Raises :class:`Refused`: no such phone of theirs, or it cannot go there, or too many would be active.
    """
    with transaction.atomic():
        move(registration, device_id, wanted, reason)


ACTS = ("rename", "disable", "enable", "delete")
_WANTED = {"disable": DeviceState.DISABLED, "enable": DeviceState.ACTIVE, "delete": DeviceState.DELETED}


def act_on(registration: Registration, device_id: UUID, act: str, name: str = "") -> None:
    """Do one of :data:`ACTS` to a phone, by its owner's own wish; ``name`` is for renaming. Raises :class:`Refused`."""
    if act == "rename":
        rename(registration, device_id, name)
    else:
        change_state(registration, device_id, _WANTED[act], "own_wish")


def phone_of(registration: Registration, device_id: UUID) -> Device:
    """One of the phones that a member sees. Raises :class:`Refused` for any other."""
    for device in phones(registration):
        if device.pk == device_id:
            return device
    raise Refused(Problem.NOT_FOUND)


def described(device: Device) -> dict[str, object]:
    """A phone as the lists of phones show it."""
    names = ("id", "platform", "model", "identifier", "bound_at", "used_at", "state", "synced")
    return {"name": name_of(device), **{name: getattr(device, name) for name in names}}


def move(registration: Registration, device_id: UUID, wanted: DeviceState, reason: str) -> None:
    """:func:`change_state` within the caller's transaction."""
    # The registration's row is locked first, so that two acts at once cannot pass the limit together.
    Registration.objects.select_for_update().get(pk=registration.pk)
    device = Device.objects.filter(registration=registration, pk=device_id).first()
    if device is None or not may_become(DeviceState(device.state), wanted):
        raise Refused(Problem.NOT_FOUND)
    if wanted == DeviceState.ACTIVE and active_phones(registration).count() >= config().devices_per_member:
        raise Refused(Problem.TOO_MANY_DEVICES)
    device.state, device.reason, device.state_at = wanted, reason, clock.now()
    device.save(update_fields=["state", "reason", "state_at"])
    Session.objects.filter(device=device).delete()
    record(_EVENTS[wanted], accounts.about(registration), device=str(device.id), reason=reason)
    accounts.tell(registration, f"devices/{wanted.value}", {"model": device.model, "identifier": device.identifier})


def end_all(registration: Registration, reason: str, actor: Actor) -> None:
    """Delete every phone and the code of a registration, within the caller's transaction; the member is told."""
    # As in move(): so that none is bound or changed beside it, and nobody waits for the other.
    Registration.objects.select_for_update().get(pk=registration.pk)
    DeviceCode.objects.filter(registration=registration).delete()
    left = Device.objects.filter(registration=registration).exclude(state=DeviceState.DELETED)
    ended = list(left.select_for_update().order_by("bound_at"))
    for device in ended:
        device.state, device.reason, device.state_at = DeviceState.DELETED, reason, clock.now()
        device.save(update_fields=["state", "reason", "state_at"])
        record(Event.DEVICE_DELETED, accounts.about(registration), actor, device=str(device.id), reason=reason)
    Session.objects.filter(device__registration=registration).delete()
    if ended:
        accounts.tell(registration, "devices/all_deleted", {"models": ", ".join(device.model for device in ended)})


_EVENTS = {
    DeviceState.ACTIVE: Event.DEVICE_ENABLED,
    DeviceState.DISABLED: Event.DEVICE_DISABLED,
    DeviceState.DELETED: Event.DEVICE_DELETED,
}


def rename(registration: Registration, device_id: UUID, name: str) -> None:
    """Give a phone a name its owner recognises; an empty one takes it away. Raises :class:`Refused`."""
    sealed = vault().seal(name.encode(), f"devices.name:{device_id}") if name else b""
    with transaction.atomic():
        shown = Device.objects.filter(registration=registration, pk=device_id).exclude(state=DeviceState.DELETED)
        if not shown.update(sealed_name=sealed):
            raise Refused(Problem.NOT_FOUND)
        record(Event.DEVICE_RENAMED, accounts.about(registration), device=str(device_id))


def name_of(device: Device) -> str:
    """The name its owner gave a phone, or an empty string."""
    return vault().open(device.sealed_name, f"devices.name:{device.id}").decode() if device.sealed_name else ""

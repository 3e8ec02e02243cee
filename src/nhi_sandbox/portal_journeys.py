"""Every journey of 健保卡網路服務註冊: at the computer with the card, and on the phone with the code."""

from typing import Final

from nhi_sandbox.computer import Computer
from nhi_sandbox.member_phone import MemberPhone
from nhi_sandbox.personas import Persona, personas
from nhi_sandbox.place import Journey, Place, Planned

_PASSWORD, _ANOTHER = "a kettle on the stove", "a lamp by the window"


def _address(person: Persona, which: str = "") -> str:
    return f"{person.key}{which}@mail.example.org"


def _registered(computer: Computer, place: Place, person: Persona) -> Computer:
    """From 管理作業要點 to 完成註冊."""
    computer.apply(person, _address(person), _PASSWORD)
    return computer.type_code(place.mailed_code(_address(person)))


def _told(computer: Computer) -> str:
    return computer.code or f"at {computer.path}"


def _citizen(place: Place, person: Persona) -> str:
    """Registers; a wrong code and a replaced one are refused; signs in; binds a phone by the QR, once."""
    with place.computer() as computer:
        computer.apply(person, _address(person), _PASSWORD)
        first = place.mailed_code(_address(person))
        wrong = computer.type_code("00000000" if first != "00000000" else "11111111").code
        computer.send("/portal/register/confirm", act="resend")
        second = place.mailed_code(_address(person), but=first)
        old = computer.type_code(first).code
        computer.type_code(second)
        if (wrong, old, computer.path) != ("I-06", "I-06", "/portal/register/done"):
            return f"wrong code {wrong}, old code {old}, then {_told(computer)}"
        return _binds_by_qr(place, computer, person)


def _binds_by_qr(place: Place, computer: Computer, person: Persona) -> str:
    if computer.sign_in(person, _PASSWORD).path != "/portal/":
        return _told(computer)
    _, link = computer.device_code()
    with place.phone() as phone:
        refused = phone.scan(link)
        if refused:
            return refused
        if computer.code_state()["state"] != "claimed":
            return "the computer did not see the phone"
        if phone.say_yes().path != "/app/bind/code/done":
            return phone.code or f"at {phone.path}"
        state = computer.code_state()
        if state["state"] != "bound" or phone.open("/app/health-bank/").path != "/app/health-bank/":
            return f"{state['state']}, {phone.path}"
    with place.phone() as other:
        reused = other.scan(link)
    return "bound" if reused == "V-03" else f"a used code said {reused or 'nothing'}"


def _foreign(place: Place, person: Persona) -> str:
    """Registers with card and residence permit; binds a phone by typing; says it is not theirs."""
    with place.computer() as computer, place.phone(passkeys=False) as phone:
        if _registered(computer, place, person).path != "/portal/register/done":
            return _told(computer)
        computer.sign_in(person, _PASSWORD)
        code, _ = computer.device_code()
        wrong = phone.type_code(person.id_number, "0000-0000")
        if phone.type_code(person.id_number.lower(), code.lower()) or wrong != "V-01":
            return f"wrong code {wrong}, right code {phone.code}"
        phone.say_yes()
        bound = computer.code_state()
        if bound["state"] != "bound":
            return f"{bound['state']}, phone at {phone.path} {phone.code}"
        computer.send("/portal/device-code/disown", device=bound["phone"]["id"])
        return "bound, then removed" if phone.open("/app/health-bank/").path != "/app/health-bank/" else "still bound"


def _swapped(place: Place, person: Persona) -> str:
    """Shows the own card, then puts in somebody else's."""
    with place.computer() as computer:
        computer.to_card().show_card(person)
        return computer.prove(person, card_of=personas()["hard_name"]).code


def _copied(place: Place, person: Persona) -> str:
    with place.computer() as computer:
        return computer.to_card().show_card(person, "copied").code


def _void(place: Place, person: Persona) -> str:
    with place.computer() as computer:
        return computer.to_card().show_card(person, "void").code


def _wrong_household(place: Place, person: Persona) -> str:
    """A wrong household number is refused; the right one then does."""
    with place.computer() as computer:
        code = computer.to_card().show_card(person).prove(person, household="Z9999999").code
        computer.prove(person)
        return code if computer.path == "/portal/register/account" else f"{code}, then {_told(computer)}"


def _not_registered(place: Place, person: Persona) -> str:
    with place.computer() as computer:
        return computer.sign_in(person, _PASSWORD).code


def _forgot(place: Place, person: Persona) -> str:
    """Proves again, sets a new password by a mailed code; the old one fails."""
    with place.computer() as computer:
        _registered(computer, place, person)
        before = place.mailed_code(_address(person))
        computer.recover("forgot", person)
        code = place.mailed_code(_address(person), but=before)
        computer.send("/portal/forgot/code", code=code, password=_ANOTHER)
        old = computer.sign_in(person, _PASSWORD).code
        computer.sign_in(person, _ANOTHER)
        signed = "/portal/sign-out" in computer.page.text
        return f"{old}, then signed in" if signed else f"{old}, then {_told(computer)}"


def _cancelled(place: Place, person: Persona) -> str:
    """Cancels an application that waits; registers anew; cancels that by a mailed code, and its phone ends."""
    with place.computer() as computer, place.phone(passkeys=False) as phone:
        computer.apply(person, _address(person), _PASSWORD).recover("cancel", person).send("/portal/cancel/code")
        if computer.path != "/portal/cancel/done":
            return f"pending: {_told(computer)}"
        before = place.mailed_code(_address(person))
        computer.apply(person, _address(person, "-2"), _PASSWORD)
        computer.type_code(place.mailed_code(_address(person, "-2")))
        _bound_by_code(computer, phone, person)
        code = place.mailed_code(_address(person, "-2"))
        computer.recover("cancel", person)
        computer.send("/portal/cancel/code", code=place.mailed_code(_address(person, "-2"), but=code))
        lives = phone.open("/app/health-bank/").path == "/app/health-bank/"
        return f"{_told(computer)}, phone lives {lives}" if lives or not before else computer.path.split("/")[2]


def _bound_by_code(computer: Computer, phone: MemberPhone, person: Persona) -> None:
    computer.sign_in(person, _PASSWORD)
    code, _ = computer.device_code()
    phone.type_code(person.id_number, code)
    phone.say_yes()


def _new_address(place: Place, person: Persona) -> str:
    """A new address counts once its code is typed; the old one is told."""
    with place.computer() as computer:
        _registered(computer, place, person).sign_in(person, _PASSWORD)
        new, path = _address(person, "-new"), "/portal/basics/mail/main"
        computer.open(path).send(path, act="send", main=new)
        computer.send(path, act="confirm", code=place.mailed_code(new))
        return "changed" if new in computer.open("/portal/basics/").page.text else _told(computer)


def _new_password(place: Place, person: Persona) -> str:
    """The old password and the card; a wrong old one is refused."""
    with place.computer() as computer:
        _registered(computer, place, person).sign_in(person, _PASSWORD)
        computer.open("/portal/password/")
        wrong = computer.send("/portal/password/", old=_ANOTHER, password=_ANOTHER, **computer.reading(person)).code
        computer.send("/portal/password/", old=_PASSWORD, password=_ANOTHER, **computer.reading(person))
        old = computer.open("/portal/").send("/portal/sign-out").sign_in(person, _PASSWORD).code
        computer.sign_in(person, _ANOTHER)
        return f"{wrong}, {old}, signed in" if "/portal/sign-out" in computer.page.text else _told(computer)


def _late_mail(place: Place, person: Persona) -> str:
    """The mailed code is too old; 重寄認證信 mails another, which does."""
    with place.computer() as computer:
        computer.apply(person, _address(person), _PASSWORD)
        first = place.mailed_code(_address(person))
        place.let_codes_end()
        late = computer.type_code(first).code
        computer.recover("resend", person)
        computer.send("/portal/resend/code", code=place.mailed_code(_address(person), but=first))
        return late if computer.path == "/portal/resend/done" else f"{late}, then {_told(computer)}"


def _late_code(place: Place, person: Persona) -> str:
    """A device code that is over is refused, by QR and typed; a fresh one works."""
    with place.computer() as computer, place.phone(passkeys=False) as phone:
        _registered(computer, place, person).sign_in(person, _PASSWORD)
        code, link = computer.device_code()
        place.let_codes_end()
        codes = [phone.scan(link), phone.type_code(person.id_number, code)]
        phone.type_code(person.id_number, computer.device_code()[0])
        phone.say_yes()
        return ", ".join(codes) if phone.path == "/app/bind/code/done" else f"{codes}, then {phone.code}"


# Persona, journey, what must come of it. The people's own lines do not matter here: they failed by mobile number.
PORTAL: Final[dict[str, tuple[Journey, str]]] = {
    "prepaid": (_citizen, "bound"),
    "walk_en": (_foreign, "bound, then removed"),
    "company": (_swapped, "C-12"),
    "parent_child": (_copied, "C-14"),
    "void_card": (_void, "C-13"),
    "not_own": (_wrong_household, "C-16"),
    "vpn": (_not_registered, "D-08"),
    "unpaid": (_forgot, "D-08, then signed in"),
    "lost_phone": (_cancelled, "cancel"),
    "returned": (_new_address, "changed"),
    "unlisted": (_new_password, "D-08, D-08, signed in"),
}
# These wait for time to pass, which an installation of one's own can let happen.
LATE: Final[dict[str, tuple[Journey, str]]] = {
    "wrong_number": (_late_mail, "I-07"),
    "mvno": (_late_code, "V-02, V-02"),
}


def planned(table: dict[str, tuple[Journey, str]]) -> list[Planned]:
    """The journeys of a table with their people."""
    return [Planned("card", personas()[key], *what) for key, what in table.items()]

"""The story of 投保單位整批註冊: a company registers, uploads a list, and its people finish, or do not.

One story in many journeys, told in their order: each goes on from what the ones before have done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from nhi_sandbox.member_phone import MemberPhone
from nhi_sandbox.officer import OfficersComputer
from nhi_sandbox.personas import Persona, personas
from nhi_sandbox.place import Place, Planned
from nhi_sandbox.unit_lists import ListLine, mixed_list, write_list
from nhi_sandbox.units import NamedUnit, named_units

_ROWS: Final = 300
# Who stands on the company's list besides its invented staff. Officers are on it, too: they work there.
_ON_THE_LIST: Final = (
    *("staff_target", "staff_mobile", "staff_code", "staff_foreign", "staff_mail", "staff_late", "staff_withdrawn"),
    *("staff_registered", "unit_child", "neighbour_head", "deceased", "insurance_ended"),
)
_WRONG_CODE: Final = "0000-0000-0000"


def the_list() -> list[ListLine]:
    """The 300 lines that the company's officer uploads; the colleague's address on it is the officer's own."""
    people = [personas()[key] for key in _ON_THE_LIST]
    generated = mixed_list(_ROWS - len(people), seed=1)
    named = [
        ListLine(one.id_number, one.birth_date, one.name, _address(one), one.key, one.listed or "not_of_this_unit")
        for one in people
    ]
    return [*generated, *named]


def _address(person: Persona) -> str:
    """What the officer writes as somebody's address: for one colleague their own."""
    return f"{'unit_meddler' if person.key == 'staff_target' else person.key}@company.example.org"


@dataclass
class Story:
    """What the people of the story hold in their hands, from one journey to the next."""

    phones: dict[str, MemberPhone] = field(default_factory=dict)
    desks: dict[str, OfficersComputer] = field(default_factory=dict)
    list_path: str = ""

    # Those who act for units.

    def registers(self, place: Place, person: Persona) -> str:
        """The responsible person registers the company: a wrong certificate is refused; then asks two officers."""
        unit, phone = named_units()["sandbox"], self._bound(place, person)
        wrong = _register(phone, unit, certificate="1150000999").code
        if _register(phone, unit).path != "/app/units/":
            return phone.code or f"at {phone.path}"
        desk = self._desk(person)
        for key in ("unit_officer", "unit_meddler"):
            desk.open("/units/officers/").send("/units/officers/", id_number=personas()[key].id_number)
        return f"{wrong}, then registered" if desk.path == "/units/officers/asked" else desk.code or f"at {desk.path}"

    def uploads(self, place: Place, person: Persona) -> str:
        """An officer says yes on the phone, uploads, looks at each line's result, and confirms."""
        self._bound(place, personas()["staff_registered"])
        self._accepts(place, person)
        desk, lines = self._desk(person), the_list()
        desk.upload("staff.xlsx", _as_workbook(lines))
        self.list_path = desk.path
        if desk.wait() != "checked":
            return desk.code or f"at {desk.path}"
        differs = _difference(desk, lines)
        if differs:
            return differs
        desk.confirm()
        ended, invited = desk.wait(), desk.counts().get("invited", 0)
        return f"{invited} invited" if ended == "done" else f"{ended}, {invited} invited"

    def meddles(self, place: Place, person: Persona) -> str:
        """An officer tries to finish for a colleague: by the own SIM, by guessing, by the mail that came to them."""
        colleague = personas()["staff_target"]
        self._accepts(place, person)
        with place.phone() as phone:
            phone.phone.insert_sim(person.key)
            _by_mobile(phone, person.types["phone"], colleague.id_number)
            by_own_line = phone.code
        with place.phone() as phone:
            guessed = phone.type_activation_code(colleague.id_number, _WRONG_CODE).code
        mails = place.mails(_address(colleague))
        desk = self._desk(person)
        shown = " ".join(desk.open(path).page.text for path in ("/units/people/", f"{self.list_path}"))
        secret = any(letter.code in text for letter in place.letters() for text in (*mails, shown) if letter.code)
        told = f"{by_own_line}, {guessed}" + (", no secret" if mails and not secret else ", a secret or no mail")
        return told if desk.person(colleague.name) else f"{told}, and yet the colleague is not waiting"

    def acts_for_another(self, place: Place, person: Persona) -> str:
        """An accounting firm acts for the company by its mandate, and no longer once the company ends it."""
        firm, company = named_units()["firm"], named_units()["sandbox"]
        _register(self._bound(place, person), firm)
        head = self.desks["unit_head"]
        head.open("/units/mandates/").send("/units/mandates/", code=firm.code).send(head.path)
        agent = self._desk(person).acts_for(company.code)
        seen = agent.open(self.list_path).path == self.list_path and not agent.code
        mandate = head.open("/units/mandates/").link(r"/units/mandates/[0-9a-f-]{36}/revoke")
        head.open(mandate).send(mandate)
        after = agent.open(self.list_path).path
        again = self._desk(person).open(self.list_path).code
        return f"{'acted' if seen else 'saw nothing'}, then {again or 'still acts'} at {after}"

    def stays_outside(self, place: Place, person: Persona) -> str:
        """The farm's responsible person sees nothing of the company's."""
        _register(self._bound(place, person), named_units()["neighbour"])
        desk = self._desk(person)
        told = desk.open(self.list_path).code
        people = any(desk.person(personas()[key].name) for key in _ON_THE_LIST)
        return told if told and not people else f"{told}, sees people: {people}"

    # Those who are invited.

    def finishes_by_mobile(self, place: Place, person: Persona) -> str:
        """Finishes with the own number; the officer sees it."""
        with place.phone() as phone:
            phone.phone.insert_sim(person.key)
            _by_mobile(phone, person.types["phone"], person.id_number)
            phone.type_last4(person.types["last4"]).finish()
            return self._seen_as_finished(phone, person)

    def finishes_by_letter(self, place: Place, person: Persona) -> str:
        """A wrong code is refused; the one in the letter is right."""
        with place.phone() as phone:
            wrong = phone.type_activation_code(person.id_number, _WRONG_CODE).code
            phone.type_activation_code(person.id_number, place.posted_code(person))
            return f"{wrong}, then {self._finishes(phone, person)}"

    def finishes_by_mail(self, place: Place, person: Persona) -> str:
        """The register has no postal address, so the worker mails the code to the address it has."""
        with place.phone(passkeys=False) as phone:
            phone.type_activation_code(person.id_number, place.mailed_activation(person.email))
            return self._finishes(phone, person)

    def is_withdrawn(self, place: Place, person: Persona) -> str:
        """The letter is on its way when the company withdraws; then neither code nor number leads anywhere."""
        code, desk = place.posted_code(person), self.desks["unit_officer"]
        desk.withdraw(desk.person(person.name))
        with place.phone() as phone:
            by_code = phone.type_activation_code(person.id_number, code).code
        return by_code if desk.person(person.name, "withdrawn") else f"{by_code}, but not shown as withdrawn"

    def is_late(self, place: Place, person: Persona) -> str:
        """The code in the letter is too old; the officer reminds, and the new letter's does."""
        first, desk = place.posted_code(person), self.desks["unit_officer"]
        place.let_codes_end()
        with place.phone() as phone:
            late = phone.type_activation_code(person.id_number, first).code
            desk.remind(desk.person(person.name))
            phone.type_activation_code(person.id_number, place.posted_code(person, but=first))
            return f"{late}, then {self._finishes(phone, person)}"

    # What several of them do.

    def _bound(self, place: Place, person: Persona) -> MemberPhone:
        """The person's phone, bound by mobile verification when it is first asked for."""
        if person.key not in self.phones:
            self.phones[person.key] = place.phone().enrol(person)
        return self.phones[person.key]

    def _desk(self, person: Persona) -> OfficersComputer:
        self.desks[person.key] = OfficersComputer(self.phones[person.key]).sign_in()
        return self.desks[person.key]

    def _accepts(self, place: Place, person: Persona) -> None:
        """Say yes to being an officer, on the own phone."""
        phone = self._bound(place, person).open("/app/units/")
        path = phone.link(r"/app/units/[0-9a-f-]{36}/accept")
        phone.open(path).send(path)

    def _finishes(self, phone: MemberPhone, person: Persona) -> str:
        """From the right code to a bound phone."""
        return self._seen_as_finished(phone.finish_by_code(person), person)

    def _seen_as_finished(self, phone: MemberPhone, person: Persona) -> str:
        if phone.open("/app/health-bank/").path != "/app/health-bank/":
            return phone.code or f"at {phone.path}"
        return "bound" if self.desks["unit_officer"].person(person.name, "finished") else "bound, but not seen"


def _register(phone: MemberPhone, unit: NamedUnit, certificate: str = "") -> MemberPhone:
    phone.open("/app/units/register")
    typed = {"code": unit.code, "tax_id": unit.tax_id, "certificate": certificate or unit.certificate}
    return phone.send("/app/units/register", **typed)


def _by_mobile(phone: MemberPhone, number: str, id_number: str) -> None:
    """行動電話認證 by way of the unit, as far as the card."""
    terms = "/app/bind/mobile/terms"
    phone.open(f"{terms}?via=unit").send(terms, accept="yes")
    phone.send("/app/bind/mobile/line", number=number, id_number=id_number)


def _as_workbook(lines: list[ListLine]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        write_list(path, lines, "xlsx")
        return path.read_bytes()


def _difference(desk: OfficersComputer, lines: list[ListLine]) -> str:
    """What the page says else than the lines themselves; empty where all agrees."""
    kinds = Counter(line.outcome if line.outcome in {"ready", "registered"} else "refused" for line in lines)
    told = desk.counts()
    wanted = [number for number, line in enumerate(lines, 2) if line.outcome not in {"ready", "registered"}]
    found = refused_numbers(desk.refused_lines())
    if found != wanted:
        return f"lines {sorted(set(found) ^ set(wanted))} differ"
    return "" if told == dict(kinds) else f"{told} instead of {dict(kinds)}"


def refused_numbers(book: bytes) -> list[int]:
    """The numbers of the lines in a spreadsheet of refused lines: its last column but one; the last is why."""
    from python_calamine import load_workbook

    rows = load_workbook(BytesIO(book)).get_sheet_by_index(0).to_python()
    return [int(str(row[-2])) for row in rows[1:]]


def planned() -> list[Planned]:
    """The journeys of the story, in their order, and what must come of each."""
    story = Story()
    invited = Counter(line.outcome for line in the_list())["ready"]
    told: list[tuple[str, Callable[[Place, Persona], str], str]] = [
        ("unit_head", story.registers, "U-01, then registered"),
        ("unit_officer", story.uploads, f"{invited} invited"),
        ("staff_mobile", story.finishes_by_mobile, "bound"),
        ("staff_code", story.finishes_by_letter, "U-31, then bound"),
        ("staff_foreign", story.finishes_by_letter, "U-31, then bound"),
        ("staff_mail", story.finishes_by_mail, "bound"),
        ("staff_withdrawn", story.is_withdrawn, "U-30"),
        ("unit_meddler", story.meddles, "M-09, U-31, no secret"),
        ("neighbour_head", story.stays_outside, "G-01"),
        ("firm_head", story.acts_for_another, "acted, then G-01 at /units/"),
        ("staff_late", story.is_late, "U-32, then bound"),
    ]
    return [Planned("unit", personas()[key], journey, expected) for key, journey, expected in told]

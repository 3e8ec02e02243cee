"""What the operators' APIs take and what they say about a line (CAMARA definitions, one entry each)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Literal

from nhi_sandbox import scopes
from nhi_sandbox.answers import ApiError
from nhi_sandbox.lines import Kind, Line

Body = dict[str, Any]
Check = Callable[[str, object], None]
"""Raises ApiError when the named property's value is not acceptable."""

_CONTRACTS: Final[dict[Kind, str]] = {"prepaid": "PAYG", "company": "Business"}
_TEXTS: Final = (
    "idDocument name givenName familyName nameKanaHankaku nameKanaZenkaku middleNames familyNameAtBirth address "
    "streetName streetNumber postalCode region locality country houseNumberExtension email cityOfBirth "
    "countryOfBirth nationality"
)
_DOCUMENTS: Final = (
    "passport",
    "national_id_card",
    "residence_permit",
    "diplomatic_id",
    "driver_licence",
    "social_security_id",
    "other",
)


def _invalid(name: str) -> ApiError:
    return ApiError(400, "INVALID_ARGUMENT", f"{name} is not acceptable.")


def _text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise _invalid(name)


def _phone(name: str, value: object) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"\+[1-9][0-9]{4,14}", value):
        raise _invalid(name)


def _day(name: str, value: object) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise _invalid(name)
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise _invalid(name) from error


def _flag(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise _invalid(name)


def _one_of(*choices: str) -> Check:
    def check(name: str, value: object) -> None:
        if value not in choices:
            raise _invalid(name)

    return check


def _whole(least: int, most: int) -> Check:
    def check(name: str, value: object) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise _invalid(name)
        if not least <= value <= most:
            raise ApiError(400, "OUT_OF_RANGE", f"{name} must be from {least} to {most}.")

    return check


def _number(line: Line, _: Body) -> Body:
    return {"devicePhoneNumber": line.msisdn}


def _match(line: Line, body: Body) -> Body:
    asked = {name: value for name, value in body.items() if name != "phoneNumber"}
    if not asked:
        code = "KNOW_YOUR_CUSTOMER.INVALID_PARAM_COMBINATION"
        raise ApiError(400, code, "At least one attribute to be matched is needed.")
    known = {"idDocument": line.id_document, "idDocumentType": _document_type(line.id_document)}
    return {f"{name}Match": _compare(known.get(name), value) for name, value in asked.items()}


def _compare(known: str | None, value: str) -> str:
    if known is None:
        return "not_available"
    return "true" if known.lower() == value.strip().lower() else "false"


def _document_type(document: str) -> str:
    if re.fullmatch("[A-Z][12][0-9]{8}", document):
        return "national_id_card"
    return "residence_permit" if re.fullmatch("[A-Z][A-D89][0-9]{8}", document) else "other"


def _tenure(line: Line, body: Body) -> Body:
    held = line.since <= date.fromisoformat(body["tenureDate"])
    contract = {} if line.kind == "unknown" else {"contractType": _CONTRACTS.get(line.kind, "PAYM")}
    return {"tenureDateCheck": held, **contract}


def _status(line: Line, _: Body) -> Body:
    return dict(zip(("voiceSmsIn", "voiceSmsOut", "dataService"), line.services, strict=True))


def _sim_swap(line: Line, body: Body) -> Body:
    changed = line.sim_changed_hours
    return {"swapped": changed is not None and changed <= body.get("maxAge", 240)}


def _age(line: Line, body: Body) -> Body:
    answer: Body = {"ageCheck": _age_check(line, body["ageThreshold"])}
    if body.get("includeContentLock"):
        answer["contentLock"] = "false"
    if body.get("includeParentalControl"):
        answer["parentalControl"] = "true" if line.kind == "parent_child" else "false"
    return answer


def _age_check(line: Line, threshold: int) -> str:
    if line.birth_date is None:
        return "true" if threshold == 0 else "not_available"
    today, born = datetime.now(UTC).date(), line.birth_date
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return "true" if age >= threshold else "false"


@dataclass(frozen=True, slots=True)
class Api:
    """One operation: its scope, the body's properties with their checks, and what it answers about a line."""

    scope: str
    answer: Callable[[Line, Body], Body]
    properties: dict[str, Check]
    required: tuple[str, ...] = ()
    method: Literal["GET", "POST"] = "POST"
    compares_phone_number: bool = False


def _texts(names: str) -> dict[str, Check]:
    return dict.fromkeys(names.split(), _text)


APIS: Final[dict[str, Api]] = {
    "number-verification/v2/device-phone-number": Api(scopes.NUMBER, _number, {}, method="GET"),
    "kyc-match/v0.4/match": Api(
        scopes.MATCH,
        _match,
        {
            "phoneNumber": _phone,
            **_texts(_TEXTS),
            "idDocumentType": _one_of(*_DOCUMENTS),
            "idDocumentExpiryDate": _day,
            "birthdate": _day,
            "gender": _one_of("MALE", "FEMALE", "OTHER"),
        },
        compares_phone_number=True,
    ),
    "kyc-tenure/v0.2/check-tenure": Api(
        scopes.TENURE, _tenure, {"phoneNumber": _phone, "tenureDate": _day}, ("tenureDate",)
    ),
    "subscription-status/v0.1/retrive-subscription-status": Api(
        scopes.STATUS, _status, {"phoneNumber": _phone}, compares_phone_number=True
    ),
    "sim-swap/v2/check": Api(scopes.SIM_SWAP, _sim_swap, {"phoneNumber": _phone, "maxAge": _whole(1, 2400)}),
    "kyc-age-verification/v0.2/verify": Api(
        scopes.AGE,
        _age,
        {
            "phoneNumber": _phone,
            **_texts("idDocument name givenName familyName middleNames familyNameAtBirth email"),
            "birthdate": _day,
            "ageThreshold": _whole(0, 120),
            "includeContentLock": _flag,
            "includeParentalControl": _flag,
        },
        ("ageThreshold",),
    ),
}
"""Operations by their path under an operator's API root."""

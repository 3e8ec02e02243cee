"""How the columns of a list may be headed, in Chinese and in English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

_WORDS: Final = {
    "id_number": (
        "身分證 身份證 身分證號 身份證號 身分證號碼 身份證號碼 身分證字號 身份證字號 身分證統一編號 身份證統一編號 "
        "國民身分證 國民身分證號 國民身分證號碼 國民身分證字號 國民身分證統一編號 國民身份證統一編號 證號 "
        "統一證號 居留證 居留證號 居留證號碼 居留證統一證號 外來人口統一證號 中華民國統一證號 "
        "id idnumber idno nationalid nationalidnumber nationalidno idcardnumber idcardno identitynumber identityno "
        "identificationnumber identificationno uinumber uino uinumbers uniformidnumber unifiedidnumber "
        "arcnumber arcno residentcertificatenumber residentcertificateno"
    ),
    "birth_date": (
        "出生日期 出生年月日 出生日 生日 出生 生年月日 員工生日 birthdate birthday dateofbirth birth dob birthdates"
    ),
    "name": "姓名 中文姓名 員工姓名 被保險人姓名 名字 name fullname employeename staffname chinesename",
    "email": (
        "電子郵件 電子郵件地址 電子郵件信箱 電子信箱 電郵 電郵地址 信箱 郵件 郵件地址 email信箱 email地址 "
        "email emailaddress mail mailaddress electronicmail"
    ),
    "staff_number": (
        "員工編號 員工代號 員工號碼 員編 工號 職工編號 職員編號 人員編號 人員代號 "
        "staffnumber staffno staffid employeenumber employeeno employeeid personnelnumber personnelno"
    ),
}
_FIELD_OF: Final = {word: field for field, words in _WORDS.items() for word in words.split()}
_BRACKETS: Final = re.compile(r"[(\[{<【〔「].*?[)\]}>】〕」]")
_PARTS: Final = re.compile(r"[/、,;|或及]|\bor\b")
_NO_LETTER: Final = re.compile(r"[\W_]+")


def field_of(heading: str) -> str | None:
    """The field that a heading names: 身分證號／居留證號, Birth date (民國), *E-mail; None if it names none or two."""
    plain = _BRACKETS.sub("", unicodedata.normalize("NFKC", heading[:100]).casefold())
    parts = (_NO_LETTER.sub("", part) for part in _PARTS.split(plain))
    fields = {_FIELD_OF.get(part) for part in parts if part}
    return fields.pop() if len(fields) == 1 else None


def recognised(row: Sequence[str]) -> dict[str, list[int]]:
    """Which field stands in which columns, if a row is the list's headings; empty if it is not."""
    found: dict[str, list[int]] = {}
    for place, heading in enumerate(row):
        field = field_of(heading) if heading else None
        if field:
            found.setdefault(field, []).append(place)
    return found if {"id_number", "birth_date"} <= found.keys() else {}

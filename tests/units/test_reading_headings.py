"""Which heading names what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_express.units.reading.headings import field_of, recognised

KNOWN = {
    "id_number": (
        "身分證號,身份證號,身分證字號,身份證字號,身分證統一編號,國民身分證統一編號,統一證號,居留證號,外來人口統一證號,"
        "身分證號/居留證號,身分證號／統一證號,身分證字號或居留證號,身分證號（必填）,＊身分證號,身 分 證 號,身分證號:,"
        "ID,ID number,ID No.,ID_NUMBER,id-number,National ID,UI Number,ARC No,ID number (required),ＩＤ　Ｎｕｍｂｅｒ,"
        "ID number / UI number,ID number or ARC number"
    ),
    "birth_date": (
        "出生日期,生日,出生年月日,出生日期(民國),出生日期(yyy/mm/dd),生日／出生日期,"
        "Birth date,Birthdate,Date of birth,DOB,birth_date,BIRTHDAY,D.O.B."
    ),
    "name": "姓名,中文姓名,姓　名,Name,Full name",
    "email": "電子郵件,電子信箱,Email,E-mail,E-Mail Address,EMAIL信箱,e-mail 地址",
    "staff_number": "員工編號,工號,員編,Staff number,Staff no.,Employee ID,employee_number",
}


@pytest.mark.parametrize(
    ("heading", "field"), [(heading, field) for field, headings in KNOWN.items() for heading in headings.split(",")]
)
def test_a_heading_is_known_in_the_ways_that_it_is_written(heading: str, field: str) -> None:
    assert field_of(heading) == field


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "",
            "統一編號",
            "英文姓名",
            "配偶生日",
            "眷屬身分證號",
            "到職日期",
            "備註",
            "姓名/身分證號",
            "身分證號及出生日期",
        ),
        *(
            "Line in your file",
            "Why it was refused",
            "原列號",
            "退回原因",
            "Identity",
            "card number",
            "健保卡號",
            "電話",
            "x" * 10_000,
        ),
    ],
)
def test_what_names_nothing_or_two_things_is_no_heading(heading: str) -> None:
    assert field_of(heading) is None


def test_a_row_is_the_headings_when_it_names_id_number_and_birth_date() -> None:
    assert recognised(["序號", "姓名", "生日", "備註", "身分證號"]) == {
        "name": [1],
        "birth_date": [2],
        "id_number": [4],
    }
    assert recognised(["姓名", "身分證號"]) == {}
    assert recognised(["A123456789", "75/04/12"]) == {}
    assert recognised([]) == {}


@given(st.text(max_size=120))
def test_any_text_is_a_heading_or_none(text: str) -> None:
    assert field_of(text) in {None, *KNOWN}

"""Letters and slips as pages: hard names, names that are programs, and one page for each however long a name is."""

from __future__ import annotations

import io
from datetime import date

import pytest
from pypdf import PdfReader

from nhi_express.units.pdf import Letter, Slip, letters, slips, unprintable
from nhi_express.units.pdf.font import MISSING, lacks, printable

DAY = date(2026, 12, 15)
LINK = "http://app.localhost:8000/app/bind/unit/code/#AbCdEfGhIjKlMnOpQrSt-_"
HARD = "堃煊峯喆恒碁𠮷𡘙𤆬"
PROGRAMS = [
    '#panic("x")',
    "$ x^2 $",
    r"\u{41} \ back",
    "*bold* _slant_",
    "`raw` <label> @ref",
    '"]) #read("/etc/passwd")',
    "= heading",
    "// comment",
    "~ -- ... 'quote'",
]


def letter(name: str = "陳小明", address: str = "臺中市西屯區示範路1號", unit: str = "示範公司") -> Letter:
    """A letter with one thing changed."""
    return Letter(name, address, unit, "7K3M-9PXD-2HWA", LINK, DAY)


def text_of(pdf: bytes) -> list[str]:
    """The text of each page, without what the setting of lines adds."""
    return [page.extract_text().replace("\n", "") for page in PdfReader(io.BytesIO(pdf)).pages]


def fonts_of(pdf: bytes) -> set[str]:
    """The names of the fonts that the file brings along."""
    found = set()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            (held,) = font.get_object()["/DescendantFonts"]
            kept = held.get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(kept)
            found.add(str(kept["/FontName"]).partition("+")[2])
    return found


@pytest.mark.parametrize("mark", HARD)
def test_the_font_has_the_hard_names(mark: str) -> None:
    assert not lacks(mark)


def test_hard_names_are_on_the_page_in_a_font_that_comes_along() -> None:
    for pdf in (letters([letter(name=HARD)]), slips([Slip(HARD, "示範公司")])):
        assert HARD in text_of(pdf)[0]
        assert {name.partition("-")[0] for name in fonts_of(pdf)} == {"NotoSansCJKtc"}


def test_what_the_font_lacks_is_reported_and_visibly_marked() -> None:
    name = "陳\U0002a6a5\ue000明"
    assert unprintable(name) == {"\U0002a6a5", "\ue000"}
    assert printable(name) == f"陳{MISSING}{MISSING}明"
    for pdf in (letters([letter(name=name)]), slips([Slip(name, "示範公司")])):
        assert f"陳{MISSING}{MISSING}明" in text_of(pdf)[0]


def test_a_selector_of_forms_is_no_character_by_itself() -> None:
    assert unprintable("葛\U000e0100") == set()
    assert printable("葛\U000e0100城\n  明") == "葛城 明"


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_name_is_never_a_program(name: str) -> None:
    told = text_of(letters([letter(name=name, address=name, unit=name)]))
    squeezed = told[0].replace(" ", "")
    assert len(told) == 1
    assert squeezed.count(name.replace(" ", "")) == 4
    assert name.replace(" ", "") in text_of(slips([Slip(name, name)]))[0].replace(" ", "")


def test_each_has_a_page_of_its_own_however_long_the_words_are() -> None:
    long = "很長的名字" * 12
    made = [letter(name=long, address="很長的地址" * 14, unit="很長的投保單位名稱" * 8), letter()]
    assert len(text_of(letters(made))) == 2
    assert len(text_of(slips([Slip(long, "很長的投保單位名稱" * 8), Slip("陳小明", "示範公司")]))) == 2


def test_five_hundred_slips_are_one_file_of_five_hundred_pages() -> None:
    told = text_of(slips([Slip(f"第{number}人", "示範公司") for number in range(500)]))
    assert len(told) == 500
    assert all(f"第{number}人" in page.replace(" ", "") for number, page in enumerate(told))


def test_a_slip_holds_no_secret_and_leads_to_the_app() -> None:
    (told,) = text_of(slips([Slip("陳小明", "示範公司")]))
    assert "陳小明" in told and "示範公司" in told and "app.localhost:8000" in told
    assert "7K3M" not in told


def test_the_token_stands_in_the_qr_code_only() -> None:
    (told,) = text_of(letters([letter()]))
    assert "7K3M-9PXD-2HWA" in told
    assert "AbCdEfGhIjKlMnOpQrSt" not in told


def test_nothing_to_print_is_an_empty_page_and_no_fault() -> None:
    assert len(text_of(slips([]))) <= 1

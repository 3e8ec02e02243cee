"""The two services behind a bound phone."""

from __future__ import annotations

from datetime import date

from nhi_express.site.gallery.page import Page


class _Member:
    """What the pages read of a member's record."""

    masked_name = "陳○華"
    id_number = "A123456789"
    card_number = "000012345678"
    card_issued = date(2021, 3, 1)
    unit_name = "大安實業有限公司"
    household_number = "F1234567"
    household_area = "臺中市西屯區何安里"

    def __init__(self, card_valid: bool, insured: bool) -> None:
        self.card_valid, self.insured = card_valid, insured


_VALID, _LOST = {"member": _Member(True, True)}, {"member": _Member(False, False)}

PAGES = (
    Page("health-bank", "services/health_bank.html", {"empty": _VALID}),
    Page("nhi-counter", "services/nhi_counter.html", {"insured": _VALID, "card-lost": _LOST}),
)

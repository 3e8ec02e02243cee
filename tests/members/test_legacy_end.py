"""Legacy UI numbers are good to the end of 2030, by Taiwan's calendar; then the mobile channel refuses them."""

from __future__ import annotations

import pytest
import time_machine

from nhi_express.mobile.forms import LineForm


@pytest.mark.parametrize(
    ("moment", "number", "taken"),
    [
        ("2030-12-31T15:59:59Z", "AB23456789", True),
        ("2030-12-31T16:00:00Z", "AB23456789", False),
        ("2030-12-31T16:00:00Z", "A800000014", True),
        ("2030-12-31T16:00:00Z", "A123456789", True),
    ],
)
def test_the_mobile_channel_takes_a_legacy_number_until_it_ends(moment: str, number: str, taken: bool) -> None:
    with time_machine.travel(moment, tick=False):
        form = LineForm({"number": "0912345678", "id_number": number})
        assert form.is_valid() is taken
    assert [error.code for error in form.errors.as_data().get("id_number", [])] == ([] if taken else ["I-01"])

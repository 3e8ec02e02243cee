"""Where a request comes from, as limits count it."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from nhi_express.core.source import _address, grouped


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "127.0.0.1"),
        (0, "203.0.113.7", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "10.0.0.1, 203.0.113.7", "203.0.113.7"),
        (2, "192.0.2.1, 203.0.113.7,10.0.0.1", "203.0.113.7"),
        (2, "203.0.113.7", "127.0.0.1"),
    ],
)
def test_only_what_trusted_proxies_added_is_believed(proxies: int, forwarded: str, address: str) -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded} if forwarded else {})
    assert _address(request, proxies) == address


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
        ("x" * 99, "x" * 64),
    ],
)
def test_one_customer_counts_as_one(address: str, counted: str) -> None:
    assert grouped(address) == counted

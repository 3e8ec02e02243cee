"""Where a request comes from, for limits alone: it is counted under a keyed index, and never stored or logged."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from django.http import HttpRequest

from nhi_express.core.config import config

# What one customer of a provider gets of IPv6; each has more addresses in it than can be counted.
_CUSTOMER_BITS = 64


def source_of(request: HttpRequest) -> str:
    """The address that a request comes from; of IPv6, its network of 64 bits."""
    return grouped(_address(request, config().trusted_proxies))


def _address(request: HttpRequest, proxies: int) -> str:
    """Each trusted proxy has added whom it saw at the right end; what stands further left anybody may have written."""
    told = request.headers.get("X-Forwarded-For", "").replace(" ", "").split(",")
    seen = told[-proxies] if proxies and len(told) >= proxies else ""
    return seen or str(request.META.get("REMOTE_ADDR", ""))


def grouped(address: str) -> str:
    """An address as it is counted; what is none, as it is."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    mapped = parsed.ipv4_mapped
    return str(mapped) if mapped else str(IPv6Address(int(parsed) >> _CUSTOMER_BITS << _CUSTOMER_BITS))

"""The icons in the repository are the ones that our own code draws."""

from __future__ import annotations

import pytest

from nhi_express.site import brand


@pytest.mark.parametrize("name", ["app-192.png"])
def test_icons_are_drawn_by_us(name: str) -> None:
    """Byte for byte."""
    size, maskable = brand.FILES[name]
    assert (brand.ICONS / name).read_bytes() == brand.draw(size, maskable)


def test_all_icons_are_there() -> None:
    """Each is a PNG of the size that its name says."""
    for name, (size, _) in brand.FILES.items():
        data = (brand.ICONS / name).read_bytes()
        assert data.startswith(b"\x89PNG")
        assert int.from_bytes(data[16:20], "big") == int.from_bytes(data[20:24], "big") == size

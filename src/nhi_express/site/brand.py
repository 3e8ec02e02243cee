"""The mark of the app, drawn by ourselves: a check on a rounded square. ``python -m nhi_express.site.brand`` writes it.

The PNG files that an installed app needs are drawn here, in plain Python, so that no binary in the repository is of
unknown make; a test draws them again and compares.
"""

from __future__ import annotations

import struct
import zlib
from math import hypot
from pathlib import Path

ICONS = Path(__file__).parent / "static" / "site" / "icons"
PINE = (0x0E, 0x5E, 0x57)
WHITE = (0xFF, 0xFF, 0xFF)
# The check on a square of side 28, as in icons/mark.svg.
_CHECK = ((8.0, 14.6), (12.2, 18.8), (20.4, 9.8))
_SIDE, _CORNER, _STROKE = 28.0, 8.0, 2.6

FILES = {"app-192.png": (192, False), "app-512.png": (512, False), "app-maskable-512.png": (512, True)}

Point = tuple[float, float]


def _to_segment(at: Point, start: Point, end: Point) -> float:
    """Distance from a point to a piece of a line."""
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    part = ((at[0] - start[0]) * along_x + (at[1] - start[1]) * along_y) / (along_x**2 + along_y**2)
    part = min(1.0, max(0.0, part))
    return hypot(at[0] - start[0] - part * along_x, at[1] - start[1] - part * along_y)


def _in_square(at: Point) -> float:
    """Distance from a point to the rounded square; negative inside."""
    half = _SIDE / 2
    beyond_x, beyond_y = (abs(value - half) - half + _CORNER for value in at)
    return hypot(max(beyond_x, 0.0), max(beyond_y, 0.0)) + min(max(beyond_x, beyond_y), 0.0) - _CORNER


def _cover(distance: float, pixel: float) -> float:
    """How much of a pixel a shape covers whose edge is at ``distance``: smooths the edge over one pixel."""
    return min(1.0, max(0.0, 0.5 - distance / pixel))


def _pixel(at: Point, pixel: float, maskable: bool) -> bytes:
    check = min(_to_segment(at, _CHECK[0], _CHECK[1]), _to_segment(at, _CHECK[1], _CHECK[2])) - _STROKE / 2
    white = _cover(check, pixel)
    colour = (round(p + (w - p) * white) for p, w in zip(PINE, WHITE, strict=True))
    alpha = 1.0 if maskable else _cover(_in_square(at), pixel)
    return bytes((*colour, round(alpha * 255)))


def draw(size: int, maskable: bool) -> bytes:
    """A PNG of ``size`` pixels a side. A maskable one fills its square, with the check well inside (W3C manifest)."""
    pixel = _SIDE / size * (1.4 if maskable else 1.0)
    shift = _SIDE * 0.2 if maskable else 0.0
    axis = [(index + 0.5) * pixel - shift for index in range(size)]
    rows = (b"\0" + b"".join(_pixel((x, y), pixel, maskable) for x in axis) for y in axis)
    return _png(size, b"".join(rows))


def _png(size: int, rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def main() -> None:
    """Write the icons."""
    for name, (size, maskable) in FILES.items():
        (ICONS / name).write_bytes(draw(size, maskable))


if __name__ == "__main__":
    main()

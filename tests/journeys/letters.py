"""Printed letters as a camera sees them: the QR code, as it is drawn on the page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from pypdf import PdfReader

# The code's dark dots are drawn as strokes of one dot's width: from here, in the middle of the line, to there.
_STROKE: Final = re.compile(rb"(\d+) (\d+)\.5 m (\d+) \2\.5 l")
_DOT, _QUIET = 6, 4


def drawn_qr(file: Path, page: int) -> tuple[int, bytes]:
    """The QR code on a page of a printed file: how many pixels it is wide, and the grey of each."""
    drawing = PdfReader(file).pages[page - 1].get_contents()
    assert drawing is not None
    strokes = [tuple(map(int, found)) for found in _STROKE.findall(drawing.get_data())]
    dots = max(end for _, _, end in strokes)
    side = (dots + 2 * _QUIET) * _DOT
    greys = bytearray([255]) * (side * side)
    for begin, line, end in strokes:
        for row in range((line + _QUIET) * _DOT, (line + _QUIET + 1) * _DOT):
            left, right = (begin + _QUIET) * _DOT, (end + _QUIET) * _DOT
            greys[row * side + left : row * side + right] = bytes(right - left)
    return side, bytes(greys)

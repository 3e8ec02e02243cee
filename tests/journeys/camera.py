"""What a phone's camera sees: a picture file that Chromium plays as its camera, with a QR code held in front of it."""

from __future__ import annotations

from pathlib import Path

import segno

_WIDTH, _HEIGHT, _FRAMES = 640, 480, 10
_WHITE, _BLACK, _WALL, _NO_COLOUR = 235, 16, 160, 128
# A code takes about half of the picture's height, as one does that is held at arm's length.
_CODE_PIXELS = 300


def arguments(video: Path) -> list[str]:
    """What Chromium must be started with to take ``video`` for its camera."""
    return ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={video}"]


def see_a_wall(video: Path) -> None:
    """Nothing to read."""
    _write(video, _wall())


def see_code(video: Path, text: str) -> None:
    """A QR code with ``text``; the file may be in use already."""
    picture, matrix = _wall(), segno.make(text, micro=False).matrix
    dot = _CODE_PIXELS // (len(matrix) + 8)
    side = dot * (len(matrix) + 8)
    left, top = (_WIDTH - side) // 2, (_HEIGHT - side) // 2
    _fill(picture, left, top, side, _WHITE)
    for row, dots in enumerate(matrix):
        for column, dark in enumerate(dots):
            if dark:
                _fill(picture, left + (column + 4) * dot, top + (row + 4) * dot, dot, _BLACK)
    _write(video, picture)


def see_picture(video: Path, side: int, greys: bytes) -> None:
    """A square picture of ``side`` pixels, each a grey of 0 to 255; the file may be in use already."""
    picture = _wall()
    left, top = (_WIDTH - side) // 2, (_HEIGHT - side) // 2
    for row in range(side):
        at = (top + row) * _WIDTH + left
        picture[at : at + side] = bytes(_BLACK + grey * 219 // 255 for grey in greys[row * side : (row + 1) * side])
    _write(video, picture)


def _wall() -> bytearray:
    return bytearray([_WALL]) * (_WIDTH * _HEIGHT)


def _fill(picture: bytearray, left: int, top: int, side: int, grey: int) -> None:
    for y in range(top, top + side):
        picture[y * _WIDTH + left : y * _WIDTH + left + side] = bytes([grey]) * side


def _write(video: Path, picture: bytearray) -> None:
    """YUV4MPEG2: a line for the file, and for each frame a line, the brightness, and two planes without colour."""
    frame = b"FRAME\n" + picture + bytes([_NO_COLOUR]) * (_WIDTH * _HEIGHT // 2)
    with video.open("r+b" if video.exists() else "wb") as file:
        file.write(f"YUV4MPEG2 W{_WIDTH} H{_HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * _FRAMES)

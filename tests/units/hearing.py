"""Listening to all that any logger says."""

from __future__ import annotations

import logging


class Heard(logging.Handler):
    """Keeps all that any logger says, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.said.append(f"{record.getMessage()} {vars(record)}")

"""The component as a process of its own on a private smart card service."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nhi_sandbox.cards.stack import ATR_T0, ATR_T1, CardStack, Pulled, await_port, missing

__all__ = ["ATR_T0", "ATR_T1", "CardStack", "Pulled", "missing", "running_agent"]
_SOURCE = Path(__file__).parents[2] / "card_agent" / "src"


@contextmanager
def running_agent(stack: CardStack, origin: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The component as its own process on ``stack``, serving pages of ``origin`` at ``port`` of the loopback."""
    environment = {**os.environ, **stack.environment, "PYTHONPATH": str(_SOURCE)}
    command = [sys.executable, "-m", "nhi_card_agent", "serve", "--origin", origin, "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL) as process:
        try:
            await_port(port)
            yield process
        finally:
            process.terminate()

"""The web server: one command, for the site and for what it is measured against."""

import sys


def granian(application: str, host: str, port: int, workers: int = 1, threads: int = 8) -> list[str]:
    """The command that serves a WSGI application."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(threads), "--backpressure", str(threads * 8)),
        *("--no-ws", "--log-level", "warning", application),
    ]

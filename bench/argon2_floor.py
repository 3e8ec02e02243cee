"""The floor of an enrolment: password hashes per second on one core, and nothing else. Prints one number."""

from __future__ import annotations

import subprocess
import sys
import time

import argon2

from bench.cores import on_site_core

_SECRET = b"p" * 32


def measure(seconds: float) -> float:
    """Hashes per second at the parameters of the product (m=19456, t=2, p=1)."""
    hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
    hasher.hash(_SECRET)
    count, begun = 0, time.perf_counter()
    while (passed := time.perf_counter() - begun) < seconds:
        hasher.hash(_SECRET)
        count += 1
    return count / passed


def on_the_core(seconds: float) -> float:
    """The same, in a process of its own on the site's core."""
    command = [*on_site_core(), sys.executable, "-m", "bench.argon2_floor", str(seconds)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    print(measure(float(sys.argv[1])))

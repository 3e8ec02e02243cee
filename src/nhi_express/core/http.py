"""The one HTTP client: short time-outs, no redirects followed, and nothing of a request in its errors."""

from functools import cache

import httpx2

from nhi_express.core.wire import Wire

Response = httpx2.Response
Failure = httpx2.HTTPError


@cache
def client() -> httpx2.Client:
    """The shared client of this process; it keeps connections open and is safe between threads."""
    return httpx2.Client(timeout=httpx2.Timeout(5, connect=2), transport=Wire(), trust_env=False)

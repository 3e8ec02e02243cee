"""A software phone for checks over HTTP: a browser's cookies, a SIM, device keys and passkeys, no screen.

`app.localhost` and its like are reached on this machine's loopback address, as browsers do by themselves; cookies
stay apart for each of these names.
"""

from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx2

from nhi_sandbox.device_key import DeviceKey
from nhi_sandbox.passkey import Authenticator

_AGENT: Final = (
    "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile "
    "Safari/537.36"
)


class LoopbackTransport(httpx2.BaseTransport):
    """Sends requests for `*.localhost` to 127.0.0.1, the Host header unchanged."""

    def __init__(self) -> None:
        self._transport = httpx2.HTTPTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request."""
        if request.url.host.endswith(".localhost"):
            request = httpx2.Request(
                request.method,
                request.url.copy_with(host="127.0.0.1"),
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        return self._transport.handle_request(request)

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()


class Phone:
    """One phone. `sandbox` is the sandbox's address in browsers, e.g. http://operators.localhost:9100."""

    def __init__(self, sandbox: str, *, language: str = "zh-TW", timeout: float = 40) -> None:
        self.sandbox = sandbox.rstrip("/")
        self.authenticator = Authenticator()
        # Browsers treat localhost as safe enough for Secure cookies; Python's jar has to be told.
        policy = DefaultCookiePolicy(secure_protocols=("https", "http"))
        self.browser = httpx2.Client(
            transport=LoopbackTransport(),
            cookies=CookieJar(policy),
            follow_redirects=True,
            timeout=timeout,
            headers={"User-Agent": _AGENT, "Accept-Language": language},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.browser.close()

    def insert_sim(self, line: str, network: str = "") -> None:
        """Put a SIM in: a number (+886…) or a persona's key. Without a network the persona's own is used."""
        body = {"line": line, **({"network": network} if network else {})}
        self.browser.post(f"{self.sandbox}/control/phone", json=body).raise_for_status()

    def get(self, url: str, **kwargs: Any) -> httpx2.Response:  # noqa: ANN401 - httpx2's own arguments
        """Open a page."""
        return self.browser.get(url, **kwargs)

    def post(self, url: str, **kwargs: Any) -> httpx2.Response:  # noqa: ANN401 - httpx2's own arguments
        """Send a form or JSON from a page of the same site, so with that site's Origin."""
        parts = urlsplit(url)
        headers = {"Origin": f"{parts.scheme}://{parts.netloc}", **kwargs.pop("headers", {})}
        return self.browser.post(url, headers=headers, **kwargs)

    def new_device_key(self) -> DeviceKey:
        """Make a device key. Each binding has its own."""
        return DeviceKey()

    def create_passkey(self, options_json: str | Mapping[str, Any], origin: str) -> dict[str, Any]:
        """Make a passkey for a page of `origin` (see `Authenticator.create`)."""
        return self.authenticator.create(options_json, origin)

    def get_assertion(self, options_json: str | Mapping[str, Any], origin: str) -> dict[str, Any]:
        """Sign in with a passkey on a page of `origin` (see `Authenticator.get`)."""
        return self.authenticator.get(options_json, origin)
